// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/received_files.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {
namespace {

TEST(ReceivedFiles, AreJoinedFromChunksAndWrittenWhole) {
  TestFolder place;
  ReceivedFiles files;
  EXPECT_FALSE(files.Add("a.pdf", "one "));
  EXPECT_FALSE(files.Add("", "two "));
  EXPECT_FALSE(files.Add("a.pdf", "three"));
  EXPECT_FALSE(files.Add("b.pdf", "other"));
  OutFolder folder;
  ASSERT_FALSE(folder.Open(place.File("out")));
  EXPECT_FALSE(files.WriteInto(folder));
  EXPECT_EQ(ReadPrivateFile(place.File("out/a.pdf")).value(), "one two three");
  EXPECT_EQ(ReadPrivateFile(place.File("out/b.pdf")).value(), "other");
}

TEST(ReceivedFiles, RefuseWhatIsNotAgreed) {
  ReceivedFiles files;
  EXPECT_TRUE(files.Add("", "no name yet"));
  EXPECT_TRUE(files.Add("../a.pdf", "x"));
  ASSERT_FALSE(files.Add("large.pdf", ""));
  const std::string block(kReceivedBytesMax / 4, 'x');
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(files.Add("", block));
  EXPECT_TRUE(files.Add("", "x"));
}

}  // namespace
}  // namespace madoguchi::cli
