// SPDX-License-Identifier: Apache-2.0
#include "server/account/account_acts.h"

#include "contract/log.h"
#include "server/account/limits.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

constexpr const char* kComponent = "account";
constexpr Field kNoteField{"note", "備考", "note"};
constexpr Field kReasonField{"reason", "理由", "reason"};

Error Invalid(const char* field) {
  return {ErrorCode::kFieldInvalid, field, {}};
}

}  // namespace

Result<AccountFacts> AccountActs::Show(const std::string& institution_code, const std::string& account_id,
                                       Deadline deadline) {
  TRY_ASSIGN(AccountFacts facts, parts_.accounts.Show(institution_code, account_id, deadline));
  if (!parts_.national.told() || facts.state == State::kEnded) return facts;
  const auto locked = parts_.national.LockedFor(institution_code, account_id, deadline.Capped(kNationalLockWithin));
  if (!locked) {
    log::Report(kComponent, "national_lock_not_known", locked.error());
    return facts;
  }
  TRY_VOID(parts_.accounts.KeepNationalLock(account_id, *locked, deadline));
  return parts_.accounts.Show(institution_code, account_id, deadline);
}

Result<void> AccountActs::SetNote(const AccountAct& act, const std::string& note, Problems& problems,
                                  Deadline deadline) {
  CheckOptionalText(problems, kNoteField, note, kNoteMax);
  if (Refuses(problems)) return Invalid("note");
  return parts_.accounts.SetNote(act, note, deadline);
}

Result<void> AccountActs::SetHolder(const AccountAct& act, Holder holder, Problems& problems, Deadline deadline) {
  TRY_ASSIGN(const AccountFacts facts, parts_.accounts.Show(act.institution_code, act.account_id, deadline));
  if (facts.holder == holder) return {};
  if (holder == Holder::kPhone) return parts_.accounts.Change(act, Event::kActivate, deadline);
  if (holder == Holder::kSpare && facts.holder == Holder::kPhone)
    return parts_.accounts.Change(act, Event::kRelease, deadline);
  problems.push_back({"holder", "窓口端末への登録は初期登録で、窓口端末からの解除は解除申請で行ってください。",
                      "A desk takes an account by activation and gives it up by release."});
  return Invalid("holder");
}

Result<void> AccountActs::ChangeWithReason(const AccountAct& act, Event event, Problems& problems, Deadline deadline) {
  CheckOptionalText(problems, kReasonField, act.reason, kReasonMax);
  if (Refuses(problems)) return Invalid("reason");
  return parts_.accounts.Change(act, event, deadline);
}

Result<void> AccountActs::Suspend(const AccountAct& act, Problems& problems, Deadline deadline) {
  return ChangeWithReason(act, Event::kSuspend, problems, deadline);
}

Result<void> AccountActs::Resume(const AccountAct& act, Deadline deadline) {
  return parts_.accounts.Change(act, Event::kResume, deadline);
}

Result<void> AccountActs::Release(const AccountAct& act, Problems& problems, Deadline deadline) {
  TRY_VOID(ChangeWithReason(act, Event::kRelease, problems, deadline));
  parts_.releases.TellNow({act.account_id}, deadline);
  return {};
}

Result<void> AccountActs::End(const AccountAct& act, Problems& problems, Deadline deadline) {
  TRY_VOID(ChangeWithReason(act, Event::kEnd, problems, deadline));
  parts_.releases.TellNow({act.account_id}, deadline);
  return {};
}

Result<void> AccountActs::Unlock(const AccountAct& act, const std::function<Result<void>()>& permit,
                                 Deadline deadline) {
  TRY_ASSIGN(const bool locked, parts_.accounts.IsLocked(act, deadline));
  if (!locked) return Error{ErrorCode::kStateNotPossible, "not locked", {}};
  TRY_VOID(permit());
  return parts_.accounts.Unlock(act, deadline);
}

}  // namespace madoguchi::account
