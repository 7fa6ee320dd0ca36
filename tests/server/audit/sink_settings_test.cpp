// SPDX-License-Identifier: Apache-2.0
#include "server/audit/sink_settings.h"

#include <gmock/gmock.h>

#include "tests/proto/contract/test_folder.h"
#include "tests/proto/contract/web/silent_peer.h"

namespace madoguchi::audit {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

bool Set(SinkSettings& settings, const std::string& name, const std::string& value) {
  for (const SinkSettingKey& key : SinkSettingKeys()) {
    if (key.name == "audit." + name) return key.set(settings, value);
  }
  ADD_FAILURE() << "no key " << name;
  return false;
}

std::string MissingOf(const SinkSettings& settings) {
  const Result<void> checked = CheckSinkTogether(settings);
  return checked ? "" : checked.error().detail.substr(0, checked.error().detail.find(' '));
}

int CodeOf(const Result<void>& result) {
  return result.ok() ? 0 : static_cast<int>(result.error().code);
}

TEST(SinkSettings, AreOffByDefault) {
  const SinkSettings settings;
  EXPECT_EQ(settings.kind, "");
  EXPECT_EQ(MissingOf(settings), "");
  EXPECT_EQ(CodeOf(CheckSinkFiles(settings)), 0);
}

TEST(SinkSettings, TakeOnlyValuesOfTheirKeys) {
  SinkSettings settings;
  EXPECT_TRUE(Set(settings, "sink", "syslog"));
  EXPECT_FALSE(Set(settings, "sink", "udp"));
  EXPECT_TRUE(Set(settings, "sink", "none"));
  EXPECT_EQ(settings.kind, "");
  EXPECT_TRUE(Set(settings, "sink_directory", "/srv/trail"));
  EXPECT_FALSE(Set(settings, "sink_directory", "trail"));
  const auto host = [&](const std::string& value) {
    return Set(settings, "sink_host", value) ? settings.host + " " + std::to_string(settings.port) : "refused";
  };
  EXPECT_EQ(host("log.clinic.example"), "log.clinic.example 6514");
  EXPECT_EQ(host("log.clinic.example:10514"), "log.clinic.example 10514");
  EXPECT_EQ(host("192.0.2.7"), "192.0.2.7 6514");
  EXPECT_EQ(host("[2001:db8::7]"), "2001:db8::7 6514");
  EXPECT_EQ(host("[2001:db8::7]:10514"), "2001:db8::7 10514");
  for (const char* wrong :
       {":1", "host:", "host:0", "host:65536", "host:1x", "[::1", "[::1]x", "[]", "a b", "tls://host"})
    EXPECT_EQ(host(wrong), "refused") << wrong;
}

TEST(SinkSettings, SayWhatIsMissing) {
  SinkSettings settings;
  settings.kind = "file";
  EXPECT_EQ(MissingOf(settings), "audit.sink_directory");
  settings.directory = "/srv/trail";
  EXPECT_EQ(MissingOf(settings), "");
  settings.kind = "syslog";
  EXPECT_EQ(MissingOf(settings), "audit.sink_host");
  settings.host = "log.clinic.example";
  EXPECT_EQ(MissingOf(settings), "audit.sink_root_file");
  settings.root_file = "/etc/root.pem";
  EXPECT_EQ(MissingOf(settings), "");
  settings.certificate_file = "/etc/our.pem";
  EXPECT_EQ(MissingOf(settings), "audit.sink_certificate_file");
}

TEST(SinkSettings, TheirFilesAreLookedAtBeforeAnythingStarts) {
  const TestFolder folder;
  SinkSettings settings;
  settings.kind = "file";
  settings.directory = folder.File("gone");
  EXPECT_EQ(CodeOf(CheckSinkFiles(settings)), static_cast<int>(ErrorCode::kConfigFileUnwritable));
  settings.directory = folder.File(".");
  EXPECT_EQ(CodeOf(CheckSinkFiles(settings)), 0);

  const web::test::SilentPeer peer(web::test::SilentPeer::Does::kRead);
  settings.kind = "syslog";
  settings.root_file = folder.File("gone.pem");
  EXPECT_EQ(CodeOf(CheckSinkFiles(settings)), static_cast<int>(ErrorCode::kConfigFileUnreadable));
  settings.root_file = peer.File("root.pem");
  EXPECT_EQ(CodeOf(CheckSinkFiles(settings)), 0);
  settings.certificate_file = peer.File("client.pem");
  settings.key_file = peer.File("client.key");
  EXPECT_EQ(CodeOf(CheckSinkFiles(settings)), 0);
  settings.key_file = peer.File("peer.key");
  EXPECT_EQ(CodeOf(CheckSinkFiles(settings)), static_cast<int>(ErrorCode::kConfigValueInvalid));
}

TEST(SinkSettings, MakeTheSinkTheyName) {
  SinkSettings settings;
  settings.kind = "file";
  settings.directory = "/nowhere/madoguchi";
  EXPECT_EQ(settings.follower(), "sink.file");
  SinkBatch batch;
  batch.rows.emplace_back();
  EXPECT_THAT(MakeSink(settings)->Take(batch).error().detail, StartsWith("/nowhere/madoguchi: "));
  settings.kind = "syslog";
  EXPECT_EQ(settings.follower(), "sink.syslog");
  EXPECT_THAT(MakeSink(settings)->Take(batch).error().detail, HasSubstr("audit.sink_host"));
}

}  // namespace
}  // namespace madoguchi::audit
