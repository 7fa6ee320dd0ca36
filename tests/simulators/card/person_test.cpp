// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace madoguchi::simulators {
namespace {

class PeopleFolder : public testing::Test {
 protected:
  PeopleFolder() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~PeopleFolder() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ + "/" + name) << text; }

  const std::string folder_ =
      testing::TempDir() + "people-" + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST(PersonIdentity, FollowsFromTheIdAlone) {
  // Computed with another program: SHA-256 of "madoguchi-person:hanako-genki".
  const Person person{.id = "hanako-genki"};
  EXPECT_EQ(ToHex(person.Serial()), "457d4afb099d3541");
  EXPECT_EQ(person.CommonName(), "9977C57D4AFB099D3541A87B4D");
  EXPECT_EQ(person.Generation(), 0);
}

TEST(PersonIdentity, HasSerialNumbersThatAreShortAndPositive) {
  for (int i = 0; i < 500; ++i) {
    const Bytes serial = Person{.id = "p" + std::to_string(i)}.Serial();
    ASSERT_EQ(serial.size(), 8u);
    ASSERT_NE(serial[0], 0);
    ASSERT_LT(serial[0], 0x80);
  }
}

TEST_F(PeopleFolder, GivesAGoodCardToWhoeverHasNoCardFile) {
  const auto person = ReadPerson(folder_, "someone");
  ASSERT_TRUE(person.ok());
  EXPECT_FALSE(person->revoked || person->foreign_ca || person->pin_disabled);
  EXPECT_TRUE(person->registered && person->extended_apdu);
  EXPECT_EQ(person->valid_until_days, kValidUntilDays);
}

TEST_F(PeopleFolder, ReadsEverySetting) {
  Write("someone.card",
        "# a comment\n\nvalid_from_days = -400\nvalid_until_days=-3\r\nrevoked = true\nforeign_ca = true\npin_disabled "
        "= true\n"
        "pin = 4321\ntries_left = 1\ntoken_label = JPKIAPICCTOKEN\nregistered = false\nextended_apdu = false\nphoto = "
        "none\n");
  const auto person = ReadPerson(folder_, "someone");
  ASSERT_TRUE(person.ok()) << person.error().detail;
  EXPECT_EQ(person->valid_from_days, -400);
  EXPECT_EQ(person->valid_until_days, -3);
  EXPECT_TRUE(person->revoked && person->foreign_ca && person->pin_disabled);
  EXPECT_EQ(person->pin, "4321");
  EXPECT_EQ(person->tries_left, 1);
  EXPECT_EQ(person->token_label, "JPKIAPICCTOKEN");
  EXPECT_FALSE(person->registered || person->extended_apdu || person->photo);
}

TEST_F(PeopleFolder, NamesFileAndKeyOfAMistake) {
  Write("typo.card", "revokd = true\n");
  EXPECT_EQ(ReadPerson(folder_, "typo").error().code, ErrorCode::kConfigKeyUnknown);
  EXPECT_THAT(ReadPerson(folder_, "typo").error().detail, testing::HasSubstr("typo.card: revokd"));
  Write("maybe.card", "revoked = maybe\n");
  EXPECT_EQ(ReadPerson(folder_, "maybe").error().code, ErrorCode::kConfigValueInvalid);
  Write("photo.card", "photo = maybe\n");
  EXPECT_EQ(ReadPerson(folder_, "photo").error().code, ErrorCode::kConfigValueInvalid);
  Write("tries.card", "tries_left = 4\n");
  EXPECT_FALSE(ReadPerson(folder_, "tries").ok());
  Write("backwards.card", "valid_from_days = 1\nvalid_until_days = 0\n");
  EXPECT_FALSE(ReadPerson(folder_, "backwards").ok());
}

TEST_F(PeopleFolder, RefusesIdsThatWouldLeaveIt) {
  for (const std::string& id : {std::string(), std::string("../x"), std::string("a/b"), std::string(".a"),
                                std::string("a\nb"), std::string(kPersonIdMax + 1, 'a')}) {
    EXPECT_FALSE(ReadPerson(folder_, id).ok()) << id;
  }
}

TEST_F(PeopleFolder, TakesAnyFileNameForAnId) {
  Write("患者 1.新.xml", "<XmlMsg/>");
  Write("._患者 1.新.xml", "what another system leaves beside a file");
  const auto persons = ReadPersons(folder_);
  ASSERT_TRUE(persons.ok()) << persons.error().detail;
  EXPECT_THAT(persons.value(), testing::ElementsAre(testing::Field(&Person::id, "患者 1.新")));
}

TEST_F(PeopleFolder, ListsEveryoneOnce) {
  Write("a.xml", "<XmlMsg/>");
  Write("a.card", "revoked = true\n");
  Write("b.xml", "<XmlMsg/>");
  Write("README.md", "about\n");
  const auto persons = ReadPersons(folder_);
  ASSERT_TRUE(persons.ok());
  EXPECT_THAT(persons.value(),
              testing::ElementsAre(testing::Field(&Person::id, "a"), testing::Field(&Person::id, "b")));
  EXPECT_TRUE(persons.value()[0].revoked);
}

}  // namespace
}  // namespace madoguchi::simulators
