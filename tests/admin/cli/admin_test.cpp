// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/admin.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "admin/cli/groups.h"
#include "admin/cli/text.h"
#include "contract/files.h"
#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AdminTest : public testing::Test {
 protected:
  std::string Put(const std::string& name, const std::string& content) const {
    std::ofstream(console_.File(name)) << content;
    return console_.File(name);
  }
  ConsoleEnd console_;
};

TEST_F(AdminTest, LogInKeepsTheTokenInAPrivateFileAndLogOutRemovesIt) {
  const ConsoleEnd::Ran in = console_.Run({"login", "--user", "ada@clinic.example"}, "password=right\ncode=123456\n");
  EXPECT_EQ(in.status, 0) << in.err;
  EXPECT_EQ(console_.sessions.code, "123456");
  EXPECT_THAT(in.out, Not(HasSubstr(std::string(64, 'b'))));
  struct stat status {};
  ASSERT_EQ(stat(console_.settings().session_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const ConsoleEnd::Ran who = console_.Run({"whoami", "--json"});
  EXPECT_EQ(json::parse(who.out)["user"]["role_code"], "administrator");
  EXPECT_EQ(console_.sessions.token_with_who_am_i, std::string(64, 'b'));
  EXPECT_EQ(console_.Run({"logout"}).status, 0);
  EXPECT_NE(stat(console_.settings().session_file.c_str(), &status), 0);
}

TEST_F(AdminTest, RefusedLogInShowsHowLongTheLockLasts) {
  const ConsoleEnd::Ran ran = console_.Run({"login", "--user", "ada@clinic.example"}, "password=n0t-this-one\n");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("30 分 0 秒"));
  EXPECT_THAT(ran.err, Not(HasSubstr("n0t-this-one")));
}

TEST_F(AdminTest, UsageErrorsEndWithTwoAndGoNowhere) {
  EXPECT_EQ(console_.Run({}).status, 2);
  EXPECT_EQ(console_.Run({"account"}).status, 2);
  EXPECT_EQ(console_.Run({"account", "lst"}).status, 2);
  EXPECT_EQ(console_.Run({"account", "list", "--json", "--csv"}).status, 2);
  EXPECT_EQ(console_.Run({"facility", "register", "--type", "hospital"}).status, 2);
  EXPECT_EQ(console_.Run({"login", "--password", "x"}).status, 2);  // there is no such option, on purpose
  EXPECT_EQ(console_.Run({"account", "note", "W0000001", "\xFF"}).status, 2);
  EXPECT_EQ(console_.Run({"account", "note", "W0000001", std::string(1001, 'x')}).status, 2);
  EXPECT_EQ(console_.Run({"--help"}).status, 0);
}

TEST_F(AdminTest, WrongUsageIsSaidInBothLanguagesWithTheHelpOfTheCommandThatWasMeant) {
  const std::string misspelt = console_.Run({"acount", "list"}).err;
  EXPECT_THAT(misspelt, HasSubstr("そのような操作はありません / no such command: acount\n"));
  EXPECT_THAT(misspelt, HasSubstr("madoguchi-admin --help\n"));
  EXPECT_THAT(console_.Run({"account", "lst"}).err, HasSubstr("no such command: lst\n"));
  const std::string missing = console_.Run({"account", "show"}).err;
  EXPECT_THAT(missing, HasSubstr("必要なものが足りません / ACCOUNT is required\n"));
  EXPECT_THAT(missing, HasSubstr("madoguchi-admin account show --help\n"));
  EXPECT_THAT(console_.Run({"account", "list", "\x1B[2J"}).err, Not(HasSubstr("\x1B")));
}

TEST_F(AdminTest, NamesOfCommandsAreGoodValues) {
  EXPECT_EQ(console_.Run({"account", "note", "account", "list", "--institution", "1311234567"}).status, 0);
  EXPECT_EQ(console_.accounts.noted.account_id(), "account");
  EXPECT_EQ(console_.accounts.noted.note(), "list");
}

TEST_F(AdminTest, OnlyInstitutionIsTakenAndSeveralMustBeChosenFrom) {
  EXPECT_EQ(console_.Run({"account", "note", "W0000001", "受付1"}).status, 0);
  EXPECT_EQ(console_.accounts.noted.institution_code(), "1311234567");
  console_.facilities.codes = {"1311234567", "1331234560"};
  const ConsoleEnd::Ran ran = console_.Run({"account", "note", "W0000001", "受付1"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("1331234560"));
}

TEST_F(AdminTest, ImportPreviewsThenSendsTheSameFilesToBeKept) {
  const std::string large(100'000, 'x');
  const ConsoleEnd::Ran ran =
      console_.Run({"account", "import", Put("b.pdf", large), Put("a.csv", ""), "--yes", "--json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["committed"], true);
  ASSERT_EQ(console_.accounts.imports.size(), 2u);
  EXPECT_FALSE(console_.accounts.imports[0].commit());
  EXPECT_TRUE(console_.accounts.imports[1].commit());
  EXPECT_EQ(console_.accounts.imports[1].files(), 2u);
  EXPECT_THAT(console_.accounts.files, ElementsAre(testing::Pair("b.pdf", large), testing::Pair("a.csv", "")));
}

TEST_F(AdminTest, ImportWithOneBadFileChangesNothing) {
  const ConsoleEnd::Ran ran =
      console_.Run({"account", "import", Put("a.pdf", "good"), Put("b.pdf", "damaged"), "--yes"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("W0000001"));
  EXPECT_THAT(ran.err, HasSubstr("1513 (SHEET_IMAGE_ONLY)"));
  EXPECT_THAT(ran.err, HasSubstr("b.pdf"));
  EXPECT_EQ(console_.accounts.imports.size(), 1u);
}

TEST_F(AdminTest, ImportPreviewKeepsNothing) {
  const ConsoleEnd::Ran ran = console_.Run({"account", "import", "--preview", Put("a.pdf", "good")});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, Not(HasSubstr("番号 / code")));  // of a good file there is none
  EXPECT_EQ(console_.accounts.imports.size(), 1u);
}

TEST_F(AdminTest, SheetsAreWrittenAsPrivateFiles) {
  const ConsoleEnd::Ran ran = console_.Run({"account", "sheet", "--out", console_.File("sheets"), "--json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["files"].size(), 2u);
  EXPECT_EQ(ReadPrivateFile(console_.File("sheets/W0000002_skg_account.pdf")).value(), "%PDF-1.7");
}

TEST_F(AdminTest, ActOfTwoPeopleSaysWhoDoesWhatNext) {
  const ConsoleEnd::Ran first = console_.Run({"account", "unlock", "W0000001"});
  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.err, HasSubstr("madoguchi-admin approval approve approval-1\n"));
  EXPECT_THAT(first.err, HasSubstr("account unlock W0000001 --approval approval-1\n"));
  EXPECT_EQ(console_.Run({"account", "unlock", "W0000001", "--approval", "approval-1"}).status, 0);
  EXPECT_EQ(console_.Run({"account", "unlock", "W0000001", "--break-glass"}, "break_glass=sealed\n").status, 0);
}

TEST_F(AdminTest, TheSecondPersonSeesTheActBeforeApprovingIt) {
  const ConsoleEnd::Ran ran = console_.Run({"approval", "approve", "approval-1", "--yes"}, "code=123456\n");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("ロックを早期に解除: account_id=W0000001"));
  EXPECT_EQ(console_.approvals.approved.code(), "123456");
  console_.approvals.approved.Clear();
  EXPECT_EQ(console_.Run({"approval", "approve", "approval-2", "--yes"}, "code=123456\n").status, 1);
  EXPECT_EQ(console_.approvals.approved.approval_id(), "");
}

TEST_F(AdminTest, PreparedDesksAreFollowedUntilAllAreActive) {
  const ConsoleEnd::Ran ran =
      console_.Run({"desk", "prepare", "--count", "2", "--out", console_.File("links"), "--watch", "--json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(console_.desks.asked.names(), ElementsAre("窓口01", "窓口02"));
  EXPECT_EQ(console_.desks.listed, 2);
  const json answer = json::parse(ran.out);
  EXPECT_EQ(answer["desks"][1]["activation_code"], "active");
  EXPECT_THAT(ran.out, Not(HasSubstr("secret")));
  EXPECT_EQ(ReadPrivateFile(console_.File("links/02-W0000002.link")).value(), "madoguchi-enrol:?t=secret1\n");
  EXPECT_EQ(ReadPrivateFile(console_.File("links/sheet1.pdf")).value(), "%PDF-1.7");
}

TEST_F(AdminTest, LinksGoNowhereWithoutAPlaceForThem) {
  const ConsoleEnd::Ran ran = console_.Run({"desk", "prepare", "受付", "--links-only", "--json"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(console_.desks.asked.names_size(), 0);
}

// No option of any command takes a secret, and every command is explained in Japanese first.
TEST(AdminTree, HasNoPlaceForASecretAndSpeaksJapaneseFirst) {
  Shell shell;
  CLI::App app;
  AddEverything(app, shell);
  int commands = 0;
  const std::function<void(const CLI::App&)> look = [&](const CLI::App& one) {
    const auto subs = one.get_subcommands([](const CLI::App*) { return true; });
    for (const CLI::App* sub : subs) {
      const std::string about = sub->get_description();
      const std::size_t slash = about.find(" / ");
      ASSERT_NE(slash, std::string::npos) << sub->get_name();
      EXPECT_GT(Width(about.substr(0, slash)), about.substr(0, slash).size() / 2) << sub->get_name();
      look(*sub);
    }
    if (subs.empty()) ++commands;
    for (const CLI::Option* option : one.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        EXPECT_TRUE(name != "password" && name != "pin" && name != "token" && name != "break-glass-code" &&
                    name != "totp")
            << name;
      }
    }
  };
  look(app);
  EXPECT_GE(commands, 50);
}

}  // namespace
}  // namespace madoguchi::cli
