// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/request_names.h"

#include <gtest/gtest.h>

namespace madoguchi::handoff {
namespace {

constexpr char kRequest[] = "OQSsiquc01req_202611220001.xml";

TEST(RequestNames, TellRequestsFromEverythingElse) {
  EXPECT_TRUE(IsRequestName(kRequest));
  for (const char* other :
       {"OQSsiquc01res_202611220001.xml", "OQSmuquc01req_1.xml", "OQSsiquc01req_.xml", "OQSsiquc01req_1.xml.tmp",
        "OQSsiquc01req_1.zip", ".madoguchi-claim-0123abcd-OQSsiquc01req_1.xml", ""}) {
    EXPECT_FALSE(IsRequestName(other)) << other;
  }
  EXPECT_FALSE(IsRequestName("OQSsiquc01req_" + std::string(kRequestNameBytesMax, '1') + ".xml"));
}

TEST(RequestNames, GiveTheAnswerTheRequestsName) {
  EXPECT_EQ(ResponseName(kRequest), "OQSsiquc01res_202611220001.xml");
}

TEST(RequestNames, ReadTheClaimsTheyWrite) {
  const Claim claim{ClaimMark("host", "/var/lib/madoguchi"), kRequest};
  EXPECT_EQ(claim.mark.size(), kClaimMarkDigits);
  const auto read = ReadClaimName(ClaimName(claim));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->mark, claim.mark);
  EXPECT_EQ(read->request_name, kRequest);
  EXPECT_FALSE(ReadClaimName(".madoguchi-claim-0123abcd-other.xml").has_value());
  EXPECT_FALSE(ReadClaimName(".madoguchi-claim-").has_value());
  EXPECT_NE(ClaimMark("host", "/a"), ClaimMark("host", "/b"));
  EXPECT_NE(ClaimMark("host", "/a"), ClaimMark("hos", "t/a"));
}

TEST(RequestNames, MakeOnePressOfOneFileWithOneContent) {
  const Bytes press = PressOfRequest(kRequest, "<XmlMsg/>");
  EXPECT_EQ(press, PressOfRequest(kRequest, "<XmlMsg/>"));
  EXPECT_NE(press, PressOfRequest(kRequest, "<XmlMsg />"));
  EXPECT_NE(press, PressOfRequest("OQSsiquc01req_2.xml", "<XmlMsg/>"));
  EXPECT_EQ(UuidText(press)[14], '8');
}

}  // namespace
}  // namespace madoguchi::handoff
