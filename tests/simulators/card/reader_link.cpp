// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/reader_link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "contract/deadline.h"
#include "contract/files.h"
#include "tests/simulators/card/command.h"

namespace madoguchi::simulators {
namespace {

enum ControlByte : std::uint8_t { kPowerOff = 0x00, kPowerOn = 0x01, kReset = 0x02, kGetAtr = 0x04 };

bool Readable(int descriptor, std::chrono::milliseconds wait) {
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, static_cast<int>(wait.count())) > 0;
}

int ConnectOnce(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return descriptor;
  close(descriptor);
  return -1;
}

}  // namespace

ReaderLink::~ReaderLink() {
  Close();
}

void ReaderLink::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

Result<bool> ReaderLink::Connect() {
  Close();
  const Deadline deadline = Deadline::In(kReaderWait);
  while ((socket_ = ConnectOnce(port_)) < 0) {
    if (Readable(stop_, kReaderRetry)) return false;
    if (deadline.passed()) {
      return Error{
          ErrorCode::kConfigValueInvalid, "no simulated reader listens on 127.0.0.1:" + std::to_string(port_), {}};
    }
  }
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return true;
}

ReaderLink::Read ReaderLink::ReadExactly(std::uint8_t* bytes, std::size_t count) {
  while (count > 0) {
    std::array<pollfd, 2> waiting = {pollfd{.fd = socket_, .events = POLLIN, .revents = 0},
                                     pollfd{.fd = stop_, .events = POLLIN, .revents = 0}};
    if (poll(waiting.data(), waiting.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return Read::kClosed;
    }
    if (waiting[1].revents != 0) return Read::kStopped;
    // vpcd 3.3 sends length and body apart: without an immediate acknowledgement every APDU takes 44 ms. The option
    // does not stick, so it is set before every receive (reference/virtual-card.md §3).
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    const ssize_t got = recv(socket_, bytes, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Read::kClosed;
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
  return Read::kDone;
}

bool ReaderLink::SendMessage(ByteView message) {
  Bytes framed = {static_cast<std::uint8_t>(message.size() >> 8), static_cast<std::uint8_t>(message.size() & 0xFF)};
  framed.insert(framed.end(), message.begin(), message.end());
  for (std::size_t sent = 0; sent < framed.size();) {
    const ssize_t put = send(socket_, framed.data() + sent, framed.size() - sent, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    sent += static_cast<std::size_t>(put);
  }
  return true;
}

Result<void> ReaderLink::Log(std::uint64_t number, ByteView command, ByteView answer,
                             std::chrono::microseconds time) const {
  if (apdu_log_.empty()) return {};
  const std::optional<Command> parsed = ParseCommand(command);
  const std::string header = ToHex(command.first(std::min<std::size_t>(command.size(), 4)));
  const std::string line = std::to_string(number) + ' ' + header + ' ' +
                           std::to_string(parsed ? parsed->data.size() : 0) + ' ' +
                           std::to_string(parsed ? parsed->expected : 0) + ' ' + ToHex(answer.last(2)) + ' ' +
                           std::to_string(time.count()) + '\n';
  const int file = open(apdu_log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const bool written = file >= 0 && write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int reason = errno;
  if (file >= 0) close(file);
  if (!written) {
    return Error{ErrorCode::kConfigFileUnwritable, apdu_log_ + ": " + std::generic_category().message(reason), {}};
  }
  return {};
}

void ReaderLink::Control(JpkiCard& card, std::uint8_t what) {
  if (what == kPowerOff) card.PowerOff();
  if (what == kPowerOn) card.PowerOn();
  if (what == kReset) card.WarmReset();
  // A reader that is gone is seen by the next read.
  if (what == kGetAtr) (void)SendMessage(kAtr);
}

Result<LinkEnd> ReaderLink::Serve(JpkiCard& card, std::uint64_t pull_at_apdu) {
  TRY_ASSIGN(const bool connected, Connect());
  if (!connected) return LinkEnd::kStopped;
  Bytes message(kMessageBytesMax);
  std::uint64_t number = 0;
  bool announced = ready_file_.empty();
  for (;;) {
    std::array<std::uint8_t, 2> length{};
    Read read = ReadExactly(length.data(), length.size());
    const std::size_t size = static_cast<std::size_t>(length[0]) << 8 | length[1];
    if (read == Read::kDone) read = ReadExactly(message.data(), size);
    if (read != Read::kDone) {
      Close();
      card.PowerOff();
      return read == Read::kStopped ? LinkEnd::kStopped : LinkEnd::kReaderGone;
    }
    if (!announced) {
      // The reader has spoken to the card, so it has noticed it.
      announced = true;
      TRY_VOID(WriteFileWhole(ready_file_, "ready\n", false));
    }
    if (size == 0) continue;
    if (size == 1) {
      if (message[0] == kPowerOn) number = 0;
      Control(card, message[0]);
      continue;
    }
    const ByteView command(message.data(), size);
    if (++number == pull_at_apdu) {
      Close();
      card.PowerOff();
      return LinkEnd::kPulled;
    }
    const Stopwatch stopwatch;
    const Bytes answer = card.Transmit(command);
    TRY_VOID(Log(number, command, answer, stopwatch.elapsed()));
    (void)SendMessage(answer);
  }
}

}  // namespace madoguchi::simulators
