// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/seal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::crypto {
namespace {

class SealTest : public testing::Test {
 protected:
  Result<Seal> WithKey(const std::string& text, mode_t mode = 0600) const {
    const std::string file = folder_.File("key");
    EXPECT_TRUE(WriteFileWhole(file, text, true).ok());
    chmod(file.c_str(), mode);
    return Seal::FromKeyFile(file);
  }
  Seal Of(char digit) const { return WithKey(std::string(64, digit) + "\n").value(); }
  static int CodeOf(const Result<SecretBytes>& opened) {
    return opened.ok() ? 0 : static_cast<int>(opened.error().code);
  }

  TestFolder folder_;
};

TEST_F(SealTest, OpensWhatItClosed) {
  const Seal seal = Of('a');
  for (const std::string& plain : {std::string(), std::string("x"), std::string("aB3x7kMp\n123456789012")}) {
    const auto closed = seal.Close(AsBytes(plain), "W0000001");
    ASSERT_TRUE(closed.ok());
    EXPECT_EQ(closed->size(), plain.size() + kSealedOverheadBytes);
    const auto opened = seal.Open(*closed, "W0000001");
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(AsText(opened->view()) == plain);
  }
}

TEST_F(SealTest, NeverGivesTheSameTwice) {
  const Seal seal = Of('a');
  EXPECT_NE(*seal.Close(AsBytes("same"), "row"), *seal.Close(AsBytes("same"), "row"));
}

TEST_F(SealTest, OpensNothingOfAnotherKeyOrAnotherRowOrThatWasChanged) {
  const Seal seal = Of('a');
  const Bytes closed = *seal.Close(AsBytes("secret"), "W0000001");
  EXPECT_NE(CodeOf(Of('b').Open(closed, "W0000001")), 0);
  EXPECT_NE(CodeOf(seal.Open(closed, "W0000002")), 0);
  for (std::size_t i = 0; i < closed.size(); ++i) {
    Bytes changed = closed;
    changed[i] ^= 1;
    EXPECT_NE(CodeOf(seal.Open(changed, "W0000001")), 0) << i;
    EXPECT_NE(CodeOf(seal.Open(ByteView(closed).first(i), "W0000001")), 0) << i;
  }
}

TEST_F(SealTest, ClosesOnlySoMuch) {
  EXPECT_FALSE(Of('a').Close(Bytes(kSealedPlainBytesMax + 1), "row").ok());
}

TEST_F(SealTest, TakesOnlyAWholeKeyThatNobodyElseCanRead) {
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(66, 'a'), std::string(64, 'g')}) {
    const auto seal = WithKey(text);
    ASSERT_FALSE(seal.ok());
    EXPECT_EQ(seal.error().detail.find("aaaa"), std::string::npos);
  }
  EXPECT_FALSE(WithKey(std::string(64, 'a'), 0644).ok());
}

}  // namespace
}  // namespace madoguchi::crypto
