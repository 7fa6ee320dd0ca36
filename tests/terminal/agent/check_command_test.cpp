// SPDX-License-Identifier: Apache-2.0
// Checks without a card, against a server over real TLS. Checks with cards are shown in tests/flow.
#include "terminal/agent/check_command.h"

#include "terminal/agent/error_output.h"
#include "tests/terminal/agent/at_keyboard.h"
#include "tests/terminal/agent/desk_at_clinic.h"

namespace madoguchi::agent {
namespace {

constexpr std::string_view kLines =
    "insurer-number=138057\nnumber=0042\nbirthdate=19600229\nreason=card-not-brought\npatient-number=P-0042\n"
    "expected-birthdate=19600301\n";

class CheckCommandTest : public DeskAtClinic {
 protected:
  void SetUp() override {
    DeskAtClinic::SetUp();
    options_.method = link::Method::kNumber;
    options_.lock_file = folder_.File("lock");
    options_.wait = std::chrono::seconds(5);
    server_.streams.methods = {v1::PIN, v1::NUMBER};
    server_.streams.on_press = [this](const v1::Press& press, std::size_t number) { return Answer(press, number); };
  }
  static int Check(const Options& options) { return CheckCommand(options, {}); }
  // Accepted, then a result with this validity.
  static std::vector<v1::ServerMessage> Result(const v1::Press& press, const std::string& validity) {
    std::vector<v1::ServerMessage> messages(2);
    messages[0].mutable_press_accepted()->set_press_id(press.press_id());
    v1::CheckAnswer& answer = *messages[1].mutable_check_answer();
    answer.set_press_id(press.press_id());
    answer.mutable_answer()->set_validity_code(validity);
    answer.mutable_facts()->set_national_us(1'000);
    return messages;
  }
  std::vector<v1::ServerMessage> Answer(const v1::Press& press, std::size_t number) {
    if (number <= lost_) return {};
    std::vector<v1::ServerMessage> messages = Result(press, number <= several_ ? "5" : "1");
    messages[1].mutable_check_answer()->set_birthdate_differs(differs_);
    if (handed_on_) messages[1].mutable_check_answer()->add_handoff("pull");
    return messages;
  }
  std::size_t lost_ = 0, several_ = 0;  // so many presses lose their stream, find several people
  bool differs_ = false, handed_on_ = false;
};

TEST_F(CheckCommandTest, AsksByNumbersWithoutReaderAndCard) {
  EXPECT_EQ(Run(Check, kLines), kExitDone) << logged_;
  const auto& check = said_["check"];
  EXPECT_EQ(check["method"], "number");
  EXPECT_EQ(check["validity_code"], "1");
  EXPECT_EQ(check["phases_us"]["card"], 0);
  EXPECT_EQ(check["card_trips_after_press"], 0);
  ASSERT_EQ(server_.streams.presses().size(), 1U);
  const v1::Press press = server_.streams.presses()[0];
  EXPECT_EQ(press.method(), v1::NUMBER);
  EXPECT_FALSE(press.has_opening());
  EXPECT_TRUE(press.patient_number() == "P-0042" && press.expected_birthdate() == "19600301");
  EXPECT_EQ(said_.dump().find("P-0042"), std::string::npos) << "the patient number is not echoed";
}

TEST_F(CheckCommandTest, SendsTheSamePressAgainWhenTheStreamBreaks) {
  lost_ = 2;
  EXPECT_EQ(Run(Check, kLines), kExitDone) << logged_;
  const std::vector<v1::Press> presses = server_.streams.presses();
  ASSERT_EQ(presses.size(), 3U);
  for (const v1::Press& press : presses) {
    EXPECT_EQ(press.press_id(), presses[0].press_id()) << "one press";
    EXPECT_TRUE(press.number_inquiry().SerializeAsString() == presses[0].number_inquiry().SerializeAsString());
    EXPECT_TRUE(press.patient_number() == "P-0042");
  }
}

TEST_F(CheckCommandTest, RefusesAMethodThatTheServerDoesNotAllowBeforeAnythingIsTypedOrSent) {
  server_.streams.methods = {v1::PIN};
  EXPECT_EQ(Run(Check, ""), kExitRefused) << "the missing numbers were not asked for";
  EXPECT_EQ(said_["error"]["name"], "METHOD_NOT_ALLOWED_HERE");
  options_.method = link::Method::kSight;
  EXPECT_EQ(Run(Check, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "METHOD_NOT_ALLOWED") << "there is no scheme";
  EXPECT_EQ(said_["error"]["other_methods"][0], "pin");
  server_.streams.methods = {v1::SIGHT};
  options_.method = link::Method::kPin;
  const Pipe pin("1234\n");
  options_.pin_fd = pin.descriptor();
  EXPECT_EQ(Run(Check, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "METHOD_NOT_ALLOWED_HERE");
  EXPECT_TRUE(server_.streams.presses().empty());
}

TEST_F(CheckCommandTest, RefusesInquiriesByNumbersThatTheFacilitySwitchedOffBeforeAnythingIsTypedOrSent) {
  server_.streams.number_off = true;
  EXPECT_EQ(Run(Check, ""), kExitRefused) << "the missing numbers were not asked for";
  EXPECT_EQ(said_["error"]["name"], "NUMBER_INQUIRY_OFF");
  server_.streams.methods = {};  // of a facility whose rules allow nothing at this hour
  EXPECT_EQ(Run(Check, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "NUMBER_INQUIRY_OFF");
  EXPECT_TRUE(server_.streams.presses().empty());
}

TEST_F(CheckCommandTest, AsksTheServerWhereTheWelcomeSaysNothingOfMethods) {
  server_.streams.methods = {};
  EXPECT_EQ(Run(Check, kLines), kExitDone) << logged_;
}

TEST_F(CheckCommandTest, NamesAFieldThatCannotBeSentAndSendsNothing) {
  EXPECT_EQ(Run(Check, "insurer-number=1\nnumber=\nbirthdate=19600229\nreason=card-not-brought\n"), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "INQUIRY_FIELD_INVALID");
  EXPECT_EQ(said_["error"]["detail"], "number: missing");
  EXPECT_TRUE(server_.streams.presses().empty());
}

TEST_F(CheckCommandTest, NeedsTheStatementForSightBeforeAReaderIsLookedAt) {
  server_.streams.methods = {v1::SIGHT};
  server_.streams.sight_allowed = true;
  options_.method = link::Method::kSight;
  EXPECT_EQ(Run(Check, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "ATTESTATION_MISSING");
}

TEST_F(CheckCommandTest, TellsAProgramThatThePersonIsInDoubtAndConfirmsNothingByItself) {
  differs_ = true;
  EXPECT_EQ(Run(Check, kLines), kExitDone);
  EXPECT_EQ(said_["check"]["birthdate_differs"], true);
  EXPECT_TRUE(server_.desk_check.confirmed.empty());
}

// The program itself, with a person at its keyboard; the server stays here.
class CheckAtKeyboard : public CheckCommandTest {
 protected:
  std::pair<std::string, int> Type(std::initializer_list<std::string> more, const char* option = "--ask-patient") {
    std::vector<std::string> keys = {"P-0042\r", "\r",  // patient number, expected birth date
                                     "138057\r", "\r", "0042\r", "\r", "19600229\r", "n\r", "1"};
    keys.insert(keys.end(), more);
    return AtKeyboard(keys, [this, option] {
      setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // the program lets nobody look into it
      execl(MADOGUCHI_TERMINAL, MADOGUCHI_TERMINAL, "check", "--directory", directory_.c_str(), "--lock-file",
            options_.lock_file.c_str(), "--method", "number", "--ask-patient", option, nullptr);
      return 127;
    });
  }
};

TEST_F(CheckAtKeyboard, AsksForNoNumbersWhereTheyMayNotBeUsed) {
  server_.streams.methods = {v1::PIN};
  const auto [shown, exit] = Type({});
  EXPECT_EQ(exit, kExitRefused);
  EXPECT_NE(shown.find("METHOD_NOT_ALLOWED_HERE"), std::string::npos) << shown;
  EXPECT_TRUE(server_.streams.presses().empty());
}

TEST_F(CheckAtKeyboard, AsksForMoreWhenSeveralPeopleFit) {
  several_ = 1;
  const auto [shown, exit] = Type({"\r", "02\r"});
  EXPECT_EQ(exit, kExitDone) << shown;
  const std::vector<v1::Press> presses = server_.streams.presses();
  ASSERT_EQ(presses.size(), 2U);
  EXPECT_TRUE(presses[1].number_inquiry().branch() == "02");
  EXPECT_NE(presses[1].press_id(), presses[0].press_id()) << "another question";
  EXPECT_TRUE(presses[1].patient_number() == "P-0042");
  EXPECT_NE(shown.find("複数の資格が該当しました"), std::string::npos);
}

TEST_F(CheckAtKeyboard, AsksNobodyToConfirmWhatIsNotHandedOn) {
  differs_ = true;
  const auto [shown, exit] = Type({"y"});
  EXPECT_EQ(exit, kExitDone);
  EXPECT_NE(shown.find("生年月日が予定と違います"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("患者さんは予定の方ですか"), std::string::npos) << shown;
  EXPECT_TRUE(server_.desk_check.confirmed.empty());
}

TEST_F(CheckAtKeyboard, AsksAtOnceWhetherItIsTheExpectedPatient) {
  differs_ = handed_on_ = true;
  EXPECT_EQ(Type({"y"}).second, kExitDone);
  ASSERT_EQ(server_.desk_check.confirmed.size(), 1U);
  EXPECT_TRUE(server_.desk_check.confirmed[0].same_person());
  EXPECT_EQ(server_.desk_check.confirmed[0].press_id(), server_.streams.presses()[0].press_id());
  EXPECT_EQ(Type({"n"}).second, kExitDone);
  EXPECT_FALSE(server_.desk_check.confirmed.at(1).same_person());
  EXPECT_EQ(Type({"\r"}).second, kExitDone);
  EXPECT_EQ(server_.desk_check.confirmed.size(), 2U) << "later";
}

TEST_F(CheckAtKeyboard, BeginsTheNextMemberOfTheFamilyWithOneKeyOnTheSameStream) {
  const auto [shown, exit] =
      Type({"n", "P-0043\r", "\r", "138057\r", "\r", "0042\r", "\r", "20200229\r", "n\r", "1", "q"}, "--family");
  EXPECT_EQ(exit, kExitDone) << shown;
  const std::vector<v1::Press> presses = server_.streams.presses();
  ASSERT_EQ(presses.size(), 2U);
  EXPECT_TRUE(presses[0].patient_number() == "P-0042" && presses[1].patient_number() == "P-0043");
  EXPECT_TRUE(presses[1].number_inquiry().birthdate() == "20200229");
  EXPECT_EQ(server_.streams.streams(), 1U);
}

}  // namespace
}  // namespace madoguchi::agent
