// SPDX-License-Identifier: Apache-2.0
#include "server/console/totp.h"

#include <gtest/gtest.h>

namespace madoguchi::console {
namespace {

// RFC 6238 appendix B: the SHA-1 secret, and the last six digits of its codes.
const Bytes kSecret = {'1', '2', '3', '4', '5', '6', '7', '8', '9', '0',
                       '1', '2', '3', '4', '5', '6', '7', '8', '9', '0'};

TEST(Totp, GivesTheCodesOfTheStandard) {
  EXPECT_EQ(TotpCode(kSecret, 59 / 30).value(), "287082");
  EXPECT_EQ(TotpCode(kSecret, 1111111109 / 30).value(), "081804");
  EXPECT_EQ(TotpCode(kSecret, 1234567890 / 30).value(), "005924");
  EXPECT_EQ(TotpCode(kSecret, 20000000000 / 30).value(), "353130");
}

TEST(Totp, TakesOneStepEitherWayAndNamesTheStep) {
  const std::int64_t now = 1234567890;
  for (const std::int64_t step : {now / 30 - 1, now / 30, now / 30 + 1})
    EXPECT_EQ(TotpStepOf(kSecret, TotpCode(kSecret, step).value(), now).value(), step);
  for (const std::int64_t step : {now / 30 - 2, now / 30 + 2})
    EXPECT_EQ(TotpStepOf(kSecret, TotpCode(kSecret, step).value(), now).value(), 0);
}

TEST(Totp, TakesNothingElseForACode) {
  for (const char* code : {"", "00592", "0059240", "00592a", " 005924"})
    EXPECT_EQ(TotpStepOf(kSecret, code, 1234567890).value(), 0);
}

TEST(Totp, WritesTheUriOfTheSecretForAuthenticatorApps) {
  EXPECT_EQ(TotpUri(kSecret, "ada@clinic.example"),
            "otpauth://totp/"
            "Madoguchi:ada%40clinic.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Madoguchi&algorithm=SHA1&"
            "digits=6&period=30");
}

}  // namespace
}  // namespace madoguchi::console
