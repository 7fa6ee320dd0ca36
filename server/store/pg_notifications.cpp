// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_notifications.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "contract/bytes.h"
#include "contract/log.h"

namespace madoguchi::store {
namespace {

constexpr const char* kComponent = "store";

class Receiver final : public pqxx::notification_receiver {
 public:
  Receiver(pqxx::connection& connection, const PgNotifications::Changed& changed)
      : pqxx::notification_receiver(connection, kDeskChannel), changed_(changed) {}
  void operator()(const std::string& payload, int /*backend*/) override {
    if (UuidFromText(payload)) changed_(payload);
  }

 private:
  const PgNotifications::Changed& changed_;
};

}  // namespace

PgNotifications::PgNotifications(std::string url, AnswerLimit& limit, Changed changed)
    : url_(std::move(url)),
      limit_(limit),
      changed_(std::move(changed)),
      answered_(std::chrono::steady_clock::now()),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { Work(); }) {}

PgNotifications::~PgNotifications() {
  Stop();
  close(wake_);
}

void PgNotifications::Stop() {
  eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
}

bool PgNotifications::is_alive() const {
  return std::chrono::steady_clock::now() - answered_.load() < kSilentAfter;
}

void PgNotifications::Work() {
  do {
    const Result<std::unique_ptr<Connection>> opened = Connection::Open(url_, "listen", &limit_);
    if (opened) {
      ListenOn(**opened);
    } else if (!has_trouble_.exchange(true)) {
      log::Report(kComponent, "not_listening", opened.error());
    }
  } while (Wait(-1, kListenAgainAfter));
}

void PgNotifications::ListenOn(Connection& connection) {
  try {
    const Receiver receiver(connection.raw(), changed_);
    if (!Probe(connection)) return;
    log::Info(kComponent, "listening");
    has_trouble_ = false;
    changed_({});
    auto next_probe = std::chrono::steady_clock::now() + kLifeProbeEvery;
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(next_probe - std::chrono::steady_clock::now());
      if (!Wait(connection.raw().sock(), std::max(left, std::chrono::milliseconds(0)))) return;
      connection.raw().get_notifs();
      if (std::chrono::steady_clock::now() < next_probe) continue;
      if (!Probe(connection)) return;
      next_probe = std::chrono::steady_clock::now() + kLifeProbeEvery;
    }
  } catch (...) {
    log::Report(kComponent, "not_listening", CurrentFailure().error);
  }
}

bool PgNotifications::Probe(Connection& connection) {
  const Result<void> answered = connection.Transact([](pqxx::work& transaction) -> Result<void> {
    transaction.exec("SELECT 1");
    return {};
  });
  if (answered) {
    answered_ = std::chrono::steady_clock::now();
  } else if (!has_trouble_.exchange(true)) {
    log::Report(kComponent, "database_silent", answered.error());
  }
  return answered.ok();
}

bool PgNotifications::Wait(int socket, std::chrono::milliseconds time) {
  std::array<pollfd, 2> watched = {{{wake_, POLLIN, 0}, {socket, POLLIN, 0}}};
  poll(watched.data(), watched.size(), static_cast<int>(time.count()));
  return (watched[0].revents & POLLIN) == 0;
}

}  // namespace madoguchi::store
