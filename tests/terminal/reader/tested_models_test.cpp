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

}  // namespace
}  // namespace madoguchi::reader
