// SPDX-License-Identifier: Apache-2.0
// How long a real card in a contactless reader would have taken. Anchors: reference/peers.md §4 (106 kbit/s, 10
// bit-times per byte; reader turns of a few to 10 ms; RSA-2048 50–200 ms). No figure of the real card is public: these
// are ours.
#pragma once
#include <chrono>
#include <cstddef>

namespace madoguchi::simulators {

enum class Timing { kFast, kReal };

inline constexpr long long kAirBitsPerSecond = 106'000;  // ISO 14443-3: the rate every reader starts with
inline constexpr long long kAirBitTimesPerByte = 10;     // start bit, 8 data bits, stop bit (type B)
inline constexpr std::size_t kFrameBytesMax = 256;       // FSD/FSC; longer APDUs are chained (ISO 14443-4 §7.5.3)
inline constexpr std::size_t kFrameOverheadBytes = 3;    // PCB and CRC
inline constexpr std::chrono::microseconds kExchangeTurn{8'000};  // reader, USB and driver, per APDU
inline constexpr std::chrono::microseconds kVerifyTime{30'000};
inline constexpr std::chrono::microseconds kSignTime{150'000};

// Air and turn time of one APDU exchange.
std::chrono::microseconds ExchangeTime(std::size_t command_bytes, std::size_t answer_bytes);

// Returns at `at`, to a few microseconds.
void WaitUntil(std::chrono::steady_clock::time_point at);

}  // namespace madoguchi::simulators
