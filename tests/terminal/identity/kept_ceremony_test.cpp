// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/kept_ceremony.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::identity {
namespace {

class KeptCeremonyTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(KeepCeremony(folder_.File(""), {"ceremony-1\nx", {1, 2, 3}, proof_}).ok()); }
  std::optional<KeptCeremony> Find(const Bytes& proof) { return FindCeremony(folder_.File(""), proof); }
  std::string File() { return folder_.File("activation"); }
  TestFolder folder_;
  const Bytes proof_ = Bytes(32, 0x11);
};

TEST_F(KeptCeremonyTest, IsFoundWholeByItsProofOnly) {
  const std::optional<KeptCeremony> found = Find(proof_);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->activation_id, "ceremony-1\nx");
  EXPECT_EQ(found->signature, (Bytes{1, 2, 3}));
  EXPECT_FALSE(Find(Bytes(32, 0x12)).has_value());
  EXPECT_FALSE(Find({}).has_value());
  struct stat status {};
  ASSERT_EQ(stat(File().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(KeptCeremonyTest, IsGoneWhenForgottenAndForgettingTwiceIsNoError) {
  EXPECT_TRUE(ForgetCeremony(folder_.File("")).ok());
  EXPECT_FALSE(Find(proof_).has_value());
  EXPECT_TRUE(ForgetCeremony(folder_.File("")).ok());
}

TEST_F(KeptCeremonyTest, IsNothingWhenItsFileIsDamaged) {
  const std::string whole = ReadSmallFile(File()).value();
  for (const std::string& damaged :
       {std::string(), whole.substr(0, whole.size() - 1), whole.substr(0, whole.size() / 2), "x" + whole,
        "madoguchi-activation 1\n\n01\n" + ToHex(proof_) + "\n",
        "madoguchi-activation 1\nzz\n01\n" + ToHex(proof_) + "\n"}) {
    ASSERT_TRUE(WriteFileWhole(File(), damaged, true).ok());
    EXPECT_FALSE(Find(proof_).has_value()) << damaged;
  }
}

}  // namespace
}  // namespace madoguchi::identity
