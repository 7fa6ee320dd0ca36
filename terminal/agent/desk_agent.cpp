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

namespace madoguchi::agent {
namespace {

constexpr std::chrono::milliseconds kFirstLookWithin{500};

Deadline Earlier(Deadline a, Deadline b) {
  return a.at() < b.at() ? a : b;
}

std::uint32_t Apdus(const ScriptAnswers& answers) {
  std::uint32_t apdus = 0;
  for (const StepAnswer& step : answers.steps) apdus += step.apdus;
  return apdus;
}

std::chrono::microseconds OnCard(const ScriptAnswers& answers) {
  std::chrono::microseconds on_card{0};
  for (const StepAnswer& step : answers.steps) on_card += std::chrono::microseconds(step.microseconds);
  return on_card;
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
  // The first look is answered at once: the server hears of the reader with the first words.
  std::optional<reader::ReadersSeen> first = self.watch_.Wait(Deadline::In(kFirstLookWithin));
  const std::string reader = first ? ReaderInUse(*first, options.reader) : "";
  TRY_ASSIGN(self.link_, link::Link::Open({server, options.directory, reader, options.institution_code},
                                          [&self](link::Event event) {
                                            std::visit([&self](auto& one) { self.inbox_.Push(std::move(one)); }, event);
                                          }));
  self.renewal_ = std::make_unique<RenewalWatch>(server, options.directory, [&self] { self.link_->UseNewIdentity(); });
  if (first) self.inbox_.Push(std::move(*first));
  self.watch_thread_ = std::thread([&self] {
    constexpr std::chrono::hours kForever{24};
    for (;;) {
      const Deadline deadline = Deadline::In(kForever);
      std::optional<reader::ReadersSeen> seen = self.watch_.Wait(deadline);
      if (!seen && !deadline.passed()) return;  // cancelled
      if (seen) self.inbox_.Push(std::move(*seen));
    }
  });
  return agent;
}

DeskAgent::~DeskAgent() {
  watch_.Cancel();
  if (watch_thread_.joinable()) watch_thread_.join();
  renewal_.reset();
  link_.reset();  // its sink uses the inbox
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
  if (!press_ || request.press_id != press_->at_card.press_id) return;
  relay::ScriptRun run;
  if (card_.held()) {
    run = card_.RunProof(request.script, press_->at_card);
    press_->card_finished = request.script.last;
  } else if (press_->card_finished) {
    run.answers.stopped = ErrorCode::kCommandRefusedByPolicy;
    run.refused = relay::RefusedStep{};
  } else {
    run.answers.stopped = ErrorCode::kCardRemoved;
  }
  press_->apdus += Apdus(run.answers);
  press_->card += OnCard(run.answers);
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
    if (press_ && answer->press_id == press_->at_card.press_id) press_->answer = std::move(*answer);
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

// True: a card is open. False: nothing to open yet.
Result<bool> DeskAgent::TryToOpen(Deadline deadline) {
  if (!seen_ || !welcome_) return false;
  if (card_.held()) return true;
  Result<std::optional<reader::ReaderState>> chosen = reader::ChooseReader(*seen_, options_.reader);
  if (!chosen) {
    if (MayStillAppear(chosen.error().code, deadline)) return false;
    return std::move(chosen).error();
  }
  reader_was_there_ = true;
  if (!*chosen) return false;
  TRY_VOID(card_.Open(**chosen, *welcome_));
  card_gone_ = false;
  if (card_.opening().refused) link_->Refuse(ToRefusal(*card_.opening().refused, {}));
  return true;
}

Error DeskAgent::NotReady() const {
  if (welcome_) return {ErrorCode::kCardNotPresent, "none appeared in time", {}};
  if (disconnected_) return disconnected_->error;
  return {ErrorCode::kServerUnreachable, "no welcome in time", {}};
}

Result<void> DeskAgent::PrepareCard(Deadline deadline) {
  const Deadline server_until = deadline.Capped(kServerAnswersWithin);
  bool asked = false;
  for (;;) {
    TRY_ASSIGN(const bool open, TryToOpen(deadline));
    if (open) return {};
    if (!welcome_ && disconnected_ &&
        (!disconnected_->will_retry || disconnected_->error.code == ErrorCode::kServerNotTrusted ||
         disconnected_->error.code == ErrorCode::kDeskCertificateExpired)) {
      return disconnected_->error;
    }
    if (deadline.passed() || (!welcome_ && server_until.passed())) return NotReady();
    const bool only_card_missing = welcome_ && seen_;
    if (only_card_missing && !asked)
      Progress("カードをリーダーに置いてください(待っています) / Put the card on the reader (waiting)");
    asked = asked || only_card_missing;
    Deadline next = welcome_ ? deadline : server_until;
    if (missing_until_ && !missing_until_->passed()) next = Earlier(next, *missing_until_);
    if (std::optional<Happening> happening = inbox_.Take(next)) Handle(std::move(*happening));
  }
}

bool DeskAgent::pin_is_worth_asking() const {
  return card_.held() ? !card_.opening().answers.stopped.has_value() : true;
}

Result<Checked> DeskAgent::Press(bool by_sight, relay::DeskPin* pin, bool last_try_agreed) {
  // Released while the PIN was typed: the opening script runs again, without a trip to the server.
  // Another card than the one the PIN was typed for would lose a try of another person.
  if (!card_.held()) {
    const std::optional<crypto::Sha256Digest> before = card_.fingerprint();
    TRY_VOID(PrepareCard(Deadline::In(kReaderAppearsWithin)));
    if (before != card_.fingerprint()) return Error{ErrorCode::kCardChanged, "between PIN and press", {}};
  }
  Checked checked;
  checked.welcome = *welcome_;
  checked.press_id = crypto::NewUuid();
  checked.by_sight = by_sight;
  const relay::Occasion occasion = by_sight ? relay::Occasion::kSightPress : relay::Occasion::kPinPress;
  press_.emplace(OpenPress{{occasion, welcome_->institution_code, checked.press_id, last_try_agreed, pin}, {}, 0, {}});
  press_->apdus = Apdus(card_.opening().answers);
  const auto sent = Deadline::Clock::now();
  const Deadline deadline = Deadline::In(limits::kCheckDeadline);
  Result<void> pressed = link_->Press({checked.press_id, by_sight, card_.opening().answers, deadline});
  const Deadline give_up = Deadline::In(limits::kCheckDeadline + kAnswerGrace);
  while (pressed && !press_->answer && !give_up.passed()) {
    if (std::optional<Happening> happening = inbox_.Take(give_up)) Handle(std::move(*happening));
    if (!connected_ && disconnected_ && !disconnected_->will_retry) pressed = disconnected_->error;
  }
  OpenPress ended = std::move(*press_);
  press_.reset();
  link_->ForgetPress();
  card_.Release();
  if (pin != nullptr) pin->Clear();
  if (!pressed) return std::move(pressed).error();
  if (!ended.answer)
    return Error{connected_ ? ErrorCode::kCheckDeadline : ErrorCode::kServerLostDuringCheck, "no answer in time", {}};
  checked.total = std::chrono::duration_cast<std::chrono::microseconds>(ended.answer->received - sent);
  checked.answer = std::move(*ended.answer);
  checked.apdus = ended.apdus;
  checked.card = ended.card;
  return checked;
}

}  // namespace madoguchi::agent
