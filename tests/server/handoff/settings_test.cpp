// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/outbound/tls_server.h"

namespace madoguchi::handoff {
namespace {

using std::chrono::seconds;

bool Set(Settings& settings, const std::string& name, const std::string& value) {
  for (const SettingKey& key : SettingKeys()) {
    if (key.name == "handoff." + name) return key.set(settings, value);
  }
  ADD_FAILURE() << "no key " << name;
  return false;
}

std::string MissingOf(const Settings& settings, seconds show_again = seconds(0), bool number_inquiry = false) {
  const Result<void> checked = CheckTogether(settings, show_again, number_inquiry);
  return checked ? "" : checked.error().detail.substr(0, checked.error().detail.find(' '));
}

TEST(HandoffSettings, AreAllOffByDefault) {
  const Settings settings;
  EXPECT_FALSE(settings.channels(seconds(0)).any());
  EXPECT_EQ(MissingOf(settings), "");
}

TEST(HandoffSettings, TakeOnlyValuesOfTheirKeys) {
  Settings settings;
  EXPECT_TRUE(Set(settings, "oqs_folder", "/srv/oqs/face/"));
  EXPECT_EQ(settings.oqs_folder, "/srv/oqs/face");
  EXPECT_FALSE(Set(settings, "oqs_folder", "face"));
  EXPECT_TRUE(Set(settings, "oqs_encoding", "Shift_JIS"));
  EXPECT_FALSE(Set(settings, "oqs_encoding", "EUC-JP"));
  EXPECT_TRUE(Set(settings, "oqs_stay_minutes", "1440"));
  EXPECT_FALSE(Set(settings, "oqs_stay_minutes", "10081"));
  EXPECT_FALSE(Set(settings, "requests_desk", "受付1"));
  EXPECT_TRUE(Set(settings, "requests_desk", "0F0E0D0C-0B0A-4908-8706-050403020100"));
  EXPECT_EQ(settings.requests_desk, "0f0e0d0c-0b0a-4908-8706-050403020100");  // as it stands in the database
  EXPECT_FALSE(Set(settings, "webhook_url", "http://receiver.example"));
  EXPECT_TRUE(Set(settings, "webhook_form", "fhir"));
  EXPECT_FALSE(Set(settings, "webhook_form", "xml"));
  EXPECT_TRUE(Set(settings, "pull_listen", "[::1]:8446"));
  EXPECT_EQ(settings.pull_host, "::1");
  EXPECT_EQ(settings.pull_port, 8446);
  for (const char* wrong : {"localhost:1", ":1", "127.0.0.1", "127.0.0.1:65536"})
    EXPECT_FALSE(Set(settings, "pull_listen", wrong)) << wrong;
  std::string shown;  // as openssl x509 -fingerprint prints it
  for (int i = 0; i < 32; ++i) shown += i == 0 ? "AB" : ":AB";
  EXPECT_TRUE(Set(settings, "pull_clients", shown + ", " + std::string(64, '1')));
  EXPECT_EQ(settings.pull_clients.size(), 2U);
  EXPECT_EQ(settings.pull_clients.count(std::string("ab") + std::string(62, '1')), 0U);
  EXPECT_FALSE(Set(settings, "pull_clients", "abcd"));
}

TEST(HandoffSettings, NameWhatBelongsTogetherAndIsMissing) {
  EXPECT_EQ(MissingOf({}, seconds(60)), "handoff.key_directory");
  Settings settings;
  settings.webhook_url = "https://receiver.example";
  EXPECT_EQ(MissingOf(settings), "handoff.key_directory");
  settings.key_directory = "/keys";
  EXPECT_EQ(MissingOf(settings), "handoff.webhook_root_file");
  Settings pull;
  pull.key_directory = "/keys";
  pull.pull_host = "127.0.0.1";
  EXPECT_EQ(MissingOf(pull), "handoff.pull_clients");
  Settings requests;
  requests.requests_folder = "/req";
  EXPECT_EQ(MissingOf(requests), "handoff.requests_desk");
  requests.requests_desk = "11111111-2222-4333-8444-555555555555";
  EXPECT_EQ(MissingOf(requests), "number.inquiry");
  EXPECT_EQ(MissingOf(requests, seconds(0), true), "");
}

TEST(HandoffSettings, AreCheckedAgainstTheFilesThereAre) {
  TestFolder folder;
  Settings settings;
  settings.key_directory = folder.File("keys");
  settings.oqs_folder = folder.File("face");
  EXPECT_EQ(CheckFiles(settings, seconds(0)).error().code, ErrorCode::kConfigFileUnreadable);
  std::filesystem::create_directory(settings.key_directory);
  chmod(settings.key_directory.c_str(), 0750);
  EXPECT_EQ(CheckFiles(settings, seconds(0)).error().code, ErrorCode::kConfigFilePermissions);
  chmod(settings.key_directory.c_str(), 0700);
  EXPECT_EQ(CheckFiles(settings, seconds(0)).error().code, ErrorCode::kHandoffFolderMissing);
  std::filesystem::create_directory(settings.oqs_folder);
  EXPECT_TRUE(CheckFiles(settings, seconds(0)).ok());
  EXPECT_TRUE(std::filesystem::is_empty(settings.oqs_folder));
  settings.webhook_url = "https://receiver.example";
  settings.webhook_signing_key_file = folder.File("signing-key");
  ASSERT_TRUE(WriteFileWhole(settings.webhook_signing_key_file, "short", true).ok());
  EXPECT_EQ(CheckFiles(settings, seconds(0)).error().code, ErrorCode::kConfigValueInvalid);
  ASSERT_TRUE(WriteFileWhole(settings.webhook_signing_key_file, std::string(64, 'a'), true).ok());
  EXPECT_EQ(CheckFiles(settings, seconds(0)).error().code, ErrorCode::kConfigFileUnreadable);
  const outbound::test::Authority ours, others("Other Root");
  for (const auto& authority : {&ours, &others}) chmod(authority->files().key.c_str(), 0600);
  settings.webhook_root_file = ours.files().root;
  settings.webhook_certificate_file = ours.files().certificate;
  settings.webhook_key_file = others.files().key;
  EXPECT_EQ(CheckFiles(settings, seconds(0)).error().code, ErrorCode::kConfigValueInvalid);
  settings.webhook_key_file = ours.files().key;
  EXPECT_TRUE(CheckFiles(settings, seconds(0)).ok());
}

}  // namespace
}  // namespace madoguchi::handoff
