// SPDX-License-Identifier: Apache-2.0
// What a server hears of changed desks, and what it makes of a database that is stopped.
#include "server/store/pg_notifications.h"

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <vector>

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

// What was called changed; lets a test wait for it.
class Heard {
 public:
  PgNotifications::Changed Function() {
    return [this](const std::string& desk_id) {
      {
        const std::lock_guard lock(mutex_);
        desks_.push_back(desk_id);
      }
      changed_.notify_all();
    };
  }
  // Waits for this one, forgets it and what came before.
  bool Take(const std::string& desk_id) {
    std::unique_lock lock(mutex_);
    std::vector<std::string>::iterator found;
    const bool came = changed_.wait_for(lock, kTestWaitMax, [&] {
      found = std::find(desks_.begin(), desks_.end(), desk_id);
      return found != desks_.end();
    });
    if (came) desks_.erase(desks_.begin(), found + 1);
    return came;
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return desks_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> desks_;  // guarded by mutex_
};

class PgNotificationsTest : public StoreTest {
 protected:
  explicit PgNotificationsTest(std::string folder = SharedCluster()) : StoreTest(std::move(folder)) {}
  bool BecomesAlive(bool wanted) {
    const Deadline limit = Deadline::In(kTestWaitMax);
    while (notifications_.is_alive() != wanted && !limit.passed()) std::this_thread::yield();
    return notifications_.is_alive() == wanted;
  }

  Heard heard_;
  AnswerLimit limit_;
  PgNotifications notifications_{server_url(), limit_, heard_.Function()};
};

// Stops processes of the database until the end of the test.
class Stopped {
 public:
  explicit Stopped(std::vector<pid_t> processes) : processes_(std::move(processes)) { Signal(SIGSTOP); }
  ~Stopped() { GoOn(); }
  Stopped(const Stopped&) = delete;
  Stopped& operator=(const Stopped&) = delete;
  void GoOn() { Signal(SIGCONT); }

 private:
  void Signal(int signal) const {
    for (const pid_t process : processes_) kill(process, signal);
  }
  const std::vector<pid_t> processes_;
};

TEST_F(PgNotificationsTest, CallsEveryDeskChangedOnceItListens) {
  EXPECT_TRUE(heard_.Take(""));
  EXPECT_TRUE(BecomesAlive(true));
}

TEST_F(PgNotificationsTest, TellsWhichDeskWasChangedWhateverChangedIt) {
  ASSERT_TRUE(heard_.Take(""));
  const std::string of_one = " WHERE desk_id = '" + desk_one_ + "'";
  for (const std::string& act :
       {std::string("DELETE FROM desk_log_in"), std::string("UPDATE desk_certificate SET revoked_at = now()"),
        std::string("UPDATE device_account SET state = 'suspended'"),
        std::string("UPDATE device_account SET state = 'issued', desk_id = NULL, holder = 'spare'"),
        std::string("UPDATE desk SET status = 'revoked'")}) {
    Sql(act + of_one);
    EXPECT_TRUE(heard_.Take(desk_one_)) << act;
  }
  Sql("INSERT INTO desk_log_in (desk_id, account_id, how) VALUES ('" + desk_two_ + "', 'W0000001', 'password')");
  EXPECT_TRUE(heard_.Take(desk_two_));
  EXPECT_EQ(heard_.size(), 0u);
}

TEST_F(PgNotificationsTest, IsQuietAboutWhatEndsNothing) {
  ASSERT_TRUE(heard_.Take(""));
  Sql("UPDATE desk SET last_seen_at = now(), name = 'other'");
  Sql("UPDATE device_account SET last_used_at = now(), note = 'x'");
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_two_ + "'");
  EXPECT_TRUE(heard_.Take(desk_two_));  // the first that came
  EXPECT_EQ(heard_.size(), 0u);
}

TEST_F(PgNotificationsTest, PassesOnNothingThatIsNoDesk) {
  ASSERT_TRUE(heard_.Take(""));
  Sql("SELECT pg_notify('madoguchi_desk', 'x')");
  Sql("SELECT pg_notify('madoguchi_desk', '" + desk_one_ + "')");
  EXPECT_TRUE(heard_.Take(desk_one_));
  EXPECT_EQ(heard_.size(), 0u);
}

TEST_F(PgNotificationsTest, CallsEveryDeskChangedAgainAfterItsConnectionWasCut) {
  ASSERT_TRUE(heard_.Take(""));
  Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'madoguchi_listen' AND datname "
      "= "
      "current_database()");
  EXPECT_TRUE(heard_.Take(""));
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_TRUE(heard_.Take(desk_one_));
}

class PgNotificationsStopTest : public PgNotificationsTest {
 protected:
  PgNotificationsStopTest() : PgNotificationsTest(OwnCluster().folder()) {}  // its postmaster is stopped
};

TEST_F(PgNotificationsStopTest, NoticesADatabaseThatIsStoppedAfterFiveSecondsAndThatItGoesOn) {
  ASSERT_TRUE(heard_.Take(""));
  ASSERT_TRUE(BecomesAlive(true));
  const std::string backend = Sql(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'madoguchi_listen' AND datname = current_database()");
  const std::string postmaster = Sql("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
  Stopped stopped({std::stoi(backend), std::stoi(postmaster)});
  const Stopwatch since;
  ASSERT_TRUE(BecomesAlive(false));
  EXPECT_GE(since.elapsed(), kSilentAfter - 2 * kLifeProbeEvery);
  stopped.GoOn();
  EXPECT_TRUE(BecomesAlive(true));
}

}  // namespace
}  // namespace madoguchi::store
