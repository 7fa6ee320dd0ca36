// SPDX-License-Identifier: Apache-2.0
#include "server/account/sealed_sheet.h"

#include <gtest/gtest.h>

#include "tests/server/account/sealed_test.h"

namespace madoguchi::account {
namespace {

const audit::KeyedHash kKey(Bytes(32, 0x11));

TEST(SealedSheet, OpensForItsOwnAccountOnly) {
  const crypto::Seal seal = TestSeal();
  const SheetSecrets secrets("Abcd2345", "123456789012");
  const auto sealed = SealSheet(seal, "W0000001", secrets);
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(AsText(*sealed).find("Abcd2345"), std::string_view::npos);
  const auto opened = OpenSheet(seal, "W0000001", *sealed);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->password == secrets.password && opened->activation_code == secrets.activation_code);
  EXPECT_FALSE(OpenSheet(seal, "W0000002", *sealed).ok());
  EXPECT_FALSE(OpenSheet(TestSeal('6'), "W0000001", *sealed).ok());
}

TEST(SealedSheet, TakesOnlyAPasswordAndTwelveDigits) {
  const crypto::Seal seal = TestSeal();
  EXPECT_FALSE(SealSheet(seal, "W0000001", SheetSecrets("", "123456789012")).ok());
  EXPECT_FALSE(SealSheet(seal, "W0000001", SheetSecrets("x", "12345678901")).ok());
  EXPECT_FALSE(SealSheet(seal, "W0000001", SheetSecrets("x", "12345678901a")).ok());
  EXPECT_FALSE(SealSheet(seal, "W0000001", SheetSecrets(std::string(129, 'x'), "123456789012")).ok());
  EXPECT_TRUE(SealSheet(seal, "W0000001", SheetSecrets(std::string(128, 'x'), "123456789012")).ok());
}

TEST(SealedSheet, CodesOfAccountsAndInstitutionsHaveDifferentHashes) {
  const auto hash = [](const char* institution, const char* account) {
    return ActivationCodeHash(kKey, institution, account, AsBytes("123456789012"));
  };
  EXPECT_EQ(hash("0111013719", "W0000001"), hash("0111013719", "W0000001"));
  EXPECT_NE(hash("0111013719", "W0000001"), hash("0111013719", "W0000002"));
  EXPECT_NE(hash("0111013719", "W0000001"), hash("0131013719", "W0000001"));
}

TEST(SealedSheet, FormsHoldNoSecretInClear) {
  const crypto::Seal seal = TestSeal();
  const auto forms = FormsOf(SheetSecrets("Abcd2345", "123456789012"), "0111013719", "W0000001", seal, kKey,
                             Deadline::In(std::chrono::seconds(20)));
  ASSERT_TRUE(forms.ok());
  EXPECT_TRUE(forms->password_hash.starts_with("$argon2id$"));
  const std::string all = forms->password_hash + forms->code_hash + std::string(AsText(forms->sealed));
  EXPECT_TRUE(all.find("Abcd2345") == std::string::npos && all.find("123456789012") == std::string::npos);
}

}  // namespace
}  // namespace madoguchi::account
