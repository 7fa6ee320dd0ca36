// SPDX-License-Identifier: Apache-2.0
#include "server/audit/event.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace madoguchi::audit {
namespace {

// Written out here a second time on purpose: whoever changes a word that is already in somebody's trail meets this
// test.
TEST(Action, WordsStayAsTheyAreInExistingTrails) {
  const std::set<std::string> words = {action::kCheckIntent,
                                       action::kIdentityActivationRefused,
                                       action::kIdentityActivationFailed,
                                       action::kIdentityActivationUndone,
                                       action::kDeskPrepared,
                                       action::kDeskRevoked,
                                       action::kDeskReplaced,
                                       action::kCheckOutcome,
                                       action::kCheckTooLate,
                                       action::kDeskPolicyRefusal,
                                       action::kDeskStreamsAlternate,
                                       action::kDeskScriptAnswersInvalid,
                                       action::kDeskProtocolBroken,
                                       action::kDeskPressRefused,
                                       action::kIdentityEnrolled,
                                       action::kIdentityTokenRefused,
                                       action::kAppStarted,
                                       action::kAppStopped,
                                       action::kCheckRefused,
                                       action::kAccountIssued,
                                       action::kAccountActivated,
                                       action::kAccountSuspended,
                                       action::kAccountResumed,
                                       action::kAccountReleased,
                                       action::kAccountEnded,
                                       action::kAccountChangeRefused,
                                       action::kAccountNoteSet,
                                       action::kAccountNationalReleased,
                                       action::kAccountLoggedIn,
                                       action::kAccountLogInRefused,
                                       action::kAccountLoggedOut,
                                       action::kAccountLocked,
                                       action::kAccountLockEnded,
                                       action::kAccountUnlocked,
                                       action::kAccountPasswordChanged,
                                       action::kAccountDeregistered,
                                       action::kAccountOperatorSignedIn,
                                       action::kAccountOperatorSignedOut,
                                       action::kAccountOperatorPinChanged,
                                       action::kAccountStaffAdded,
                                       action::kAccountStaffRemoved,
                                       action::kAccountStaffPinReset};
  const std::set<std::string> as_landed = {"check.intent",
                                           "identity.activation_refused",
                                           "identity.activation_failed",
                                           "identity.activation_undone",
                                           "desk.prepared",
                                           "desk.revoked",
                                           "desk.replaced",
                                           "check.outcome",
                                           "check.too_late",
                                           "check.refused",
                                           "desk.policy_refusal",
                                           "desk.streams_alternate",
                                           "desk.script_answers_invalid",
                                           "desk.protocol_broken",
                                           "desk.press_refused",
                                           "identity.enrolled",
                                           "identity.token_refused",
                                           "app.started",
                                           "app.stopped",
                                           "account.issued",
                                           "account.activated",
                                           "account.suspended",
                                           "account.resumed",
                                           "account.released",
                                           "account.ended",
                                           "account.change_refused",
                                           "account.note_set",
                                           "account.national_released",
                                           "account.logged_in",
                                           "account.log_in_refused",
                                           "account.logged_out",
                                           "account.locked",
                                           "account.lock_ended",
                                           "account.unlocked",
                                           "account.password_changed",
                                           "account.deregistered",
                                           "account.operator_signed_in",
                                           "account.operator_signed_out",
                                           "account.operator_pin_changed",
                                           "account.staff_added",
                                           "account.staff_removed",
                                           "account.staff_pin_reset"};
  EXPECT_EQ(words, as_landed);
}

}  // namespace
}  // namespace madoguchi::audit
