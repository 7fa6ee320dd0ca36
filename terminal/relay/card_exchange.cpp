// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/card_exchange.h"

#include <array>

namespace madoguchi::relay {

Result<CardAnswer> CardExchange::SendOnce(ByteView apdu) {
  const Stopwatch watch;
  ++apdus_;
  Result<Bytes> raw = port_.Transmit(apdu);
  on_card_ += watch.elapsed();
  if (!raw) return std::move(raw).error();
  if (raw->size() < 2) return Error{ErrorCode::kCardAnswerInvalid, "answer without status word", {}};
  const auto status_word = static_cast<std::uint16_t>((*raw)[raw->size() - 2] << 8 | raw->back());
  raw->erase(raw->end() - 2, raw->end());
  return CardAnswer{std::move(*raw), status_word};
}

Result<CardAnswer> CardExchange::Send(ByteView apdu) {
  TRY_ASSIGN(CardAnswer whole, SendOnce(apdu));
  for (int responses = 0; whole.status_word >> 8 == 0x61; ++responses) {
    if (responses == kGetResponsesMax) return Error{ErrorCode::kCardAnswerInvalid, "the answer does not end", {}};
    const std::array<std::uint8_t, 5> get_response = {0x00, 0xC0, 0x00, 0x00,
                                                      static_cast<std::uint8_t>(whole.status_word)};
    TRY_ASSIGN(CardAnswer more, SendOnce(get_response));
    whole.data.insert(whole.data.end(), more.data.begin(), more.data.end());
    whole.status_word = more.status_word;
  }
  if (whole.data.size() > limits::kStepDataBytesMax) return Error{ErrorCode::kCardAnswerInvalid, "answer too long", {}};
  return whole;
}

}  // namespace madoguchi::relay
