// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/readers_command.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace madoguchi::agent {
namespace {

reader::ReaderState Reader(const std::string& name, bool card, std::uint32_t events = 1) {
  return {name, card, events, card ? Bytes{0x3B, 0x88} : Bytes{}};
}

TEST(ReadersCommand, ListsNameAtrExtendedApduSuitabilityAndModel) {
  const auto json =
      nlohmann::json::parse(ReadersJson({{Reader("I-O DATA USB-NFC4 00", true), true, false},
                                         {Reader("ACME 01", false), false, false},
                                         {Reader("ACME [SAM Interface] 02", false), std::nullopt, false}}));
  const auto& readers = json["readers"];
  EXPECT_EQ(readers[0]["atr"], "3b88");
  EXPECT_EQ(readers[0]["extended_apdu"], true);
  EXPECT_EQ(readers[0]["suitable"], true);
  EXPECT_EQ(readers[0]["on_tested_list"], true);
  EXPECT_EQ(readers[1]["unsuitable"], "no_extended_apdu");
  EXPECT_FALSE(readers[1].contains("atr"));
  EXPECT_EQ(readers[2]["unsuitable"], "security_module_slot");
  EXPECT_FALSE(readers[2].contains("extended_apdu")) << "not known";
  EXPECT_EQ(json["tested_list"]["complete"], false);
}

TEST(ReadersCommand, TellsEveryChangeOnce) {
  const reader::ReadersSeen none{true, {}}, empty{true, {Reader("A", false, 0)}}, card{true, {Reader("A", true, 1)}};
  EXPECT_EQ(Changes(none, none, true).size(), 0U);
  EXPECT_EQ(Changes(none, empty, true), std::vector<std::string>{R"({"event":"reader_added","reader":"A"})"});
  EXPECT_EQ(Changes(empty, card, true),
            std::vector<std::string>{R"({"event":"card_inserted","reader":"A","atr":"3b88"})"});
  EXPECT_EQ(Changes(card, none, true), std::vector<std::string>{R"({"event":"reader_removed","reader":"A"})"});
  EXPECT_EQ(Changes(card, {false, {}}, true).size(), 2U);
}

TEST(ReadersCommand, SeesACardThatWasSwappedBetweenTwoLooks) {
  const reader::ReadersSeen one{true, {Reader("A", true, 1)}}, other{true, {Reader("A", true, 3)}};
  EXPECT_EQ(Changes(one, other, true).size(), 2U) << "removed and inserted";
}

}  // namespace
}  // namespace madoguchi::agent
