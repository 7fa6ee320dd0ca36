// SPDX-License-Identifier: Apache-2.0
#include "server/handoff_side.h"

#include <unistd.h>

#include <algorithm>

#include "contract/crypto/digest.h"
#include "contract/log.h"
#include "contract/trace.h"
#include "server/handoff/answer_json.h"
#include "server/handoff/fhir_bundle.h"
#include "server/handoff/oqs_file.h"
#include "server/handoff/signature.h"
#include "server/handoff/stay.h"
#include "server/identity/facility_ca.h"

namespace madoguchi::app {
namespace {

constexpr const char* kComponent = "handoff";
constexpr std::size_t kHostNameBytesMax = 256;

using handoff::Delivery;
using handoff::DueRow;
using handoff::Handing;

// An inquiry by numbers has no card.
class NoCard final : public check::CardChannel {
 public:
  Result<ScriptAnswers> Run(const CardScript&, std::uint32_t, Deadline) override {
    return Error{ErrorCode::kInternalError, "an inquiry by numbers asked for a card", {}};
  }
};

std::string HostName() {
  char name[kHostNameBytesMax] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

eligibility::XmlEncoding EncodingOf(const handoff::Settings& settings) {
  return settings.oqs_shift_jis ? eligibility::XmlEncoding::kShiftJis : eligibility::XmlEncoding::kUtf8;
}

std::chrono::seconds ShowAgain(const config::Config& config) {
  return std::chrono::seconds(config.desk_show_again_seconds);
}

}  // namespace

HandoffSide::HandoffSide(const Given& given)
    : keys(given.config.handoff.key_directory),
      outbox(given.config.handoff.channels(ShowAgain(given.config)), keys),
      results(given.store.kept_results(), keys),
      given_(given),
      settings_(given.config.handoff),
      oqs_folder_(settings_.oqs_folder) {}

void HandoffSide::Wake() {
  for (account::Rounds* rounds : delivering_) rounds->Wake();
}

handoff::Counted HandoffSide::Counter() const {
  return [&metrics = given_.metrics](const std::string& channel, int code) { metrics.HandoffTried(channel, code); };
}

Result<void> HandoffSide::Start(Check check) {
  if (outbox.channels().any()) TRY_VOID(handoff::CheckKeyDirectory(settings_.key_directory));
  if (!settings_.webhook_url.empty()) TRY_VOID(StartWebhook());
  if (!settings_.oqs_folder.empty()) {
    AddCourier(handoff::kOqsFolder,
               [this](const DueRow& row, const Handing& handing, Deadline) { return PutFile(row, handing); });
  }
  if (!settings_.pull_host.empty()) TRY_VOID(StartPull());
  // What was kept while a channel was on still has to go when it is off.
  AddRound(kKeptLookEvery, "kept_results_not_looked_at", [this](Deadline deadline) -> Result<bool> {
    return keys.All().empty() ? Result<bool>(true) : results.Expire(deadline);
  });
  AddRound(kHandoffUpkeepEvery, "hand_off_not_looked_after", [this](Deadline deadline) { return Upkeep(deadline); });
  if (!settings_.oqs_folder.empty() && settings_.oqs_stay_minutes > 0) {  // a share that hangs holds up nothing else
    AddRound(kHandoffUpkeepEvery, "folder_not_cleaned", [this](Deadline deadline) {
      return handoff::CleanFolder(given_.store.kept_results(), oqs_folder_,
                                  std::chrono::minutes(settings_.oqs_stay_minutes), deadline);
    });
  }
  if (!settings_.requests_folder.empty()) StartRequests(std::move(check));
  return {};
}

void HandoffSide::Stop() {
  watch_.reset();
  pull_.reset();
  delivering_.clear();
  for (const auto& one : rounds_) one->End();
  rounds_.clear();
}

void HandoffSide::AddRound(std::chrono::milliseconds pause, const char* failed,
                           std::function<Result<bool>(Deadline)> round) {
  rounds_.push_back(std::make_unique<account::Rounds>(pause, [failed, round = std::move(round)] {
    const Result<bool> done = round(Deadline::In(kHandoffRoundWithin));
    if (!done.ok()) log::Report(kComponent, failed, done.error());
    return !done.ok() || *done;  // after a failure the pause comes first
  }));
}

void HandoffSide::AddCourier(const char* channel, handoff::Deliver deliver) {
  couriers_.push_back(
      std::make_unique<handoff::Courier>(channel, given_.store.kept_results(), keys, std::move(deliver), Counter()));
  AddRound(handoff::kCourierEvery, "not_looked_for_results",
           [courier = couriers_.back().get()](Deadline deadline) { return courier->Tick(deadline); });
  delivering_.push_back(rounds_.back().get());
}

Result<Delivery> HandoffSide::PutFile(const DueRow& row, const Handing& handing) const {
  TRY_ASSIGN(const handoff::OqsFile file, handoff::WriteOqsFile(handing, EncodingOf(settings_)));
  TRY_VOID(oqs_folder_.Put(file.name, file.content, row.row_id));
  return Delivery{file.name, ToHex(crypto::Sha256(AsBytes(file.content)))};
}

Result<void> HandoffSide::StartWebhook() {
  TRY_ASSIGN(SecretBytes signing_key, handoff::ReadSigningKey(settings_.webhook_signing_key_file));
  const handoff::Form form = settings_.webhook_fhir ? handoff::Form{handoff::kFhirType, handoff::FhirBundle}
                                                    : handoff::Form{handoff::kJsonType, handoff::AnswerJson};
  webhook_ = std::make_unique<handoff::Webhook>(
      settings_.webhook_url,
      outbound::HttpsFiles{settings_.webhook_root_file, settings_.webhook_certificate_file, settings_.webhook_key_file},
      std::move(signing_key), form);
  AddCourier(handoff::kWebhook, [this](const DueRow& row, const Handing& handing, Deadline deadline) {
    return webhook_->Post(row, handing, deadline);
  });
  return {};
}

Result<void> HandoffSide::StartPull() {
  const identity::IdentityFiles files(given_.config.identity_directory);
  pull_pages_ = std::make_unique<handoff::PullPages>(
      handoff::PullPages::Parts{given_.store.kept_results(), keys, settings_.pull_clients, handoff::AnswerJson,
                                handoff::FhirBundle, [count = Counter()](int code) { count(handoff::kPull, code); }});
  TRY_ASSIGN(pull_,
             web::HttpsListener::Start({.address = settings_.pull_host,
                                        .port = settings_.pull_port,
                                        .certificate_file = files.server,
                                        .key_file = files.server_key,
                                        .client_root_file = files.root,
                                        .posts = true},
                                       [this](const web::Request& request) { return pull_pages_->Answer(request); }));
  return {};
}

void HandoffSide::StartRequests(Check check) {
  const handoff::Folder requests(settings_.requests_folder);
  const handoff::Folder responses(settings_.responses_folder.empty() ? settings_.requests_folder
                                                                     : settings_.responses_folder);
  requests_ = std::make_unique<handoff::Requests>(handoff::Requests::Parts{
      requests, responses, handoff::ClaimMark(HostName(), given_.config.identity_directory), settings_.requests_desk,
      given_.store.trail(),
      [this, check = std::move(check)](const Bytes& press_id, const eligibility::InquiryMessage& inquiry,
                                       Deadline deadline) { return Ask(check, press_id, inquiry, deadline); },
      handoff::WriteRequestAnswer, handoff::WriteRequestRefusal,
      [count = Counter()](int code) { count("requests", code); }});
  watch_ = std::make_unique<handoff::FolderWatch>(settings_.requests_folder, [this, missing = false]() mutable {
    const Result<std::chrono::milliseconds> next = requests_->Round();
    if (!next && !missing) log::Report(kComponent, "requests_folder_not_readable", next.error());
    missing = !next;
    return next ? *next : handoff::kRequestsScanEvery;
  });
}

// The desk's account of the institution that asks; its state and log-in are judged by the intent of the press.
Result<eligibility::Answer> HandoffSide::Ask(const Check& check, const Bytes& press_id,
                                             const eligibility::InquiryMessage& inquiry, Deadline deadline) const {
  const std::string institution_code = inquiry.institution_code.value_or("");
  TRY_ASSIGN(const std::vector<account::AccountFacts> accounts,
             given_.store.accounts().List({institution_code}, deadline));
  const auto found = std::find_if(accounts.begin(), accounts.end(), [&](const account::AccountFacts& account) {
    return account.desk_id == settings_.requests_desk;
  });
  if (found == accounts.end()) {
    return Error{
        ErrorCode::kHandoffRequestInvalid, "handoff.requests_desk has no account of the file's institution code", {}};
  }
  const eligibility::SearchInfo& numbers = inquiry.numbers;
  check::Press press;
  press.press_id = press_id;
  press.method = check::Method::kNumber;
  press.caller = {institution_code, found->account_id, found->desk_id};
  press.inquiry = {.insurer_number = numbers.insurer_number.value_or(""),
                   .symbol = numbers.symbol.value_or(""),
                   .number = numbers.number.value_or(""),
                   .branch = numbers.branch.value_or(""),
                   .birthdate = numbers.birthdate_raw.value_or(""),
                   .limit_consent = numbers.limit_consent_code == "1",
                   .reason = "receipt_computer",
                   .confirmation_date = inquiry.confirmation_date_raw.value_or("")};
  press.by_file = true;
  press.trace_id = CurrentTrace();
  NoCard no_card;
  check::Outcome outcome = check(press, no_card, deadline.Capped(given_.config.check_deadline));
  if (!outcome.result) return std::move(outcome.result).error();
  return std::move(outcome.result->answer);
}

Result<bool> HandoffSide::Upkeep(Deadline deadline) {
  handoff::KeptBook& book = given_.store.kept_results();
  TRY_ASSIGN(const bool expired, results.Expire(deadline));
  TRY_ASSIGN(const bool swept, results.SweepKeys(deadline));
  TRY_ASSIGN(const bool forgotten, results.ForgetEnded(deadline));
  for (const std::string& channel : outbox.channels().names()) {
    TRY_ASSIGN(const std::size_t waiting, book.CountWaiting(channel, deadline));
    given_.metrics.HandoffWaiting(channel, waiting);
  }
  return expired && swept && forgotten;
}

}  // namespace madoguchi::app
