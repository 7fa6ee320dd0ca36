// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::config {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigTest : public testing::Test {
 protected:
  void TearDown() override { unsetenv("MADOGUCHI_CHECK_WORKERS"); }
  void File(const std::string& content) { ASSERT_TRUE(WriteFileWhole(file_, content, true).ok()); }
  Result<std::optional<Config>> Read(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "madoguchi-server");
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return ReadConfig(static_cast<int>(argv.size()), argv.data());
  }
  // Of a command that needs little.
  Result<std::optional<Config>> ReadMigrate(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--config", file_, "migrate"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Read(arguments);
  }
  static Error ErrorOf(const Result<std::optional<Config>>& config) {
    return config ? Error{ErrorCode::kInternalError, "no error", {}} : config.error();
  }

  TestFolder folder_;
  const std::string file_ = folder_.File("madoguchi.conf");
  const std::string database_ = "[database]\nowner_url = \"host=/run/pg user=madoguchi_owner\"\n";
};

TEST_F(ConfigTest, ReadsSectionsOfItsFile) {
  File(database_ + "# a comment\n[desk]\nlisten = \"[::1]:7443\"\n[check]\ndeadline_ms = 5000\n");
  const auto config = ReadMigrate();
  ASSERT_TRUE(config.ok()) << config.error().detail;
  EXPECT_EQ((*config)->command, Command::kMigrate);
  EXPECT_EQ((*config)->database_owner_url, "host=/run/pg user=madoguchi_owner");
  EXPECT_EQ((*config)->desk_listen.Text(), "[::1]:7443");
  EXPECT_EQ((*config)->check_deadline, std::chrono::milliseconds(5000));
}

TEST_F(ConfigTest, NamesTheFileAndTheKeyItDoesNotKnow) {
  File(database_ + "[check]\nwokers = 4\n");
  const Error error = ErrorOf(ReadMigrate());
  EXPECT_EQ(error.code, ErrorCode::kConfigKeyUnknown);
  EXPECT_THAT(error.detail, HasSubstr(file_));
  EXPECT_THAT(error.detail, HasSubstr("check.wokers"));
}

TEST_F(ConfigTest, DoesNotKnowAKeyOutsideItsSection) {
  File("workers = 4\n" + database_);
  EXPECT_EQ(ErrorOf(ReadMigrate()).code, ErrorCode::kConfigKeyUnknown);
}

TEST_F(ConfigTest, DoesNotKnowEveryFlag) {
  File(database_);
  const Error error = ErrorOf(ReadMigrate({"--check.wokers", "4"}));
  EXPECT_EQ(error.code, ErrorCode::kConfigKeyUnknown);
  EXPECT_THAT(error.detail, HasSubstr("check.wokers"));
}

TEST_F(ConfigTest, TakesFlagsBeforeTheEnvironmentBeforeTheFile) {
  File(database_ + "[check]\nworkers = 4\n");
  EXPECT_EQ((*ReadMigrate())->check_workers, 4U);
  setenv("MADOGUCHI_CHECK_WORKERS", "5", 1);
  EXPECT_EQ((*ReadMigrate())->check_workers, 5U);
  EXPECT_EQ((*ReadMigrate({"--check.workers", "6"}))->check_workers, 6U);
}

TEST_F(ConfigTest, RefusesValuesOutOfRangeAndSaysTheRange) {
  File(database_);
  for (const char* value : {"0", "1025", "-1", "many", "6 ", "6.5"}) {
    const Error error = ErrorOf(ReadMigrate({"--check.workers", value}));
    EXPECT_EQ(error.code, ErrorCode::kConfigValueInvalid) << value;
    EXPECT_THAT(error.detail, HasSubstr("check.workers"));
    EXPECT_THAT(error.detail, HasSubstr("1 to 1024"));
  }
}

TEST_F(ConfigTest, ReadsTheRetiredKeysInTheirOrder) {
  File(database_);
  EXPECT_EQ((*ReadMigrate({"--audit.retired_key_files", "/k/2, /k/1"}))->audit_retired_key_files,
            (std::vector<std::string>{"/k/2", "/k/1"}));
  EXPECT_TRUE((*ReadMigrate())->audit_retired_key_files.empty());
  std::string many = "/k";
  for (int i = 0; i < 15; ++i) many += ",/k";
  for (const std::string& value : {many, std::string("/k,,/k"), std::string("/k, ")}) {
    EXPECT_EQ(ErrorOf(ReadMigrate({"--audit.retired_key_files", value})).code, ErrorCode::kConfigValueInvalid) << value;
  }
}

TEST_F(ConfigTest, RefusesWhatIsNoIpAddressWithAPort) {
  File(database_);
  for (const char* value : {"127.0.0.1", "127.0.0.1:", ":8443", "127.0.0.1:65536", "127.0.0.1:x", "localhost:8443",
                            "[:8443", "[]:8443", "::1:8443", "[127.0.0.1]:8443"}) {
    EXPECT_EQ(ErrorOf(ReadMigrate({"--desk.listen", value})).code, ErrorCode::kConfigValueInvalid) << value;
  }
}

TEST_F(ConfigTest, APublicAddressIsWhatADeskCanDial) {
  File(database_);
  for (const char* key : {"--desk.public_address", "--enrolment.public_address"}) {
    for (const char* value : {"madoguchi.clinic.example:8443", "192.0.2.1:443", "[2001:db8::1]:8443"}) {
      EXPECT_TRUE(ReadMigrate({key, value}).ok()) << value;
    }
    for (const char* value : {"madoguchi.clinic.example", ":8443", "clinic:0", "clinic:65536", "clinic&r=0:8443",
                              "窓口:8443", "clin ic:8443"}) {
      EXPECT_EQ(ErrorOf(ReadMigrate({key, value})).code, ErrorCode::kConfigValueInvalid) << value;
    }
  }
}

TEST_F(ConfigTest, RefusesAKeyThatStandsTwiceInItsFile) {
  File(database_ + "[check]\nworkers = 4\nworkers = 8\n");
  const Error error = ErrorOf(ReadMigrate());
  EXPECT_EQ(error.code, ErrorCode::kConfigValueInvalid);
  EXPECT_THAT(error.detail, HasSubstr("check.workers"));
}

TEST_F(ConfigTest, RefusesWhatIsNoConfigurationFileWithoutFallingOver) {
  for (const char* content :
       {"[", "[]", "]", "[database", "=", "= 4", "[check]\nworkers", "[check]\nworkers =", "[check]\nworkers = \"4",
        "[check]\nworkers = [4, 5]", "[[[check]]]\nx = 1", "\xff\xfe = 1"}) {
    File(content);
    EXPECT_FALSE(ReadMigrate().ok()) << content;
  }
}

TEST_F(ConfigTest, AUserAtTheMailServerNeedsAPasswordFile) {
  File(database_ + "[mail]\nuser = \"clinic\"\n");
  EXPECT_EQ(ErrorOf(ReadMigrate()).code, ErrorCode::kConfigValueMissing);
  File(database_ + "[mail]\nuser = \"clinic\"\npassword_file = \"/etc/madoguchi/mail-password\"\n");
  EXPECT_TRUE(ReadMigrate().ok());
}

TEST_F(ConfigTest, AsksTheNationalServiceOverHttpsOnly) {
  File(database_);
  EXPECT_EQ(ErrorOf(ReadMigrate({"--eligibility.url", "http://localhost:1"})).code, ErrorCode::kConfigValueInvalid);
}

TEST_F(ConfigTest, KnowsTheSchemesOfSightAndRefusesAnyOther) {
  File(database_);
  EXPECT_FALSE((*ReadMigrate())->sight_reference) << "none is the default";
  EXPECT_FALSE((*ReadMigrate({"--sight.scheme", "none"}))->sight_reference);
  EXPECT_TRUE((*ReadMigrate({"--sight.scheme", "reference"}))->sight_reference);
  const Error error = ErrorOf(ReadMigrate({"--sight.scheme", "real"}));
  EXPECT_EQ(error.code, ErrorCode::kConfigValueInvalid);
  EXPECT_THAT(error.detail, HasSubstr("simulator"));
}

TEST_F(ConfigTest, KeepsInquiriesByNumbersAndShowingAgainOffUntilTheyAreAskedFor) {
  File(database_);
  EXPECT_FALSE((*ReadMigrate())->number_inquiry);
  EXPECT_EQ((*ReadMigrate())->desk_show_again_seconds, 0u);
  EXPECT_TRUE((*ReadMigrate({"--number.inquiry", "on"}))->number_inquiry);
  EXPECT_EQ(ErrorOf(ReadMigrate({"--desk.show_again_seconds", "301"})).code, ErrorCode::kConfigValueInvalid);
}

TEST_F(ConfigTest, SaysWhichValueACommandNeeds) {
  File(database_);
  EXPECT_TRUE(ReadMigrate().ok());
  const Error error = ErrorOf(Read({"--config", file_, "serve"}));
  EXPECT_EQ(error.code, ErrorCode::kConfigValueMissing);
  EXPECT_THAT(error.detail, HasSubstr("MADOGUCHI_DATABASE_SERVER_URL"));
}

TEST_F(ConfigTest, NeverRepeatsAValueInAnError) {
  File(database_);
  const Error error = ErrorOf(ReadMigrate({"--check.workers", "hunter2hunter2"}));
  EXPECT_THAT(error.detail, Not(HasSubstr("hunter2")));
}

TEST_F(ConfigTest, ReadsTheArgumentsOfACommand) {
  File("[identity]\ndirectory = \"/x\"\npassphrase_file = \"/y\"\n");
  const auto config =
      Read({"init-identity", "--server-name", "localhost", "--server-ip", "127.0.0.1", "--config", file_});
  ASSERT_TRUE(config.ok()) << config.error().detail;
  EXPECT_EQ((*config)->command, Command::kInitIdentity);
  EXPECT_THAT((*config)->server_names, testing::ElementsAre("localhost"));
  EXPECT_THAT((*config)->server_ips, testing::ElementsAre("127.0.0.1"));
}

TEST_F(ConfigTest, NeedsItsFileWhenOneIsNamed) {
  EXPECT_EQ(ErrorOf(ReadMigrate()).code, ErrorCode::kConfigFileUnreadable);
}

TEST_F(ConfigTest, WantsExactlyOneCommand) {
  EXPECT_EQ(ErrorOf(Read({})).code, ErrorCode::kConfigValueMissing);
}

TEST_F(ConfigTest, AMailServerNeedsASenderThatIsOnePlainAddress) {
  File(database_ + "[mail]\nurl = \"smtps://mail.example\"\n");
  EXPECT_EQ(ErrorOf(ReadMigrate()).code, ErrorCode::kConfigValueMissing);
  for (const char* sender : {"窓口@example.jp", "a@b@c", "@example.jp", "Madoguchi <a@example.jp>", "a b@example.jp"}) {
    File(database_ + "[mail]\nurl = \"smtps://mail.example\"\nfrom = \"" + sender + "\"\n");
    EXPECT_EQ(ErrorOf(ReadMigrate()).code, ErrorCode::kConfigValueInvalid) << sender;
  }
  File(database_ + "[mail]\nurl = \"smtps://mail.example\"\nfrom = \"madoguchi@example.jp\"\n");
  EXPECT_TRUE(ReadMigrate().ok());
}

TEST_F(ConfigTest, HelpNamesEveryKeyWithItsVariable) {
  testing::internal::CaptureStdout();
  const auto asked = Read({"--help"});
  const std::string help = testing::internal::GetCapturedStdout();
  ASSERT_TRUE(asked.ok());
  EXPECT_FALSE(asked->has_value());
  for (const char* key : {"database.server_url",
                          "database.owner_url",
                          "identity.directory",
                          "identity.passphrase_file",
                          "desk.listen",
                          "enrolment.listen",
                          "telemetry.listen",
                          "eligibility.url",
                          "eligibility.root_file",
                          "eligibility.certificate_file",
                          "eligibility.key_file",
                          "console.listen",
                          "desk.public_address",
                          "enrolment.public_address",
                          "desk.operators",
                          "desk.operator_idle_minutes",
                          "console.idle_minutes",
                          "console.session_hours",
                          "account.seal_key_file",
                          "account.national",
                          "account.lock",
                          "account.password_length_min",
                          "mail.url",
                          "mail.from",
                          "mail.user",
                          "mail.password_file",
                          "mail.root_file",
                          "audit.key_file",
                          "audit.signing_key_file",
                          "audit.witness_file",
                          "audit.witness_url",
                          "check.workers",
                          "check.queue",
                          "check.deadline_ms",
                          "sight.scheme",
                          "log.level",
                          "app.ready_file",
                          "app.migrations_directory"}) {
    EXPECT_THAT(help, HasSubstr("--" + std::string(key)));
  }
  EXPECT_THAT(help, HasSubstr("MADOGUCHI_CHECK_DEADLINE_MS"));
}

}  // namespace
}  // namespace madoguchi::config
