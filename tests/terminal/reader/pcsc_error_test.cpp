// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/pcsc_error.h"

#include <gtest/gtest.h>
#include <winscard.h>

namespace madoguchi::reader {
namespace {

ErrorCode Code(long code, During during) {
  return FromPcsc(code, during).code;
}

TEST(PcscError, CallsEveryDeadServiceUnavailable) {
  for (const long code : {SCARD_E_NO_SERVICE, SCARD_E_SERVICE_STOPPED, SCARD_F_COMM_ERROR, SCARD_E_INVALID_HANDLE}) {
    for (const During during : {During::kService, During::kConnect, During::kSession}) {
      EXPECT_EQ(Code(code, during), ErrorCode::kPcscServiceUnavailable);
    }
  }
}

TEST(PcscError, TellsACardThatIsNotThereFromOneThatWasPulled) {
  EXPECT_EQ(Code(SCARD_E_NO_SMARTCARD, During::kConnect), ErrorCode::kCardNotPresent);
  EXPECT_EQ(Code(SCARD_W_REMOVED_CARD, During::kConnect), ErrorCode::kCardNotPresent);
  EXPECT_EQ(Code(SCARD_W_REMOVED_CARD, During::kSession), ErrorCode::kCardRemoved);
  EXPECT_EQ(Code(SCARD_E_NOT_TRANSACTED, During::kSession), ErrorCode::kCardRemoved);
}

TEST(PcscError, TellsAReaderThatIsNotThereFromOneThatWasUnplugged) {
  EXPECT_EQ(Code(SCARD_E_UNKNOWN_READER, During::kConnect), ErrorCode::kNoReader);
  EXPECT_EQ(Code(SCARD_E_NO_READERS_AVAILABLE, During::kService), ErrorCode::kNoReader);
  EXPECT_EQ(Code(SCARD_E_READER_UNAVAILABLE, During::kSession), ErrorCode::kReaderLost);
}

TEST(PcscError, NamesAnotherProgramAsTheCause) {
  EXPECT_EQ(Code(SCARD_E_SHARING_VIOLATION, During::kConnect), ErrorCode::kReaderHeldByOtherProgram);
}

TEST(PcscError, TakesAResetForAnotherCard) {
  EXPECT_EQ(Code(SCARD_W_RESET_CARD, During::kSession), ErrorCode::kCardChanged);
}

TEST(PcscError, NamesTheCodeInTheDetail) {
  EXPECT_EQ(FromPcsc(SCARD_W_REMOVED_CARD, During::kSession).detail, "PC/SC 0x80100069");
}

}  // namespace
}  // namespace madoguchi::reader
