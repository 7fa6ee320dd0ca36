// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/tested_models.h"

#include <gtest/gtest.h>

namespace madoguchi::reader {
namespace {

TEST(TestedModels, KnowsAModelWhateverStandsAroundItsName) {
  EXPECT_EQ(TestedModel("SONY FeliCa RC-S380/S (1234567) 01 00"), "Sony RC-S380/S");
  EXPECT_EQ(TestedModel("I-O DATA USB-NFC4 00 00"), "I-O DATA USB-NFC4");
}

TEST(TestedModels, ClaimsNoModelThatIsNotOnTheList) {
  EXPECT_FALSE(TestedModel("SONY FeliCa RC-S380/P 00 00").has_value());
  EXPECT_FALSE(TestedModel("").has_value());
}

TEST(TestedModels, NamesAModelWithoutSerialNumberInterfaceAndSlot) {
  EXPECT_EQ(ModelOf("SONY FeliCa RC-S380/S (1234567) 01 00"), "Sony RC-S380/S");
  EXPECT_EQ(ModelOf("ACS ACR1252 Reader [ACR1252 PICC] (AB12) 0A 01"), "ACS ACR1252 Reader");
  EXPECT_EQ(ModelOf("ACS ACR39U 00 00"), "ACS ACR39U");
  EXPECT_EQ(ModelOf("Maker Reader 39"), "Maker Reader 39") << "no slot: part of the name";
  EXPECT_EQ(ModelOf("00 00"), "00 00");
  EXPECT_EQ(ModelOf(""), "");
  EXPECT_EQ(ModelOf("a\nb"), "a?b");
  EXPECT_EQ(ModelOf(std::string(200, 'x')).size(), kModelBytesMax);
}

}  // namespace
}  // namespace madoguchi::reader
