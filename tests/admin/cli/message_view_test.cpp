// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/message_view.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "admin/cli/labels.h"
#include "admin/cli/output.h"
#include "madoguchi/v1/account_service.pb.h"
#include "madoguchi/v1/approval_service.pb.h"
#include "madoguchi/v1/session_service.pb.h"
#include "madoguchi/v1/staff_service.pb.h"
#include "madoguchi/v1/trail_review_service.pb.h"

namespace madoguchi::cli {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

v1::Account SomeAccount() {
  v1::Account account;
  account.set_account_id("W0000001");
  account.set_state(v1::ACTIVE);
  account.set_holder(v1::DESK_HOLDER);
  account.set_note("受付1");
  account.set_last_used_at("2026-11-22T12:30:45Z");
  return account;
}

TEST(MessageJson, HasTheWordOfACodeAndItsMeaningAndLeavesAbsentTextsOut) {
  const ordered_json json = ToJson(SomeAccount());
  EXPECT_EQ(json["state_code"], "active");
  EXPECT_EQ(json["state"], "利用可");
  EXPECT_EQ(json["holder_code"], "desk");
  EXPECT_EQ(json["last_used_at"], "2026-11-22T12:30:45Z");
  EXPECT_EQ(json["logged_in"], false);
  EXPECT_FALSE(json.contains("application_number"));  // not known
  EXPECT_FALSE(json.contains("desk_id"));
  EXPECT_FALSE(json.contains("ends_on"));
}

TEST(MessageJson, ANumberThatWasNotSaidIsAbsentAndZeroIsTold) {
  v1::TrailEntry entry;
  EXPECT_FALSE(ToJson(entry).contains("seconds"));
  EXPECT_EQ(Cell(entry, "seconds"), "");
  entry.set_seconds(0);
  EXPECT_EQ(ToJson(entry)["seconds"], 0);
  EXPECT_EQ(Cell(entry, "seconds"), "0");
}

TEST(MessageJson, HasNoSecretOfTheAnswer) {
  v1::AddStaffResponse answer;
  answer.mutable_staff()->set_name("窓口花子");
  answer.set_first_pin("0427");
  v1::ConsoleLogInResponse log_in;
  log_in.set_token("feedbeef");
  EXPECT_EQ(ToJson(answer).dump().find("0427"), std::string::npos);
  EXPECT_EQ(ToJson(answer)["staff"]["name"], "窓口花子");  // what the roster is for
  EXPECT_EQ(ToJson(log_in).dump().find("feedbeef"), std::string::npos);
}

TEST(MessageJson, KnowsTheWordsOfTextFieldsThatHoldAState) {
  v1::Approval approval;
  approval.set_state("open");
  EXPECT_EQ(ToJson(approval)["state_code"], "open");
  EXPECT_EQ(ToJson(approval)["state"], "承認待ち");
}

TEST(MessageCells, AreMeaningsTimesOfJapanAndJoinedLists) {
  const v1::Account account = SomeAccount();
  EXPECT_EQ(Cell(account, "state"), "利用可");
  EXPECT_EQ(Cell(account, "last_used_at"), "2026-11-22 21:30");
  EXPECT_EQ(Cell(account, "logged_in"), "");
  v1::Desk desk;
  desk.add_account_ids("W0000001");
  desk.add_account_ids("W0000002");
  desk.set_connected(true);
  desk.set_name("受\x1B[31m付");
  EXPECT_EQ(Cell(desk, "account_ids"), "W0000001, W0000002");
  EXPECT_EQ(Cell(desk, "connected"), "はい");
  EXPECT_EQ(Cell(desk, "name"), "受<U+001B>[31m付");
}

TEST(MessageCsv, HasTheSameColumnsWhateverTheRowHolds) {
  const std::vector<std::string> header = CsvHeader(*v1::Account::descriptor());
  EXPECT_EQ(header.size(), CsvRow(SomeAccount()).size());
  EXPECT_EQ(header.size(), CsvRow(v1::Account()).size());
  EXPECT_THAT(header, testing::IsSupersetOf({"account_id", "state_code", "state", "note"}));
}

TEST(Shown, ListIsAnArrayAlsoWhenItIsEmpty) {
  const v1::ListAccountsResponse none;
  const Shown shown = ShownList("accounts", none.accounts(), {{"account_id", "ID"}});
  EXPECT_EQ(ShownJson(shown), "{\"ok\":true,\"accounts\":[]}\n");
  EXPECT_THAT(ShownText(shown), HasSubstr("ありません"));
  EXPECT_THAT(ShownCsv(shown), HasSubstr("account_id,"));
}

TEST(Shown, TableLeavesOutColumnsThatNoRowFills) {
  v1::ListAccountsResponse answer;
  *answer.add_accounts() = SomeAccount();
  const Shown shown =
      ShownList("accounts", answer.accounts(),
                {{"account_id", "ID"}, {"desk_name", "窓口端末"}, {"note", "備考"}, {"ends_on", "終了"}});
  EXPECT_EQ(ShownText(shown), "ID        備考\n--------  -----\nW0000001  受付1\n");
}

TEST(Shown, WarningsAreShownBesideWhatWasDone) {
  const v1::Account account = SomeAccount();
  Shown shown = ShownOne("account", account, {{"account_id", "ID"}});
  shown.warnings.push_back({"code", "検査数字が合いません", "the check digit does not fit", true});
  EXPECT_EQ(ordered_json::parse(ShownJson(shown))["warnings"][0]["field"], "code");
  EXPECT_THAT(ShownText(shown), HasSubstr("検査数字が合いません"));
}

TEST(Labels, EveryCodeHasAJapaneseMeaning) {
  for (const auto* type :
       {v1::InstitutionType_descriptor(), v1::EligibilityCategory_descriptor(), v1::ApplicationKind_descriptor(),
        v1::ApplicationState_descriptor(), v1::AccountState_descriptor(), v1::AccountHolder_descriptor()}) {
    const google::protobuf::FieldDescriptor* field = nullptr;
    for (const auto* message :
         {v1::Institution::descriptor(), v1::Application::descriptor(), v1::Account::descriptor()}) {
      for (int i = 0; i < message->field_count(); ++i)
        if (message->field(i)->enum_type() == type) field = message->field(i);
    }
    ASSERT_NE(field, nullptr);
    for (const std::string& word : Words(*type)) {
      EXPECT_FALSE(Meaning(*field, word).empty()) << word;
      EXPECT_TRUE(NumberOf(*type, word).has_value()) << word;
    }
  }
  EXPECT_EQ(NumberOf(*v1::ApplicationKind_descriptor(), "end-of-use"), static_cast<int>(v1::END_OF_USE));
  EXPECT_FALSE(NumberOf(*v1::Role_descriptor(), "unspecified").has_value());
}

}  // namespace
}  // namespace madoguchi::cli
