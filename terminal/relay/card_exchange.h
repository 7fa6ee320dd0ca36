// SPDX-License-Identifier: Apache-2.0
// CardExchange: command bytes to a card and whole answers back, GET RESPONSE included. Counts what a step costs.
// Source: ISO 7816-4 §5.3.4 (61xx: more bytes wait), §5.6 (status words).
#pragma once
#include "contract/deadline.h"
#include "contract/limits.h"
#include "terminal/relay/card_port.h"

namespace madoguchi::relay {

inline constexpr int kGetResponsesMax = 64;  // per command; 8 KiB need 32

struct CardAnswer {
  Bytes data;
  std::uint16_t status_word = 0;
};

class CardExchange {
 public:
  explicit CardExchange(CardPort& port) : port_(port) {}
  // Errors: those of the port; CARD_ANSWER_INVALID when the answer is shorter than a status word or longer than a step
  // may hold.
  Result<CardAnswer> Send(ByteView apdu);
  std::uint32_t apdus() const { return apdus_; }
  std::chrono::microseconds on_card() const { return on_card_; }
  void StartStep() { apdus_ = 0, on_card_ = {}; }

 private:
  Result<CardAnswer> SendOnce(ByteView apdu);
  CardPort& port_;
  std::uint32_t apdus_ = 0;
  std::chrono::microseconds on_card_{0};
};

}  // namespace madoguchi::relay
