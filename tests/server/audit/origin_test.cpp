// SPDX-License-Identifier: Apache-2.0
#include "server/audit/origin.h"

#include <gtest/gtest.h>

#include "contract/trace.h"

namespace madoguchi::audit {
namespace {

Event By(const std::string& actor) {
  Event event;
  event.actor = actor;
  return event;
}

TEST(Origin, OfAnActIsWhoeverActsOnThisThread) {
  const TraceScope trace("4bf92f3577b34da6a3ce929d0e0e4736");
  const Acting as({"administrator", "password+totp", "192.0.2.7"});
  const Event event = WithOrigin(By("sato"));
  EXPECT_EQ(event.role, "administrator");
  EXPECT_EQ(event.authentication, "password+totp");
  EXPECT_EQ(event.source_address, "192.0.2.7");
  EXPECT_EQ(event.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(Origin, IsWhatTheEventSaysWhereItSaysIt) {
  const Acting as({"administrator", "password+totp", "192.0.2.7"});
  Event event = By("sato");
  event.role = "auditor";
  event.authentication = "password+recovery_code";
  event = WithOrigin(event);
  EXPECT_EQ(event.role, "auditor");
  EXPECT_EQ(event.authentication, "password+recovery_code");
}

TEST(Origin, EndsWithItsScope) {
  {
    Acting as({"", "certificate", "192.0.2.7"});
    as.Become({"viewer", "password", "192.0.2.7"});
    EXPECT_EQ(WithOrigin(By("sato")).role, "viewer");
    const Acting inner({"desk", "certificate", ""});
    EXPECT_EQ(WithOrigin(By("desk")).role, "desk");
  }
  EXPECT_EQ(WithOrigin(By("sato")).role, "");
  EXPECT_EQ(WithOrigin(By("sato")).source_address, "");
}

TEST(Origin, OfWhatNobodyCalledForFollowsFromTheActor) {
  EXPECT_EQ(WithOrigin(By("")).role, "server");
  EXPECT_EQ(WithOrigin(By("server")).role, "server");
  EXPECT_EQ(WithOrigin(By("national")).role, "national");
  EXPECT_EQ(WithOrigin(By("root")).role, "root");
  EXPECT_EQ(WithOrigin(By("root")).authentication, "file_system");
}

TEST(Origin, TheServersOwnActDuringACallIsNotTheCallers) {
  const Acting as({"administrator", "password+totp", "192.0.2.7"});
  const Event event = WithOrigin(By("server"));
  EXPECT_EQ(event.role, "server");
  EXPECT_EQ(event.authentication, "");
  EXPECT_EQ(event.source_address, "192.0.2.7");
}

TEST(Origin, AnOperatorIsKnownByTheirStaffCode) {
  const Acting as({"desk", "certificate", "192.0.2.7"});
  const Event event = WithOrigin(By("staff:A1"));
  EXPECT_EQ(event.role, "operator");
  EXPECT_EQ(event.operator_code, "A1");
  EXPECT_EQ(event.authentication, "certificate+pin");
  EXPECT_EQ(event.source_address, "192.0.2.7");
}

TEST(Origin, ATraceIdIsThirtyTwoRandomHexDigits) {
  EXPECT_TRUE(FromHex(NewTraceId()));
  EXPECT_EQ(NewTraceId().size(), 32u);
  EXPECT_NE(NewTraceId(), NewTraceId());
}

}  // namespace
}  // namespace madoguchi::audit
