// SPDX-License-Identifier: Apache-2.0
// TlsSender: hands bytes to a peer that never answers (syslog, RFC 5425) and still knows that the peer has read them.
// Each Send is a connection of its own: TLS 1.3, everything written, close_notify, then it waits until the peer has
// closed its side, too. A peer that closes with something unread resets the connection (RFC 2525 §2.17); one that does
// not read does not close. So what Send calls done was read by the peer's program; what that does with it, nobody can
// know. The files are read anew each time: a renewed certificate needs no restart. No proxy.
// Thread: Send from one at a time, Interrupt from any. Limits: every step (finding the name, connecting, handshake,
// kTlsPieceBytes written, closing) ends after kTlsStepMax; a name that is being looked up holds on until the
// system's resolver gives up.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace madoguchi::web {

inline constexpr std::chrono::milliseconds kTlsStepMax{8'000};
inline constexpr std::size_t kTlsPieceBytes = 64 * 1024;

struct TlsPeer {
  std::string host;  // name or IP address; its certificate must bear it
  std::uint16_t port = 0;
  std::string root_file;                             // PEM: the only root that is trusted
  std::string certificate_file = {}, key_file = {};  // PEM, ours, with its chain; empty: none is shown
};

class TlsSender {
 public:
  explicit TlsSender(TlsPeer peer, std::chrono::milliseconds step_max = kTlsStepMax);
  ~TlsSender();
  TlsSender(const TlsSender&) = delete;
  TlsSender& operator=(const TlsSender&) = delete;

  // Nothing: the peer has read it all. Else which step failed and why, for the log; the peer may have read some.
  std::optional<std::string> Send(std::string_view bytes);
  // A Send that runs gives up, and so does every later one.
  void Interrupt();

 private:
  struct State;
  const TlsPeer peer_;
  const std::chrono::milliseconds step_max_;
  const std::unique_ptr<State> state_;
};

}  // namespace madoguchi::web
