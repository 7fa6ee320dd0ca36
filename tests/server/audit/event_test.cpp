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
  const std::set<std::string> words = {
      action::kCheckIntent,          action::kCheckOutcome,         action::kCheckTooLate,
      action::kDeskPolicyRefusal,    action::kDeskStreamsAlternate, action::kDeskScriptAnswersInvalid,
      action::kDeskProtocolBroken,   action::kDeskPressRefused,     action::kIdentityEnrolled,
      action::kIdentityTokenRefused, action::kAppStarted,           action::kAppStopped,
      action::kCheckRefused};
  const std::set<std::string> as_landed = {"check.intent",
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
                                           "app.stopped"};
  EXPECT_EQ(words, as_landed);
}

}  // namespace
}  // namespace madoguchi::audit
