// SPDX-License-Identifier: Apache-2.0
#include "server/account/applications.h"

#include <utility>

#include "contract/log.h"
#include "server/account/application_courier.h"
#include "server/audit/event.h"

namespace madoguchi::account {
namespace {

// Refusals that say something about a person's act, and not about the database.
bool IsWorthARow(ErrorCode code) {
  const int number = static_cast<int>(code);
  return (number >= 1500 && number < 1600) || code == ErrorCode::kFieldInvalid || code == ErrorCode::kNotFoundHere;
}

}  // namespace

void Applications::Refused(const Error& error, const std::string& institution_code, const std::string& by,
                           Deadline deadline) {
  if (!IsWorthARow(error.code)) return;
  const Result<void> recorded = parts_.trail.RecordEvent({.action = audit::action::kApplicationRefused,
                                                          .desk_id = {},
                                                          .press_id = {},
                                                          .code = static_cast<int>(error.code),
                                                          .detail = {},
                                                          .account_id = {},
                                                          .institution_code = institution_code,
                                                          .actor = by},
                                                         deadline);
  if (!recorded.ok()) log::Report("account", "event_not_recorded", recorded.error());
}

Result<Application> Applications::Apply(ApplicationRequest request, Problems& problems, Deadline deadline) {
  auto applied = Checked(request, problems, deadline);
  Wipe({reinterpret_cast<std::uint8_t*>(request.bank_last4.data()), request.bank_last4.size()});
  if (!applied.ok()) {
    Refused(applied.error(), request.institution_code, request.by, deadline);
  } else if (parts_.wake) {
    parts_.wake();
  }
  return applied;
}

Result<Application> Applications::Checked(ApplicationRequest& request, Problems& problems, Deadline deadline) {
  TRY_VOID(CheckApplicationFields(request, problems));
  for (AttachedFile& file : request.attachments) file.media_type = MediaTypeOf(file.content).value_or("");
  Bytes sealed;
  if (!request.bank_last4.empty() && AsksForDevices(request.kind)) {
    TRY_ASSIGN(sealed, parts_.seal.Close(AsBytes(request.bank_last4), AboutBank(request.request_id)));
  }
  const ApplicationState state = parts_.national.told() ? ApplicationState::kSubmitted : ApplicationState::kDraft;
  return parts_.book.Apply(request, sealed, state, problems, deadline);
}

Result<Application> Applications::Record(const RecordedApplication& recorded, Problems& problems, Deadline deadline) {
  auto done = parts_.book.Record(recorded, problems, deadline);
  if (!done.ok()) Refused(done.error(), recorded.institution_code, recorded.by, deadline);
  return done;
}

Result<std::vector<Application>> Applications::List(const std::vector<std::string>& codes, Deadline deadline) {
  return parts_.book.List(codes, deadline);
}

Result<Application> Applications::Withdraw(const std::string& institution_code, const std::string& application_id,
                                           const std::string& by, Deadline deadline) {
  const auto act = [&]() -> Result<Application> {
    TRY_ASSIGN(const Application found, parts_.book.Find(institution_code, application_id, deadline));
    TRY_VOID(Next(found.state, ApplicationEvent::kWithdraw));
    if (found.state == ApplicationState::kSubmitted && !found.receipt.empty())
      TRY_VOID(parts_.national.Withdraw(institution_code, found.receipt, deadline));
    return parts_.book.Withdraw(application_id, found.receipt, by, deadline);
  };
  auto withdrawn = act();
  if (!withdrawn.ok()) Refused(withdrawn.error(), institution_code, by, deadline);
  return withdrawn;
}

}  // namespace madoguchi::account
