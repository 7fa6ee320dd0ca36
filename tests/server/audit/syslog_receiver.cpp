// SPDX-License-Identifier: Apache-2.0
#include "tests/server/audit/syslog_receiver.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>

namespace madoguchi::audit::test {
namespace {

constexpr std::chrono::seconds kWaitMax{60};
constexpr int kLookAgainMilliseconds = 100;
constexpr const char* kProgram = "/usr/sbin/rsyslogd";

// Looks again at each change in the folder of `path`, until `is_so` or for kWaitMax.
void WaitFor(const std::string& path, const std::function<bool()>& is_so) {
  const int changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  inotify_add_watch(changes, path.substr(0, path.rfind('/')).c_str(), IN_CREATE | IN_MODIFY | IN_MOVED_TO);
  const auto end = std::chrono::steady_clock::now() + kWaitMax;
  while (!is_so() && std::chrono::steady_clock::now() < end) {
    pollfd watched{changes, POLLIN, 0};
    poll(&watched, 1, kLookAgainMilliseconds);
    std::array<char, 4096> events;
    while (read(changes, events.data(), events.size()) > 0) continue;
  }
  close(changes);
}

std::vector<std::string> Lines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

bool Listens(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool listens = port != 0 && connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return listens;
}

}  // namespace

SyslogReceiver::SyslogReceiver() {
  Start();
}

SyslogReceiver::~SyslogReceiver() {
  Kill();
}

web::TlsPeer SyslogReceiver::address() const {
  return {.host = "localhost",
          .port = port_,
          .root_file = files_.File("root.pem"),
          .certificate_file = files_.File("client.pem"),
          .key_file = files_.File("client.key")};
}

void SyslogReceiver::Freeze() {
  kill(process_, SIGSTOP);
}

void SyslogReceiver::Thaw() {
  kill(process_, SIGCONT);
}

void SyslogReceiver::Kill() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

void SyslogReceiver::WriteConfiguration() const {
  std::ofstream file(files_.File("rsyslog.conf"));
  file << "global(workDirectory=\"" << files_.File(".") << "\" maxMessageSize=\"128k\" defaultNetstreamDriver=\"gtls\" "
       << "defaultNetstreamDriverCAFile=\"" << files_.File("root.pem") << "\" defaultNetstreamDriverCertFile=\""
       << files_.File("peer.pem") << "\" defaultNetstreamDriverKeyFile=\"" << files_.File("peer.key") << "\")\n"
       << "module(load=\"imtcp\" streamDriver.name=\"gtls\" streamDriver.mode=\"1\" "
       << "streamDriver.authMode=\"x509/name\" permittedPeer=\"client.test\")\n"
       << "template(name=\"raw\" type=\"string\" string=\"%rawmsg%\\n\")\n"
       << "input(type=\"imtcp\" address=\"127.0.0.1\" port=\"" << port_ << "\" listenPortFileName=\""
       << files_.File("port") << "\")\n"
       << "action(type=\"omfile\" template=\"raw\" file=\"" << files_.File("received") << "\")\n";
}

void SyslogReceiver::Start() {
  WriteConfiguration();
  const std::string port_file = files_.File("port"), configuration = files_.File("rsyslog.conf"),
                    process_file = files_.File("pid");
  unlink(port_file.c_str());
  unlink(process_file.c_str());  // of one that was killed
  std::array<const char*, 7> arguments = {kProgram, "-n", "-f", configuration.c_str(), "-i", process_file.c_str(), {}};
  if (posix_spawn(&process_, kProgram, nullptr, nullptr, const_cast<char* const*>(arguments.data()), environ) != 0)
    std::abort();
  WaitFor(port_file, [&] {
    const std::vector<std::string> lines = Lines(port_file);  // written for a port that it chose itself
    if (!lines.empty()) port_ = static_cast<std::uint16_t>(std::atoi(lines.front().c_str()));
    return Listens(port_);
  });
}

std::vector<std::string> SyslogReceiver::WaitForLines(std::size_t count) const {
  const std::string path = files_.File("received");
  WaitFor(path, [&] { return Lines(path).size() >= count; });
  return Lines(path);
}

}  // namespace madoguchi::audit::test
