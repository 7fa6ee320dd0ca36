// SPDX-License-Identifier: Apache-2.0
#include "tests/server/store/commit_breaker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

namespace madoguchi::store {
namespace {

constexpr char kSocketName[] = "/.s.PGSQL.5432";
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::chrono::seconds kHeldWaitMax{20};

sockaddr_un Address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

int Socket() {
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool WriteAll(int to, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = send(to, data, size, MSG_NOSIGNAL);
    if (written <= 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

struct CommitBreaker::Pair {
  int client = -1, database = -1;
  bool ends_at_answer = false;
  std::string held;  // a COMMIT on its way to the database
};

CommitBreaker::CommitBreaker(const std::string& cluster_folder) : cluster_socket_(cluster_folder + kSocketName) {
  char name[] = "/tmp/mdgcbXXXXXX";
  folder_ = mkdtemp(name);
  listener_ = Socket();
  const sockaddr_un address = Address(folder_ + kSocketName);
  const bool ready = pipe2(wake_, O_CLOEXEC) == 0 &&
                     bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     listen(listener_, 16) == 0;
  if (!ready) std::abort();
  thread_ = std::thread([this] { Work(); });
}

CommitBreaker::~CommitBreaker() {
  close(wake_[1]);
  thread_.join();
  close(wake_[0]);
  close(listener_);
  std::filesystem::remove_all(folder_);
}

bool CommitBreaker::WaitUntilHeld() const {
  const auto limit = std::chrono::steady_clock::now() + kHeldWaitMax;
  while (mode_ != Mode::kHeld) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::yield();
  }
  return true;
}

void CommitBreaker::PassHeldCommit() {
  mode_ = Mode::kPass;
  if (write(wake_[1], "p", 1) != 1) std::abort();
}

bool CommitBreaker::Forward(Pair& pair) {
  std::vector<char> chunk(kChunk);
  const ssize_t size = read(pair.client, chunk.data(), chunk.size());
  if (size <= 0) return false;
  const std::string bytes(chunk.data(), static_cast<std::size_t>(size));
  const Mode mode = mode_;
  const bool is_commit = bytes.find(std::string("COMMIT\0", 7)) != std::string::npos;
  if (is_commit && (mode == Mode::kBefore || mode == Mode::kAfter)) {
    mode_ = Mode::kPass;
    ++broken_;
    if (mode == Mode::kBefore) return false;
    pair.ends_at_answer = true;
  }
  if (is_commit && mode == Mode::kHold) {
    pair.held = bytes;
    mode_ = Mode::kHeld;
    return true;
  }
  return WriteAll(pair.database, bytes.data(), bytes.size());
}

bool CommitBreaker::Backward(Pair& pair) {
  std::vector<char> chunk(kChunk);
  const ssize_t size = read(pair.database, chunk.data(), chunk.size());
  if (size <= 0 || pair.ends_at_answer) return false;
  return WriteAll(pair.client, chunk.data(), static_cast<std::size_t>(size));
}

void CommitBreaker::Work() {
  std::vector<Pair> pairs;
  const auto end = [](Pair& pair) {
    close(pair.client);
    close(pair.database);
    pair.client = -1;
  };
  for (bool running = true; running;) {
    std::vector<pollfd> waits = {{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Pair& pair : pairs) {
      waits.push_back({pair.client, POLLIN, 0});
      waits.push_back({pair.database, POLLIN, 0});
    }
    if (poll(waits.data(), waits.size(), -1) < 0) break;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const bool alive =
          (waits[2 + 2 * i].revents == 0 || Forward(pairs[i])) && (waits[3 + 2 * i].revents == 0 || Backward(pairs[i]));
      if (!alive) end(pairs[i]);
    }
    if (waits[0].revents != 0) {
      char passed = 0;
      running = read(wake_[0], &passed, 1) == 1;
      for (Pair& pair : pairs) {
        if (pair.client >= 0 && !WriteAll(pair.database, pair.held.data(), pair.held.size())) end(pair);
        pair.held.clear();
      }
    }
    pairs.erase(std::remove_if(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.client < 0; }),
                pairs.end());
    if (waits[1].revents != 0) {
      Pair pair;
      pair.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      pair.database = Socket();
      const sockaddr_un address = Address(cluster_socket_);
      if (connect(pair.database, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        pairs.push_back(std::move(pair));
      } else {
        end(pair);
      }
    }
  }
  for (Pair& pair : pairs) end(pair);
}

}  // namespace madoguchi::store
