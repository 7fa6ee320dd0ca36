// SPDX-License-Identifier: Apache-2.0
#include "contract/secret_bytes.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <string>
#include <type_traits>

namespace madoguchi {
namespace {

SecretBytes Made(std::size_t capacity) {
  Result<SecretBytes> made = SecretBytes::Make(capacity);
  if (!made.ok()) std::abort();
  return std::move(made).value();
}

// VmFlags of the mapping that holds `address` (proc(5)); empty when nothing is mapped there.
std::string FlagsAt(const std::uint8_t* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream smaps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uintptr_t from = 0, to = 0;
    const char* const end = line.data() + line.size();
    const auto first = std::from_chars(line.data(), end, from, 16);
    if (first.ec == std::errc() && first.ptr != end && *first.ptr == '-' &&
        std::from_chars(first.ptr + 1, end, to, 16).ec == std::errc()) {
      inside = from <= wanted && wanted < to;
    } else if (inside && line.starts_with("VmFlags:")) {
      return line + ' ';
    }
  }
  return {};
}

bool AllZero(const std::uint8_t* memory, std::size_t count) {
  return std::all_of(memory, memory + count, [](std::uint8_t byte) { return byte == 0; });
}

TEST(SecretBytes, LieInLockedMemoryThatNoCoreDumpHolds) {
  const SecretBytes secret = Made(64);
  const std::string flags = FlagsAt(secret.view().data());
  EXPECT_NE(flags.find(" lo "), std::string::npos) << flags;
  EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
}

TEST(SecretBytes, LieInLockedMemoryToTheirLastPage) {
  const SecretBytes secret = Made(20000);
  const std::string flags = FlagsAt(secret.view().data() + 19999);
  EXPECT_NE(flags.find(" lo "), std::string::npos) << flags;
  EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
}

TEST(SecretBytes, AreWipedByClear) {
  SecretBytes secret = Made(16);
  ASSERT_TRUE(secret.Append(AsBytes("0123456789abcdef")));
  const std::uint8_t* const memory = secret.view().data();
  ASSERT_FALSE(AllZero(memory, 16));
  secret.Clear();
  EXPECT_TRUE(AllZero(memory, 16));
  EXPECT_TRUE(secret.empty());
  EXPECT_EQ(secret.capacity(), 16U);
}

TEST(SecretBytes, AreGoneWithTheirOwner) {
  const std::uint8_t* memory = nullptr;
  {
    SecretBytes secret = Made(16);
    ASSERT_TRUE(secret.Append(AsBytes("marker")));
    memory = secret.view().data();
    ASSERT_NE(FlagsAt(memory), "");
  }
  EXPECT_EQ(FlagsAt(memory).find(" lo "), std::string::npos);
}

TEST(SecretBytes, AreTakenOverWithoutACopy) {
  SecretBytes first = Made(16);
  ASSERT_TRUE(first.Append(AsBytes("marker")));
  const std::uint8_t* const memory = first.view().data();
  const SecretBytes second = std::move(first);
  EXPECT_EQ(second.view().data(), memory);
  EXPECT_EQ(AsText(second.view()), "marker");
  EXPECT_EQ(second.capacity(), 16U);
}

TEST(SecretBytes, AreAnEmptyOwnerAfterTheyWereMoved) {
  SecretBytes first = Made(16);
  ASSERT_TRUE(first.Append(AsBytes("marker")));
  const SecretBytes second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): the moved-from state is what is tested
  EXPECT_EQ(first.capacity(), 0U);
  EXPECT_FALSE(first.Append(std::uint8_t{1}));
  EXPECT_TRUE(first.free_space().empty());
  first.Clear();
}

TEST(SecretBytes, LetGoOfTheirOldMemoryWhenTheyTakeOver) {
  SecretBytes kept = Made(16);
  ASSERT_TRUE(kept.Append(AsBytes("old")));
  const std::uint8_t* const old = kept.view().data();
  SecretBytes other = Made(32);
  ASSERT_TRUE(other.Append(AsBytes("new")));
  kept = std::move(other);
  EXPECT_EQ(AsText(kept.view()), "new");
  EXPECT_EQ(kept.capacity(), 32U);
  EXPECT_EQ(FlagsAt(old).find(" lo "), std::string::npos);
}

TEST(SecretBytes, CannotBeCopied) {
  EXPECT_FALSE(std::is_copy_constructible_v<SecretBytes>);
  EXPECT_FALSE(std::is_copy_assignable_v<SecretBytes>);
}

TEST(SecretBytes, TakeWhatFitsAndNothingOfWhatDoesNot) {
  SecretBytes secret = Made(4);
  EXPECT_TRUE(secret.Append(AsBytes("123")));
  EXPECT_FALSE(secret.Append(AsBytes("45")));
  EXPECT_EQ(AsText(secret.view()), "123");
  EXPECT_TRUE(secret.Append(std::uint8_t{'4'}));
  EXPECT_FALSE(secret.Append(std::uint8_t{'5'}));
  EXPECT_TRUE(secret.Append(ByteView{}));
  EXPECT_EQ(AsText(secret.view()), "1234");
}

TEST(SecretBytes, GrowByWhatWasReadIntoTheirFreeSpaceAndNoFurther) {
  SecretBytes secret = Made(8);
  ASSERT_TRUE(secret.Append(AsBytes("ab")));
  ASSERT_EQ(secret.free_space().size(), 6U);
  secret.free_space()[0] = 'c';
  secret.Grow(1);
  EXPECT_EQ(AsText(secret.view()), "abc");
  secret.Grow(100);
  EXPECT_EQ(secret.size(), 8U);
}

TEST(SecretBytes, AreRefusedWhenTheSystemGivesNoPages) {
  for (const std::size_t capacity : {std::size_t{0}, std::numeric_limits<std::size_t>::max(), std::size_t{1} << 60}) {
    const auto refused = SecretBytes::Make(capacity);
    ASSERT_FALSE(refused.ok()) << capacity;
    EXPECT_EQ(refused.error().code, ErrorCode::kSecretMemoryUnavailable);
  }
}

TEST(Wipe, OverwritesExactlyWhatItWasGiven) {
  std::array<std::uint8_t, 6> memory = {1, 2, 3, 4, 5, 6};
  Wipe(std::span(memory).subspan(1, 4));
  EXPECT_EQ(memory, (std::array<std::uint8_t, 6>{1, 0, 0, 0, 0, 6}));
}

}  // namespace
}  // namespace madoguchi
