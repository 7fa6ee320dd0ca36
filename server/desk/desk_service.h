// SPDX-License-Identifier: Apache-2.0
// DeskService: the gRPC service of the desk streams. Makes one Session per stream and ends them all when the server
// stops. Thread: Connect on gRPC's threads. Stop order, one thread: RefusePresses, WaitForPresses, SayGoodbye, then
// grpc::Server::Shutdown, then the check pool, then this object.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/desk/session.h"

namespace madoguchi::desk {

inline constexpr std::size_t kStreamsMax = 2000;       // about 130 kB each (measured with gRPC 1.51)
inline constexpr std::size_t kStreamsPerDeskMax = 16;  // an honest desk has two while it reconnects
inline constexpr std::size_t kPaperworkWorkers = 2;
inline constexpr std::size_t kPaperworkQueueMax = 4096;  // every desk may say Hello at once after a restart

class DeskService final : public v1::DeskService::CallbackService {
 public:
  // All outlive the service.
  struct Seams {
    Directory& directory;
    audit::Trail& trail;
    check::CheckPool& checks;
    telemetry::Metrics& metrics;
    Surroundings::RunCheck run_check;
    std::chrono::milliseconds check_deadline;
    std::string server_version;
    CardScript opening_script;  // what a desk runs when a card appears
    // False: the database has given no proof of life for too long; presses are refused with DATABASE_SILENT.
    std::function<bool()> database_alive = [] { return true; };
    DeskPolicy policy = {};
  };
  explicit DeskService(Seams seams);
  ~DeskService() override;

  grpc::ServerBidiReactor<v1::DeskMessage, v1::ServerMessage>* Connect(grpc::CallbackServerContext* context) override;

  // This desk, or (empty) any desk, was changed in the database: its streams are looked at again, and end with their
  // reason when they may not go on. Thread: any; does not wait.
  void Recheck(const std::string& desk_id);

  // Whether a stream of this desk is open here.
  bool IsConnected(const std::string& desk_id);

  void RefusePresses();
  // False: some were still open at the deadline.
  bool WaitForPresses(Deadline deadline);
  void SayGoodbye();

 private:
  void Forget(std::uint64_t number);
  std::vector<std::shared_ptr<Session>> Open();

  std::mutex mutex_;
  struct Listed {
    std::string desk_id;
    std::weak_ptr<Session> session;
  };
  bool MayConnect(const std::string& desk_id) const;    // mutex_ held
  std::unordered_map<std::uint64_t, Listed> sessions_;  // guarded by mutex_
  std::uint64_t last_number_ = 0;                       // guarded by mutex_
  check::CheckPool paperwork_;
  Surroundings around_;
};

}  // namespace madoguchi::desk
