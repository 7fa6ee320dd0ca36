// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/enrolment.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "contract/files.h"

namespace madoguchi::identity {
namespace {

// A folder of its own, gone at the end.
class Enrolment : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "enrolment-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  EnrolOrder Order(std::size_t token_characters = kTokenCharacters) {
    SecretBytes token = SecretBytes::Make(kTokenCharacters).value();
    for (std::size_t i = 0; i < token_characters; ++i) EXPECT_TRUE(token.Append(std::uint8_t{'a'}));
    return {"localhost:1", directory_ + "/root.pem", directory_, std::move(token)};
  }
  std::string directory_;
};

TEST_F(Enrolment, OverwritesNoIdentity) {
  ASSERT_TRUE(WriteFileWhole(directory_ + "/desk.key", "somebody's key", true).ok());
  EXPECT_EQ(Enrol(Order(), Deadline::In(kEnrolmentWithin)).error().code, ErrorCode::kIdentityExists);
  EXPECT_EQ(*ReadSmallFile(directory_ + "/desk.key"), "somebody's key");
}

TEST_F(Enrolment, SendsNothingWithoutThePinnedRoot) {
  EXPECT_EQ(Enrol(Order(), Deadline::In(kEnrolmentWithin)).error().code, ErrorCode::kFacilityRootMissing);
}

TEST_F(Enrolment, RefusesATokenOfAnotherLength) {
  EXPECT_EQ(Enrol(Order(10), Deadline::In(kEnrolmentWithin)).error().code, ErrorCode::kEnrolmentTokenInvalid);
}

TEST_F(Enrolment, KnowsAnIdentityOnlyByAllThreeFiles) {
  const IdentityFiles files(directory_);
  for (const std::string& file : {files.root, files.certificate, files.key}) {
    EXPECT_EQ(FindIdentity(directory_).error().code, ErrorCode::kDeskIdentityMissing);
    ASSERT_TRUE(WriteFileWhole(file, "x", true).ok());
  }
  EXPECT_TRUE(FindIdentity(directory_).ok());
}

}  // namespace
}  // namespace madoguchi::identity
