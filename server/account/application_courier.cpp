// SPDX-License-Identifier: Apache-2.0
#include "server/account/application_courier.h"

#include <utility>

#include "contract/log.h"
#include "server/account/mail_courier.h"
#include "server/account/mail_message.h"
#include "server/account/mail_texts.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

constexpr const char* kComponent = "account";

constexpr char kNotTaken[] =
    "ポータルがこの申請を受け取りませんでした（1319）。内容を確かめて、もう一度申請してください。 / The portal did not "
    "take this "
    "application (1319): check it and apply again.";

void WipeIssued(NationalDecision& decision) {
  for (IssuedAccount& issued : decision.accounts) {
    Wipe({reinterpret_cast<std::uint8_t*>(issued.password.data()), issued.password.size()});
    Wipe({reinterpret_cast<std::uint8_t*>(issued.activation_code.data()), issued.activation_code.size()});
  }
}

// Decided, withdrawn or moved on while we asked: nothing is left to do.
bool IsOverAlready(ErrorCode code) {
  return code == ErrorCode::kStateNotPossible || code == ErrorCode::kNotFoundHere;
}

}  // namespace

std::string AboutBank(const std::string& application_id) {
  return std::string("bank\0", 5) + application_id;
}

std::chrono::milliseconds ApplicationCourier::Pause(const DueApplication& due) const {
  return PauseAfter(due.polls, pauses_.first, pauses_.most);
}

Result<bool> ApplicationCourier::Tick(Deadline deadline) {
  for (int i = 0; i < kApplicationsPerRound; ++i) {
    TRY_ASSIGN(const std::optional<DueApplication> due, parts_.book.TakeDue(deadline));
    if (!due) return true;
    const std::string& id = due->application.application_id;
    if (due->polls > kPollsMax) {
      TRY_VOID(parts_.book.GiveUpAsking(id, deadline));
      continue;
    }
    const Result<void> done = due->receipt.empty() ? Submit(*due, deadline) : Ask(*due, deadline);
    if (done.ok()) continue;
    log::Report(kComponent, "application_not_carried", done.error());
    if (!IsOverAlready(done.error().code)) TRY_VOID(parts_.book.Later(id, Pause(*due), deadline));
  }
  return false;
}

Result<void> ApplicationCourier::Submit(const DueApplication& due, Deadline deadline) {
  NationalApplication application = due.application;
  if (!due.bank_last4_sealed.empty()) {
    TRY_ASSIGN(const SecretBytes last4, parts_.seal.Open(due.bank_last4_sealed, AboutBank(application.application_id)));
    application.bank_last4 = AsText(last4.view());
  }
  const auto receipt = parts_.national.Submit(application, deadline.Capped(kNationalCallWithin));
  Wipe({reinterpret_cast<std::uint8_t*>(application.bank_last4.data()), application.bank_last4.size()});
  if (!receipt.ok()) {
    if (receipt.error().code != ErrorCode::kNationalRequestRefused) return receipt.error();
    log::Report(kComponent, "application_not_taken", receipt.error());
    return parts_.book.Reject(application.application_id, kNotTaken, deadline);
  }
  return parts_.book.Received(application.application_id, *receipt, pauses_.first, deadline);
}

Result<void> ApplicationCourier::Ask(const DueApplication& due, Deadline deadline) {
  const NationalApplication& application = due.application;
  TRY_ASSIGN(NationalDecision decision,
             parts_.national.Poll(application.institution_code, due.receipt, deadline.Capped(kNationalCallWithin)));
  switch (decision.state) {
    case NationalDecision::State::kOpen:
      return parts_.book.Later(application.application_id, Pause(due), deadline);
    case NationalDecision::State::kRejected:
      return parts_.book.Reject(application.application_id, decision.reason, deadline);
    case NationalDecision::State::kWithdrawn: {
      auto withdrawn = parts_.book.Withdraw(application.application_id, due.receipt, "national", deadline);
      if (!withdrawn.ok()) return std::move(withdrawn).error();
      return {};
    }
    case NationalDecision::State::kAccepted:
      break;
  }
  auto accepted = Accept(due, decision, deadline);
  WipeIssued(decision);
  return accepted;
}

Result<void> ApplicationCourier::Accept(const DueApplication& due, NationalDecision& decision, Deadline deadline) {
  const NationalApplication& application = due.application;
  const std::uint32_t asked_for =
      AsksForDevices(ApplicationKindFromWord(application.kind).value_or(ApplicationKind::kChange)) ? application.devices
                                                                                                   : 0;
  if (decision.accounts.size() > asked_for)
    return Error{ErrorCode::kNationalAnswerMalformed, "more accounts than were applied for", {}};
  Acceptance acceptance{application.application_id, {}, decision.issued_on, {}};
  for (const IssuedAccount& issued : decision.accounts) {
    const SheetSecrets secrets(issued.password, issued.activation_code);
    TRY_ASSIGN(IssuedForms forms,
               FormsOf(secrets, application.institution_code, issued.account_id, parts_.seal, parts_.hash, deadline));
    acceptance.accounts.push_back({issued.account_id, std::move(forms)});
  }
  if (IsMail(due.created_by, kAddressBytesMax)) {
    TRY_ASSIGN(acceptance.mail, SealMail(parts_.seal, AcceptedMail(due.created_by, application.institution_code,
                                                                   due.number, acceptance.accounts.size())));
  }
  return parts_.book.Accept(acceptance, deadline);
}

}  // namespace madoguchi::account
