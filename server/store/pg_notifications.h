// SPDX-License-Identifier: Apache-2.0
// PgNotifications: one connection that listens for changed desks (LISTEN madoguchi_desk; triggers of 0002_accounts.sql
// tell) and, every second, asks the database for a proof of life. Nothing is polled per desk. Messages that came while
// there was no connection are lost: after each connecting every desk is called changed. Thread: one of its own calls
// `changed`, which must not wait; Stop and the destructor on one thread, is_alive from any. Stop returns at once, or
// when the answer limit ends the wait for a silent database. Ownership: `limit` outlives this.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "server/store/connection.h"

namespace madoguchi::store {

inline constexpr char kDeskChannel[] = "madoguchi_desk";  // payload: the desk's id
inline constexpr std::chrono::milliseconds kLifeProbeEvery{1000};
inline constexpr std::chrono::milliseconds kSilentAfter{5000};  // without an answer: presses are refused
inline constexpr std::chrono::milliseconds kListenAgainAfter{200};

class PgNotifications {
 public:
  using Changed = std::function<void(const std::string& desk_id)>;  // empty: any desk
  // The caller has just spoken with the database: that counts as the first proof of life.
  PgNotifications(std::string url, AnswerLimit& limit, Changed changed);
  ~PgNotifications();
  PgNotifications(const PgNotifications&) = delete;
  PgNotifications& operator=(const PgNotifications&) = delete;

  // Nothing is told any more when this returns. Once; the destructor does it too.
  void Stop();

  // The database answered within the last kSilentAfter.
  bool is_alive() const;

 private:
  void Work();
  void ListenOn(Connection& connection);  // until the connection drops or this ends
  bool Probe(Connection& connection);
  bool Wait(int socket, std::chrono::milliseconds time);  // false: this ends

  const std::string url_;
  AnswerLimit& limit_;
  const Changed changed_;
  std::atomic<std::chrono::steady_clock::time_point> answered_;
  std::atomic<bool> has_trouble_{false};  // for the log: said once
  int wake_ = -1;                         // an eventfd: readable when this ends
  std::thread thread_;                    // last: it uses all of the above
};

}  // namespace madoguchi::store
