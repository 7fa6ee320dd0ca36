// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/name_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/full_width.h"
#include "server/eligibility/encodings.h"

namespace madoguchi::eligibility {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NameNotes, OfAnOrdinaryNameAreEmpty) {
  for (const char* name : {"見本　花子", "高橋　徳子", "邊　ゑみ", "ＳＭＩＴＨ　ＪＯＨＮ", ""}) {
    EXPECT_TRUE(NotesOn(name).empty()) << name;
    EXPECT_EQ(NotesOn(name).claim_safe_name, std::nullopt);
  }
}

TEST(NameNotes, SayWhereACharacterCouldNotBeMapped) {
  const NameNotes notes = NotesOn("●見　𠮷●");
  EXPECT_THAT(notes.unresolved, ElementsAre(0u, 4u));  // characters, not bytes
  EXPECT_FALSE(notes.empty());
  // A claim may hold ●.
  EXPECT_EQ(notes.claim_safe_name, "●見　吉●");
  EXPECT_EQ(NotesOn("●見").claim_safe_name, std::nullopt);
  // Other marks are ordinary characters.
  EXPECT_THAT(NotesOn("○■〓？*").unresolved, IsEmpty());
}

TEST(NameNotes, NameEachCharacterOutsideJisX0208Once) {
  EXPECT_THAT(NotesOn("髙﨑　髙德").outside_jis_x_0208, ElementsAre("髙", "﨑", "德"));
  EXPECT_THAT(NotesOn("ﾐﾎﾝ ﾊﾅｺ").outside_jis_x_0208, ElementsAre("ﾐ", "ﾎ", "ﾝ", " ", "ﾊ", "ﾅ", "ｺ"));
  EXPECT_THAT(NotesOn("𠮷").outside_jis_x_0208, ElementsAre("𠮷"));
  EXPECT_THAT(NotesOn("①").outside_jis_x_0208, ElementsAre("①"));
}

TEST(NameNotes, HoldTheUsualReplacementsOnlyWhenEveryCharacterHasOne) {
  EXPECT_EQ(NotesOn("髙﨑　德子").claim_safe_name, "高崎　徳子");
  EXPECT_EQ(NotesOn("濵田　𠮷男").claim_safe_name, "浜田　吉男");
  EXPECT_EQ(NotesOn("\uFA19\uFA1B　\uFA45").claim_safe_name, "神福　海");
  EXPECT_EQ(NotesOn("葛\U000E0100城").claim_safe_name, "葛城");
  EXPECT_EQ(NotesOn("O'Brien \"J\"").claim_safe_name, "Ｏ’Ｂｒｉｅｎ　”Ｊ”");
  EXPECT_EQ(NotesOn("髙𩸽").claim_safe_name, std::nullopt);
  EXPECT_EQ(NotesOn("ﾊﾅｺ").claim_safe_name, std::nullopt);
}

TEST(NameNotes, TakeBytesThatAreNoTextForACharacterOutside) {
  const NameNotes notes = NotesOn("高\xFF\xFE●");
  EXPECT_THAT(notes.outside_jis_x_0208, ElementsAre("\uFFFD"));
  EXPECT_THAT(notes.unresolved, ElementsAre(3u));
  EXPECT_EQ(notes.claim_safe_name, std::nullopt);
}

TEST(NameNotes, KnowWhichNamesAClaimMayHold) {
  EXPECT_TRUE(IsClaimSafe("高橋　花子"));
  EXPECT_TRUE(IsClaimSafe("●橋"));
  EXPECT_FALSE(IsClaimSafe("髙橋"));
  EXPECT_FALSE(IsClaimSafe("Smith"));
  EXPECT_FALSE(IsClaimSafe(""));
}

// Whatever has a replacement is itself outside, and its replacement is not.
TEST(NameNotes, ReplaceOnlyWhatIsOutsideByWhatIsInside) {
  std::size_t replaced = 0;
  for (char32_t scalar = 0x20; scalar < 0x30000; ++scalar) {
    if (scalar >= 0xD800 && scalar <= 0xDFFF) continue;
    std::string character;
    AppendScalar(character, scalar);
    const NameNotes notes = NotesOn(character);
    ASSERT_EQ(notes.outside_jis_x_0208.empty(), InJisX0208(scalar));
    if (!notes.claim_safe_name) continue;
    ++replaced;
    ASSERT_TRUE(IsClaimSafe(*notes.claim_safe_name)) << std::hex << static_cast<unsigned>(scalar);
  }
  EXPECT_GT(replaced, 200u);
}

}  // namespace
}  // namespace madoguchi::eligibility
