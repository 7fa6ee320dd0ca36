// SPDX-License-Identifier: Apache-2.0
#include "server/account/institutions.h"

#include <algorithm>
#include <utility>

#include "contract/crypto/password_hash.h"
#include "contract/log.h"
#include "server/account/first_password.h"
#include "server/account/mail_texts.h"
#include "server/account/sealed_sheet.h"
#include "server/account/text_fields.h"
#include "server/audit/event.h"

namespace madoguchi::account {
namespace {

Error FieldsInvalid(const Problems& problems) {
  const auto first =
      std::find_if(problems.begin(), problems.end(), [](const Problem& problem) { return !problem.warning; });
  return {ErrorCode::kFieldInvalid, first == problems.end() ? "" : "first: " + first->field, {}};
}

bool IsWorthARow(ErrorCode code) {
  const int number = static_cast<int>(code);
  return (number >= 1500 && number < 1600) || code == ErrorCode::kFieldInvalid;
}

}  // namespace

void Institutions::Refused(const Error& error, const std::string& code, const std::string& by, Deadline deadline) {
  if (!IsWorthARow(error.code)) return;
  const Result<void> recorded =
      parts_.trail.RecordEvent({.action = audit::action::kInstitutionRefused,
                                .desk_id = {},
                                .press_id = {},
                                .code = static_cast<int>(error.code),
                                .detail = {},
                                .account_id = {},
                                .institution_code = IsInstitutionCode(code) ? code : std::string{},
                                .actor = by},
                               deadline);
  if (!recorded.ok()) log::Report("account", "event_not_recorded", recorded.error());
}

Result<Registered> Institutions::Register(Registration registration, const std::string& by, Problems& problems,
                                          Deadline deadline) {
  auto registered = Registering(registration, by, problems, deadline);
  if (!registered.ok()) Refused(registered.error(), "", by, deadline);
  return registered;
}

Result<Registered> Institutions::Registering(Registration& registration, const std::string& by, Problems& problems,
                                             Deadline deadline) {
  TRY_ASSIGN(const std::string today, parts_.book.Today(deadline));
  problems = CheckRegistration(registration, today);
  if (Refuses(problems)) return FieldsInvalid(problems);
  for (char& c : registration.applicant_mail) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;

  std::string password = NewFirstPassword();
  NewInstitution made{std::move(registration), {}, {}, by};
  auto hash = crypto::HashPassword(AsBytes(password), crypto::Slot::kLogIn, deadline);
  Mail mail = FirstPasswordMail(made.registration.applicant_mail, password);
  auto sealed = SealMail(parts_.seal, mail);
  WipeMail(mail);
  Wipe({reinterpret_cast<std::uint8_t*>(password.data()), password.size()});
  TRY_ASSIGN(made.password_hash, std::move(hash));
  TRY_ASSIGN(made.mail, std::move(sealed));
  return parts_.book.Register(made, problems, deadline);
}

Result<Institution> Institutions::Change(const InstitutionChange& change, const std::string& by, Problems& problems,
                                         Deadline deadline) {
  const auto act = [&]() -> Result<Institution> {
    TRY_ASSIGN(const std::string today, parts_.book.Today(deadline));
    problems = CheckInstitutionChange(change, today);
    if (Refuses(problems)) return FieldsInvalid(problems);
    return parts_.book.Change(change, by, deadline);
  };
  auto changed = act();
  if (!changed.ok()) Refused(changed.error(), change.institution_code, by, deadline);
  return changed;
}

Result<std::uint32_t> Institutions::PlanMove(PlannedMove move, Problems& problems, Deadline deadline) {
  move.recorded_only = !parts_.national.told();
  const auto act = [&]() -> Result<std::uint32_t> {
    CheckDigits(problems, {"to_code", "移行先の医療機関コード", "The new institution code"}, move.to, 10);
    if (move.to == move.from)
      problems.push_back(
          {"to_code", "移行先が同じ医療機関コードです。", "The new institution code is the same one.", false});
    CheckDate(problems, {"on", "移行日", "The day of the move"}, move.on);
    if (Refuses(problems)) return FieldsInvalid(problems);
    return parts_.book.PlanMove(move, problems, deadline);
  };
  auto planned = act();
  if (!planned.ok()) Refused(planned.error(), move.from, move.by, deadline);
  return planned;
}

Result<Institution> Institutions::SetStart(const std::string& code, const std::string& starts_on, const std::string& by,
                                           Problems& problems, Deadline deadline) {
  const auto act = [&]() -> Result<Institution> {
    CheckDate(problems, {"starts_on", "運用開始日", "The start of operation"}, starts_on);
    if (Refuses(problems)) return FieldsInvalid(problems);
    return parts_.book.SetStart(code, starts_on, !parts_.national.told(), by, deadline);
  };
  auto started = act();
  if (!started.ok()) Refused(started.error(), code, by, deadline);
  return started;
}

Result<void> Institutions::Tick(Deadline deadline) {
  TRY_ASSIGN(const std::vector<DueMove> moves, parts_.book.DueMoves(deadline));
  Result<void> first;
  const auto note = [&first](const auto& result) {
    if (!result.ok() && first.ok()) first = result.error();
  };
  for (const DueMove& due : moves) note(Move(due, deadline));
  note(parts_.book.WarnOfCategories(deadline));
  return first;
}

// A code's hash names the institution: unspent codes are hashed anew for the new one, as long as their sheets are still
// sealed here. A sheet that cannot be opened holds up nobody's move: its account needs a new one.
Result<void> Institutions::Move(const DueMove& due, Deadline deadline) {
  std::map<std::string, std::string> hashes;
  for (const auto& [account_id, sealed] : due.sheets) {
    const Result<SheetSecrets> secrets = OpenSheet(parts_.seal, account_id, sealed);
    if (secrets.ok()) {
      hashes.emplace(account_id,
                     ActivationCodeHash(parts_.hash, due.to, account_id, AsBytes(secrets->activation_code)));
    } else {
      log::Report("account", "sheet_not_moved", secrets.error(), {{"account", account_id}});
    }
  }
  TRY_ASSIGN(const std::uint32_t moved, parts_.book.Move(due, hashes, deadline));
  if (moved != 0) log::Info("account", "institution_moved", {{"accounts", static_cast<int>(moved)}});
  return {};
}

}  // namespace madoguchi::account
