// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/renewal_watch.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/activated_desk.h"

namespace madoguchi::agent {
namespace {

constexpr long kDay = 24L * 3600;

class RenewalWatchTest : public testing::Test {
 protected:
  void Begin(long days_old) {
    identity::Wish wish = identity::DeskWish();
    wish.from_seconds = -days_old * kDay;
    wish.to_seconds = (90 - days_old) * kDay;
    identity::PutIdentity(facility_, directory_, wish);
  }
  const identity::TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  identity::ClinicServer server_{facility_};
};

TEST_F(RenewalWatchTest, RenewsAtTwoThirdsAndSaysSo) {
  Begin(61);
  std::promise<void> renewed;
  const RenewalWatch watch(server_.desk_address(), directory_, [&renewed] { renewed.set_value(); });
  ASSERT_EQ(renewed.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_TRUE(identity::FindIdentity(directory_)->renewed);
}

TEST_F(RenewalWatchTest, LeavesAYoungCertificateAlone) {
  Begin(59);
  bool renewed = false;
  const std::string old = folder_.File("old");
  identity::Wish wish = identity::DeskWish();
  wish.from_seconds = -61 * kDay, wish.to_seconds = 29 * kDay;
  identity::PutIdentity(facility_, old, wish);
  {
    const RenewalWatch watch(server_.desk_address(), directory_, [&renewed] { renewed = true; });
    // Begun later, and through with a call to the server: the first has looked by then.
    std::promise<void> other;
    const RenewalWatch later(server_.desk_address(), old, [&other] { other.set_value(); });
    ASSERT_EQ(other.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  }
  EXPECT_FALSE(renewed);
  EXPECT_FALSE(identity::FindIdentity(directory_)->renewed);
}

}  // namespace
}  // namespace madoguchi::agent
