// SPDX-License-Identifier: Apache-2.0
#include "server/store/settings_seen.h"

#include <gtest/gtest.h>

#include "server/store/answer_limit.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using Hashes = std::map<std::string, std::string>;

class SettingsSeenTest : public StoreTest {
 protected:
  void Start(const std::string& server, const Hashes& hashes) {
    ASSERT_EQ(CodeOf(RecordSettings(pool_, "server-one", server, hashes, Soon())), 0);
  }
  int Rows() const { return Count("audit_event WHERE action = 'config.changed'"); }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
};

TEST_F(SettingsSeenTest, TheFirstStartIsSaidAndTheSameAgainIsNoChange) {
  Start("a.example", {{"desk.operators", "h1"}});
  Start("a.example", {{"desk.operators", "h1"}});
  ASSERT_EQ(Rows(), 1);
  EXPECT_EQ(Sql("SELECT detail FROM audit_event WHERE action = 'config.changed'"),
            "server=a.example first set=desk.operators");
}

TEST_F(SettingsSeenTest, AChangeIsOneRowThatNamesTheSettings) {
  Start("a.example", {{"desk.operators", "h1"}, {"sight.scheme", "h2"}, {"mail.url", "h3"}});
  Start("a.example", {{"desk.operators", "other"}, {"sight.scheme", "h2"}, {"number.inquiry", "h4"}});
  ASSERT_EQ(Rows(), 2);
  EXPECT_EQ(Sql("SELECT concat_ws('|', detail, actor, role, owner) FROM audit_event WHERE action = 'config.changed' "
                "ORDER BY sequence DESC LIMIT 1"),
            "server=a.example changed=desk.operators set=number.inquiry unset=mail.url|server|server|server-one");
  Start("a.example", {{"desk.operators", "other"}, {"sight.scheme", "h2"}, {"number.inquiry", "h4"}});
  EXPECT_EQ(Rows(), 2) << "said once";
}

TEST_F(SettingsSeenTest, ServersAreComparedWithThemselves) {
  Start("a.example", {{"desk.operators", "h1"}});
  Start("b.example", {{"desk.operators", "h2"}});
  Start("a.example", {{"desk.operators", "h1"}});
  EXPECT_EQ(Rows(), 2) << "of the first starts";
}

}  // namespace
}  // namespace madoguchi::store
