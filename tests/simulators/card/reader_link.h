// SPDX-License-Identifier: Apache-2.0
// The card's end of the wire to a simulated reader, over TCP on 127.0.0.1: each message is a 2-byte big-endian length
// and that many bytes; one byte alone is a control (00 power off, 01 power on, 02 reset, 04 asks for the ATR), anything
// else an APDU. Connected = the card is on the reader; closed = it was taken away. Source: reference/virtual-card.md §1
// and §3. Thread: one. Ownership: the link owns its socket; card, stop descriptor and log outlive Serve(). Errors:
// NO_READER (none listens within kReaderWait), CONFIG_FILE_UNWRITABLE (the APDU log).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "contract/result.h"
#include "tests/simulators/card/jpki_card.h"

namespace madoguchi::simulators {

inline constexpr std::chrono::seconds kReaderWait{60};        // for a reader to listen, or to come back
inline constexpr std::chrono::milliseconds kReaderRetry{20};  // between two looks
inline constexpr std::size_t kMessageBytesMax = 65535;        // what the length field can say

// What became of the card.
enum class LinkEnd {
  kStopped,     // by signal
  kReaderGone,  // the reader closed the wire: pcscd ended
  kPulled,      // as asked, when APDU number pull_at_apdu came; it got no answer
};

class ReaderLink {
 public:
  // stop_descriptor: readable = end. apdu_log: "" = none; else one line per APDU, "n header lc le sw us" (hex header,
  // decimal numbers, microseconds in the card), n from 1 at every power-up. Never data: a PIN would be among it.
  ReaderLink(std::uint16_t port, int stop_descriptor, std::string apdu_log, std::string ready_file)
      : port_(port), stop_(stop_descriptor), apdu_log_(std::move(apdu_log)), ready_file_(std::move(ready_file)) {}
  ReaderLink(const ReaderLink&) = delete;
  ReaderLink& operator=(const ReaderLink&) = delete;
  ~ReaderLink();

  // Puts `card` on the reader and answers until the end. pull_at_apdu: 0 = never.
  Result<LinkEnd> Serve(JpkiCard& card, std::uint64_t pull_at_apdu);

 private:
  enum class Read { kDone, kClosed, kStopped };

  Result<bool> Connect();  // false = stopped
  void Close();
  Read ReadExactly(std::uint8_t* bytes, std::size_t count);
  void Control(JpkiCard& card, std::uint8_t what);
  bool SendMessage(ByteView message);
  Result<void> Log(std::uint64_t number, ByteView command, ByteView answer, std::chrono::microseconds time) const;

  const std::uint16_t port_;
  const int stop_;
  const std::string apdu_log_;
  const std::string ready_file_;
  int socket_ = -1;
};

}  // namespace madoguchi::simulators
