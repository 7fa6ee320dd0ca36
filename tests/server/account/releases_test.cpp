// SPDX-License-Identifier: Apache-2.0
#include "server/account/releases.h"

#include <gtest/gtest.h>

#include "server/account/manual_national_accounts.h"
#include "tests/server/account/sealed_test.h"
#include "tests/server/store/national_book.h"

namespace madoguchi::account {
namespace {

constexpr char kDesk[] = "6f9c0a52-0000-4000-8000-000000000001";

// Releases that are due, in memory; what the database does with them is tested in tests/server/store.
class DueBook final : public ReleaseBook {
 public:
  Result<std::vector<DueRelease>> Due(const std::vector<std::string>&, Deadline) override {
    if (away) return Error{ErrorCode::kDatabaseUnreachable, "test", {}};
    return due;
  }
  Result<void> Confirmed(const DueRelease& release, const IssuedForms* forms, Deadline) override {
    confirmed.push_back(release.account_id + (forms == nullptr ? " without" : " with") + " a new sheet");
    return {};
  }
  Result<int> LookAtLocks(Deadline) override {
    ++looks;
    if (away) return Error{ErrorCode::kDatabaseUnreachable, "test", {}};
    return 0;
  }
  Result<int> EndIdleOperators(Deadline) override {
    ++looks;
    return 0;
  }
  std::vector<DueRelease> due{{"1311234567", "W0000001", kDesk, 3}};
  std::vector<std::string> confirmed;
  bool away = false;
  int looks = 0;
};

class ReleasesTest : public testing::Test {
 protected:
  ReleasesTest() { national_.bound["W0000001"] = national_.bound["W0000002"] = kDesk; }
  static Deadline Soon() { return Deadline::In(std::chrono::seconds(10)); }
  bool TellNow() { return releases_.TellNow({"W0000001"}, Soon()); }

  DueBook book_;
  NationalBook national_;
  const crypto::Seal seal_ = TestSeal();
  const audit::KeyedHash hash_{Bytes(32, 0x11)};
  Releases releases_{{book_, national_, seal_, hash_}};
};

TEST_F(ReleasesTest, WhatIsIssuedAnewTakesTheOldSheetsPlace) {
  EXPECT_TRUE(TellNow());
  EXPECT_EQ(book_.confirmed, std::vector<std::string>{"W0000001 with a new sheet"});
}

TEST_F(ReleasesTest, ABindingOfWhichTheNationalSideKnowsNothingIsReleased) {
  national_.bound.clear();
  EXPECT_TRUE(TellNow());
  EXPECT_EQ(book_.confirmed, std::vector<std::string>{"W0000001 without a new sheet"});
}

TEST_F(ReleasesTest, WhatCannotBeToldNowIsNoFailureOfTheActThatReleased) {
  national_.faults = {NationalBook::Fault::kUnreachable};
  EXPECT_FALSE(TellNow());
  book_.away = true;
  EXPECT_FALSE(TellNow());
  EXPECT_TRUE(book_.confirmed.empty());
}

TEST_F(ReleasesTest, ARoundTriesEverythingAndTellsTheFirstError) {
  book_.due.push_back({"1311234567", "W0000002", kDesk, 5});
  national_.faults = {NationalBook::Fault::kUnreachable};
  const auto done = releases_.Tick(Soon());
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kNationalUnreachable);
  EXPECT_EQ(book_.confirmed, std::vector<std::string>{"W0000002 with a new sheet"});
  book_.away = true;
  EXPECT_EQ(releases_.Tick(Soon()).error().code, ErrorCode::kDatabaseUnreachable);
  EXPECT_EQ(book_.looks, 4);
}

TEST_F(ReleasesTest, InManualModeNobodyIsTold) {
  ManualNationalAccounts manual;
  EXPECT_FALSE(Releases({book_, manual, seal_, hash_}).TellNow({"W0000001"}, Soon()));
  EXPECT_TRUE(book_.confirmed.empty());
}

TEST_F(ReleasesTest, EachReleaseHasOneKeyAndAnotherAfterAMoveToAnotherInstitutionCode) {
  const DueRelease release = book_.due.front();
  EXPECT_TRUE(UuidFromText(KeyOfRelease(hash_, release)));
  EXPECT_EQ(KeyOfRelease(hash_, release), KeyOfRelease(hash_, release));
  DueRelease later = release, moved = release;
  later.step += 1;
  moved.institution_code = "0110000001";  // the body is another one: the old key would be a conflict for ever
  EXPECT_NE(KeyOfRelease(hash_, later), KeyOfRelease(hash_, release));
  EXPECT_NE(KeyOfRelease(hash_, moved), KeyOfRelease(hash_, release));
}

}  // namespace
}  // namespace madoguchi::account
