// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/timing.h"

#include <thread>

namespace madoguchi::simulators {
namespace {

// The scheduler may wake late by this much; the rest is waited awake.
constexpr std::chrono::microseconds kSchedulerSlack{200};

std::size_t WithFrames(std::size_t bytes) {
  const std::size_t payload = kFrameBytesMax - kFrameOverheadBytes;
  return bytes + (bytes + payload - 1) / payload * kFrameOverheadBytes;
}

}  // namespace

std::chrono::microseconds ExchangeTime(std::size_t command_bytes, std::size_t answer_bytes) {
  const auto bytes = static_cast<long long>(WithFrames(command_bytes) + WithFrames(answer_bytes));
  return kExchangeTurn + std::chrono::microseconds(bytes * kAirBitTimesPerByte * 1'000'000 / kAirBitsPerSecond);
}

void WaitUntil(std::chrono::steady_clock::time_point at) {
  std::this_thread::sleep_until(at - kSchedulerSlack);
  while (std::chrono::steady_clock::now() < at) {
  }
}

}  // namespace madoguchi::simulators
