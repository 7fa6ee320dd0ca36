// SPDX-License-Identifier: Apache-2.0
// The limits both ends of the desk stream agree on. Each is enforced where data enters a process.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace madoguchi::limits {

// Card scripts (design §4).
inline constexpr std::size_t kScriptStepsMax = 32;
inline constexpr std::size_t kAcceptedStatusWordsMax = 8;  // per step
inline constexpr std::size_t kLiteralDataBytesMax = 255;   // ISO 7816-4 §5.1: short Lc
inline constexpr std::size_t kChallengeBytesMin = 16;
inline constexpr std::size_t kChallengeBytesMax = 64;
inline constexpr std::size_t kFileBytesMax = 8 * 1024;  // a certificate is 1–2 KiB (reference/jpki-card.md §5)
inline constexpr std::size_t kStepDataBytesMax = kFileBytesMax;
inline constexpr std::size_t kExtendedAnswerBytesMax = 65533;  // vpcd frame limit (reference/virtual-card.md §1)
inline constexpr std::chrono::seconds kCardHeldUnusedMax{20};  // then the card is unpowered
inline constexpr std::chrono::seconds kReaderHeldRetry{3};     // another program holds the reader

// Desk stream.
inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::size_t kMessageBytesMax = 64 * 1024;  // one gRPC message, either way
inline constexpr std::size_t kOutQueueMessagesMax = 32;     // per stream; full = the stream is closed
inline constexpr std::chrono::seconds kHeartbeatIdle{60};
inline constexpr std::chrono::seconds kHeartbeatActive{1};    // while a card is present or a press is open
inline constexpr std::chrono::seconds kPressAcknowledged{2};  // later: the desk reconnects
inline constexpr std::chrono::seconds kCheckDeadline{15};     // one deadline per check, press to answer

}  // namespace madoguchi::limits
