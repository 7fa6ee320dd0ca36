// SPDX-License-Identifier: Apache-2.0
#include "server/account/registration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace madoguchi::account {
namespace {

constexpr char kToday[] = "2026-11-22";

Registration Good() {
  return {1,
          1,
          "0113719",
          "窓口 'テスト' 診療所; DROP TABLE institution",
          "試験　花子",
          "011-000-0000",
          "paper_claims",
          "",
          "試験",
          "花子",
          "hanako@example.jp"};
}

// The fields of the problems, refusals as they are and warnings with a '?', in their order.
std::string Named(const Problems& problems) {
  std::string named;
  for (const Problem& problem : problems)
    named += (named.empty() ? "" : " ") + problem.field + (problem.warning ? "?" : "");
  return named;
}

std::string NamedAfter(void (*change)(Registration&)) {
  Registration registration = Good();
  change(registration);
  return Named(CheckRegistration(registration, kToday));
}

TEST(Registration, TakesAGoodOneAndFillsInTheTenDigitCode) {
  EXPECT_EQ(Named(CheckRegistration(Good(), kToday)), "");
  EXPECT_EQ(InstitutionCode(Good()), "0110113719");
  Registration tokyo = Good();
  tokyo.prefecture = 13;
  tokyo.type = 3;
  EXPECT_EQ(InstitutionCode(tokyo), "1330113719");
}

TEST(Registration, WarnsOfACheckDigitThatDoesNotFitAndRefusesNothing) {
  const Problems problems = [] {
    Registration registration = Good();
    registration.code = "0113710";
    return CheckRegistration(registration, kToday);
  }();
  EXPECT_EQ(Named(problems), "code?");
  EXPECT_FALSE(Refuses(problems));
}

TEST(Registration, NamesEachFieldThatIsWrong) {
  EXPECT_EQ(NamedAfter([](Registration& r) { r.type = 2; }), "type");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.prefecture = 48; }), "prefecture");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.code = "01137190"; }), "code");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.code = "011371９"; }), "code");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.name = " \u3000"; }), "name");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.founder = "試験 花子"; }), "founder");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.phone = "011 000"; }), "phone");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.category = "other"; }), "category");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.category = "temporary"; }), "category_ends_on");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.category_ends_on = "2027-02-29"; }), "category_ends_on");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.category_ends_on = "2026-11-21"; }), "category_ends_on?");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.applicant_surname.clear(); }), "applicant_surname");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.applicant_given_name.assign(31 * 3, 'x'); }), "applicant_given_name");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.applicant_mail = std::string(29, 'a') + "@example.jp"; }),
            "applicant_mail");
  EXPECT_EQ(NamedAfter([](Registration& r) { r.applicant_mail = std::string(28, 'a') + "@example.jp"; }), "");
  EXPECT_EQ(NamedAfter([](Registration& r) { r = {}; }),
            "type prefecture code name founder phone applicant_surname applicant_given_name applicant_mail");
}

TEST(Registration, ChangesOnlyWhatIsGiven) {
  EXPECT_EQ(Named(CheckInstitutionChange({"0110113719", "", "", "", "", ""}, kToday)), "");
  EXPECT_EQ(Named(CheckInstitutionChange({"0110113719", "", "half", "x", "temporary", ""}, kToday)),
            "founder phone category_ends_on");
}

}  // namespace
}  // namespace madoguchi::account
