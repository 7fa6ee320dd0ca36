// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/card_exchange.h"

#include <gtest/gtest.h>

#include "tests/terminal/relay/card_in_process.h"

namespace madoguchi::relay {
namespace {

TEST(CardExchange, FetchesBytesThatWait) {
  ScriptedPort port({Hex("01026102"), Hex("03049000")});
  CardExchange exchange(port);
  const Result<CardAnswer> answer = exchange.Send(Hex("00B0000004"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(ToHex(answer->data), "01020304");
  EXPECT_EQ(answer->status_word, 0x9000);
  EXPECT_EQ(ToHex(port.commands[1]), "00c0000002");
  EXPECT_EQ(exchange.apdus(), 2U);
}

TEST(CardExchange, GivesUpOnACardThatAlwaysHasMore) {
  ScriptedPort port(std::vector<Bytes>(1000, Hex("00006110")));
  CardExchange exchange(port);
  EXPECT_EQ(exchange.Send(Hex("00B0000000")).error().code, ErrorCode::kCardAnswerInvalid);
  EXPECT_LE(port.commands.size(), static_cast<std::size_t>(kGetResponsesMax) + 1);
}

TEST(CardExchange, RefusesAnAnswerWithoutStatusWord) {
  ScriptedPort port({Hex("90")});
  CardExchange exchange(port);
  EXPECT_EQ(exchange.Send(Hex("00B0000000")).error().code, ErrorCode::kCardAnswerInvalid);
}

TEST(CardExchange, RefusesAnAnswerLongerThanAStepMayHold) {
  Bytes answer(limits::kStepDataBytesMax + 1, 0x41);
  answer.push_back(0x90);
  answer.push_back(0x00);
  ScriptedPort port({answer});
  CardExchange exchange(port);
  EXPECT_EQ(exchange.Send(Hex("00B0000000")).error().code, ErrorCode::kCardAnswerInvalid);
}

}  // namespace
}  // namespace madoguchi::relay
