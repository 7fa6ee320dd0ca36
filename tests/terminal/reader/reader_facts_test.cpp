// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/reader_facts.h"

#include <gtest/gtest.h>

namespace madoguchi::reader {
namespace {

TEST(ReaderFacts, FindsTheLargestCommandAmongThePropertiesOfAReader) {
  EXPECT_EQ(ExtendedInProperties(*FromHex("01020000"
                                          "0A0400000100")),
            true);                                                   // 65536 bytes
  EXPECT_EQ(ExtendedInProperties(*FromHex("0A0400000000")), false);  // 0: short commands only
  EXPECT_EQ(ExtendedInProperties(*FromHex("0A0400010000")), false);  // 256 bytes
}

TEST(ReaderFacts, KnowsNothingFromPropertiesThatDoNotSayOrAreCutShort) {
  for (const char* properties : {"", "0A", "01020000", "0A04000001", "0A020001"}) {
    EXPECT_FALSE(ExtendedInProperties(*FromHex(properties)).has_value()) << properties;
  }
}

TEST(ReaderFacts, KnowsTheSlotOfASecurityModuleByItsName) {
  EXPECT_TRUE(IsSecurityModuleSlot("ACME Dual Reader [SAM Interface] 01 00"));
  EXPECT_TRUE(IsSecurityModuleSlot("ACME Reader SAM 0"));
  EXPECT_FALSE(IsSecurityModuleSlot("ACME SAMPLE Reader 00 00"));
  EXPECT_FALSE(IsSecurityModuleSlot("ACME Reader [PICC Interface] 00 00"));
}

}  // namespace
}  // namespace madoguchi::reader
