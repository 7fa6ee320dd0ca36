// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/desk_agent.h"

#include <algorithm>

#include "contract/crypto/random.h"
#include "contract/log.h"
#include "terminal/agent/desk_call.h"
#include "terminal/agent/error_output.h"
#include "terminal/identity/desk_identity.h"
#include "terminal/reader/reader_choice.h"
#include "terminal/reader/reader_facts.h"
#include "terminal/reader/tested_models.h"

namespace madoguchi::agent {
namespace {

constexpr std::chrono::milliseconds kFirstLookWithin{500};

Deadline Earlier(Deadline a, Deadline b) {
  return a.at() < b.at() ? a : b;
}

link::PolicyRefusal ToRefusal(const relay::RefusedStep& refused, Bytes press_id) {
  return {std::move(press_id), static_cast<std::uint32_t>(refused.step), refused.header, refused.file_id};
}

// The one a check would use: the only one, or the one that was named; else nothing to say.
std::string ReaderInUse(const reader::ReadersSeen& seen, const std::string& wanted) {
  const reader::ReaderState* found = nullptr;
  for (const reader::ReaderState& one : seen.readers) {
    if (!one.name.starts_with(wanted) || reader::IsSecurityModuleSlot(one.name)) continue;
    if (found != nullptr) return {};
    found = &one;
  }
  return found == nullptr ? std::string() : found->name;
}

}  // namespace

Result<std::unique_ptr<DeskAgent>> DeskAgent::Start(const Options& options) {
  std::unique_ptr<DeskAgent> agent(new DeskAgent(options));
  TRY_ASSIGN(identity::HostLock lock, identity::HostLock::Take(options.lock_file));
  agent->lock_.emplace(std::move(lock));
  TRY_VOID(identity::CheckOneUser(identity::kSessionsDirectory));
  TRY_VOID(identity::FindIdentity(options.directory));
  TRY_ASSIGN(const std::string server, ServerOf(options));
  DeskAgent& self = *agent;
  // A press by numbers goes without reader, card and PC/SC service.
  const bool by_card = options.method != link::Method::kNumber;
  // The first look is answered at once: the server hears of the reader with the first words.
  std::optional<reader::ReadersSeen> first;
  if (by_card) first = self.watch_.Wait(Deadline::In(kFirstLookWithin));
  const std::string reader = first ? ReaderInUse(*first, options.reader) : "";
  TRY_ASSIGN(self.link_, link::Link::Open({server, options.directory, reader, options.institution_code},
                                          [&self](link::Event&& event) {
                                            std::visit([&self](auto& one) { self.inbox_.Push(std::move(one)); }, event);
                                          }));
  self.renewal_ = std::make_unique<RenewalWatch>(server, options.directory, [&self] { self.link_->UseNewIdentity(); });
  if (by_card) self.WatchReaders(std::move(first));
  return agent;
}

void DeskAgent::WatchReaders(std::optional<reader::ReadersSeen> first) {
  if (first) inbox_.Push(std::move(*first));
  watch_thread_ = std::thread([this] {
    constexpr std::chrono::hours kForever{24};
    for (;;) {
      const Deadline deadline = Deadline::In(kForever);
      std::optional<reader::ReadersSeen> seen = watch_.Wait(deadline);
      if (!seen && !deadline.passed()) return;  // cancelled
      if (seen) inbox_.Push(std::move(*seen));
    }
  });
}

DeskAgent::~DeskAgent() {
  watch_.Cancel();
  if (watch_thread_.joinable()) watch_thread_.join();
  renewal_.reset();
  link_.reset();  // its sink uses the inbox
}

void DeskAgent::FinishReports(std::size_t left) {
  if (!link_->AwaitReportsTaken(Deadline::In(kReportsTakenWithin), left))
    log::Warning("agent", "screen_reports_not_taken", {{"waited_s", kReportsTakenWithin.count()}});
}

void DeskAgent::OnReaders(reader::ReadersSeen seen) {
  if (const std::optional<CardIdentity>& ours = card_.identity()) {
    const auto same =
        std::find_if(seen.readers.begin(), seen.readers.end(), [&ours](const reader::ReaderState& reader) {
          return reader.card_present && CardIdentity{reader.name, reader.card_events} == *ours;
        });
    if (same == seen.readers.end()) {
      card_gone_ = true;
      card_.Release();
    }
  }
  const bool present = std::any_of(seen.readers.begin(), seen.readers.end(),
                                   [](const reader::ReaderState& reader) { return reader.card_present; });
  link_->SetCardPresent(present);
  link_->SetReader(ReaderInUse(seen, options_.reader));
  seen_ = std::move(seen);
}

void DeskAgent::OnProof(const link::ProofRequest& request) {
  if (!press_ || request.press_id != press_->press_id()) return;
  relay::ScriptRun run = press_->Run(request, card_);
  if (run.error) log::Report("agent", "script_stopped", *run.error);
  if (run.refused) link_->Refuse(ToRefusal(*run.refused, request.press_id));
  if (Result<void> sent = link_->Proof(request, std::move(run.answers)); !sent)
    log::Report("agent", "proof_not_kept", sent.error());
}

void DeskAgent::Handle(Happening happening) {
  if (auto* seen = std::get_if<reader::ReadersSeen>(&happening)) return OnReaders(std::move(*seen));
  if (auto* proof = std::get_if<link::ProofRequest>(&happening)) return OnProof(*proof);
  if (auto* welcome = std::get_if<link::Welcome>(&happening)) {
    // Answers to another opening script would mean something else to this server.
    if (welcome_ && !press_ && !(welcome->opening_script == welcome_->opening_script)) card_.Release();
    welcome_ = std::move(*welcome);
    connected_ = true;
  } else if (auto* disconnected = std::get_if<link::Disconnected>(&happening)) {
    disconnected_ = std::move(*disconnected);
    connected_ = false;
  } else if (auto* answer = std::get_if<link::CheckAnswer>(&happening)) {
    if (press_ && answer->press_id == press_->press_id()) press_->answer = std::move(*answer);
  }
}

Result<void> DeskAgent::LookAround() {
  while (std::optional<Happening> happening = inbox_.Take(Deadline::In(std::chrono::milliseconds(0))))
    Handle(std::move(*happening));
  if (card_.release_at().passed()) card_.Release();
  if (card_gone_) return Error{ErrorCode::kCardRemoved, "before the press", {}};
  return {};
}

bool DeskAgent::MayStillAppear(ErrorCode missing, Deadline deadline) {
  if (missing != ErrorCode::kNoReader && missing != ErrorCode::kPcscServiceUnavailable) return false;
  if (!missing_until_) missing_until_ = deadline.Capped(kReaderAppearsWithin);
  return reader_was_there_ ? !deadline.passed() : !missing_until_->passed();
}

// True: a card is open. False: nothing to open yet. since: whoever wanted a card began to wait then.
Result<bool> DeskAgent::TryToOpen(Deadline deadline, Deadline::Clock::time_point since) {
  if (!seen_ || !welcome_) return false;
  if (card_.held()) return true;
  Result<std::optional<reader::ReaderState>> chosen = reader::ChooseReader(*seen_, options_.reader);
  if (!chosen) {
    if (MayStillAppear(chosen.error().code, deadline)) return false;
    return std::move(chosen).error();
  }
  reader_was_there_ = true;
  if (!*chosen) return false;
  const reader::ReaderState& reader = **chosen;
  if (earlier_card_ == CardIdentity{reader.name, reader.card_events}) return false;
  earlier_card_.reset();
  // Measured from the moment the card was there and everything else that reading it needs.
  const auto began = std::max({reader.card_seen, welcome_->received, since});
  TRY_VOID(card_.Open(reader, *welcome_));
  detect_us_ = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(Deadline::Clock::now() - began).count());
  card_gone_ = false;
  if (card_.opening().refused) link_->Refuse(ToRefusal(*card_.opening().refused, {}));
  return true;
}

Error DeskAgent::NotReady() const {
  if (welcome_) return {ErrorCode::kCardNotPresent, "none appeared in time", {}};
  if (disconnected_) return disconnected_->error;
  return {ErrorCode::kServerUnreachable, "no welcome in time", {}};
}

// Waiting for a first welcome does not help.
bool DeskAgent::ServerIsLost() const {
  if (welcome_ || !disconnected_) return false;
  return !disconnected_->will_retry || disconnected_->error.code == ErrorCode::kServerNotTrusted ||
         disconnected_->error.code == ErrorCode::kDeskCertificateExpired;
}

Result<void> DeskAgent::AwaitServer(Deadline deadline) {
  const Deadline until = deadline.Capped(kServerAnswersWithin);
  while (!welcome_) {
    if (ServerIsLost()) return disconnected_->error;
    if (until.passed()) return NotReady();
    if (std::optional<Happening> happening = inbox_.Take(until)) Handle(std::move(*happening));
  }
  return {};
}

Result<void> DeskAgent::PrepareMethod(link::Method method, Deadline deadline) {
  TRY_VOID(AwaitServer(deadline));
  if (method == link::Method::kSight && !welcome_->sight_allowed)
    return Error{ErrorCode::kMethodNotAllowed, "the server has no scheme for sight", {}};
  if (method == link::Method::kNumber && welcome_->number_off)
    return Error{ErrorCode::kNumberInquiryOff, "as the server's welcome said", {}};
  const std::vector<link::Method>& allowed = welcome_->methods;
  const bool believed = !allowed.empty() && welcome_->received + kMethodsBelieved > Deadline::Clock::now();
  if (believed && std::find(allowed.begin(), allowed.end(), method) == allowed.end())
    return Error{ErrorCode::kMethodNotAllowedHere, "as the server's welcome said", {}};
  return {};
}

const std::vector<link::Method>& DeskAgent::methods() const {
  static const std::vector<link::Method> kNone;
  return welcome_ ? welcome_->methods : kNone;
}

Result<void> DeskAgent::PrepareCard(Deadline deadline) {
  const auto since = Deadline::Clock::now();
  TRY_VOID(AwaitServer(deadline));
  bool asked = false;
  for (;;) {
    TRY_ASSIGN(const bool open, TryToOpen(deadline, since));
    if (open) return {};
    if (deadline.passed()) return NotReady();
    if (seen_ && !asked)
      Progress(
          earlier_card_
              ? "次の方のカードに取り替えてください。同じカードは置き直してください(待っています) / Put the next card "
                "on the reader, or lift the same one and put it back (waiting)"
              : "カードをリーダーに置いてください(待っています) / Put the card on the reader (waiting)");
    asked = asked || seen_.has_value();
    Deadline next = deadline;
    if (missing_until_ && !missing_until_->passed()) next = Earlier(next, *missing_until_);
    if (std::optional<Happening> happening = inbox_.Take(next)) Handle(std::move(*happening));
  }
}

bool DeskAgent::pin_is_worth_asking() const {
  return !card_.held() || (!card_.opening().answers.stopped && !card_.pin_is_over());
}

// Released while something was typed: the opening script runs again, without a trip to the server. Another card than
// the one the PIN was typed for would lose a try of another person.
Result<void> DeskAgent::OpenAgain() {
  if (card_.held()) return {};
  const std::optional<crypto::Sha256Digest> before = card_.fingerprint();
  TRY_VOID(PrepareCard(Deadline::In(kReaderAppearsWithin)));
  if (before != card_.fingerprint()) return Error{ErrorCode::kCardChanged, "between PIN and press", {}};
  return {};
}

Result<Checked> DeskAgent::Press(const link::PressFields& fields, relay::DeskPin* pin, bool last_try_agreed) {
  const bool by_card = fields.method != link::Method::kNumber;
  if (by_card) {
    TRY_VOID(OpenAgain());
  }
  Checked checked;
  checked.welcome = *welcome_;
  checked.press_id = crypto::NewUuid();
  checked.method = fields.method;
  checked.attestation = fields.attestation;
  link::PressOrder order{.press_id = checked.press_id, .deadline = Deadline::In(limits::kCheckDeadline)};
  TRY_ASSIGN(order.fields, fields.Copy());
  const bool by_sight = fields.method == link::Method::kSight;
  press_.emplace(relay::PressAtCard{by_sight ? relay::Occasion::kSightPress : relay::Occasion::kPinPress,
                                    welcome_->institution_code, checked.press_id, last_try_agreed, pin},
                 by_card ? &card_ : nullptr);
  if (by_card) {
    order.opening = card_.opening().answers;
    order.detect_us = press_->figures.detect_us = detect_us_;
    order.reader_model = reader::ModelOf(card_.identity()->reader);
  }
  const auto sent = Deadline::Clock::now();
  Result<void> pressed = link_->Press(std::move(order));
  const Deadline give_up = Deadline::In(limits::kCheckDeadline + kAnswerGrace);
  while (pressed && !press_->answer && !give_up.passed()) {
    if (std::optional<Happening> happening = inbox_.Take(give_up)) Handle(std::move(*happening));
    if (!connected_ && disconnected_ && !disconnected_->will_retry) pressed = disconnected_->error;
  }
  PressAtDesk ended = std::move(*press_);
  press_.reset();
  link_->ForgetPress();
  card_.Release();
  if (!pressed) return std::move(pressed).error();
  if (!ended.answer)
    return Error{connected_ ? ErrorCode::kCheckDeadline : ErrorCode::kServerLostDuringCheck, "no answer in time", {}};
  checked.total = std::chrono::duration_cast<std::chrono::microseconds>(ended.answer->received - sent);
  checked.answer = std::move(*ended.answer);
  checked.card = std::move(ended.figures);
  return checked;
}

}  // namespace madoguchi::agent
