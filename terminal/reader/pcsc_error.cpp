// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/pcsc_error.h"

#include <winscard.h>

#include <array>
#include <cstdio>

namespace madoguchi::reader {
namespace {

ErrorCode Meaning(long code, During during) {
  switch (code) {
    case SCARD_E_NO_SERVICE:
    case SCARD_E_SERVICE_STOPPED:
    case SCARD_F_COMM_ERROR:
    case SCARD_F_INTERNAL_ERROR:
    // The service was restarted: it does not know our handles any more.
    case SCARD_E_INVALID_HANDLE:
      return ErrorCode::kPcscServiceUnavailable;
    case SCARD_E_NO_READERS_AVAILABLE:
      return ErrorCode::kNoReader;
    case SCARD_E_UNKNOWN_READER:
    case SCARD_E_READER_UNAVAILABLE:
      return during == During::kConnect ? ErrorCode::kNoReader : ErrorCode::kReaderLost;
    case SCARD_E_SHARING_VIOLATION:
      return ErrorCode::kReaderHeldByOtherProgram;
    case SCARD_E_NO_SMARTCARD:
      return during == During::kConnect ? ErrorCode::kCardNotPresent : ErrorCode::kCardRemoved;
    // A card pulled in the middle of a command shows as "not transacted" before it shows as removed.
    case SCARD_W_REMOVED_CARD:
    case SCARD_E_NOT_TRANSACTED:
      return during == During::kConnect ? ErrorCode::kCardNotPresent : ErrorCode::kCardRemoved;
    // Somebody reset or swapped the card: what was selected and verified is gone.
    case SCARD_W_RESET_CARD:
      return ErrorCode::kCardChanged;
    case SCARD_E_TIMEOUT:
      return ErrorCode::kCardTimeout;
    case SCARD_W_UNRESPONSIVE_CARD:
    case SCARD_W_UNPOWERED_CARD:
    case SCARD_W_UNSUPPORTED_CARD:
    case SCARD_E_PROTO_MISMATCH:
    case SCARD_E_COMM_DATA_LOST:
    case SCARD_E_INSUFFICIENT_BUFFER:
      return ErrorCode::kCardAnswerInvalid;
    default:
      return during == During::kService ? ErrorCode::kPcscServiceUnavailable : ErrorCode::kReaderLost;
  }
}

}  // namespace

Error FromPcsc(long code, During during) {
  std::array<char, 32> detail{};
  std::snprintf(detail.data(), detail.size(), "PC/SC 0x%08lX", static_cast<unsigned long>(code) & 0xFFFFFFFFUL);
  return {Meaning(code, during), detail.data(), {}};
}

}  // namespace madoguchi::reader
