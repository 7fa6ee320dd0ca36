// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/file_reading.h"

#include <algorithm>

namespace madoguchi::relay {
namespace {

constexpr std::uint16_t kOk = 0x9000;
constexpr std::uint16_t kEndOfFile = 0x6282;    // fewer bytes than asked, and that was all
constexpr std::uint16_t kPastEnd = 0x6B00;      // the offset lies behind the file
constexpr std::uint16_t kWrongLength = 0x6700;  // the answer of a card or reader that knows no extended Le
constexpr std::uint8_t kLeWrong = 0x6C;         // 6Cxx: repeat with Le = xx
constexpr std::size_t kDerHeaderBytesMax = 4;

// ISO 7816-4 §5.1: extended Le (00 hi lo) above 256, else short Le, where 256 is written 00.
Bytes ReadBinary(std::size_t offset, std::size_t expected) {
  const auto high = static_cast<std::uint8_t>(offset >> 8 & 0x7F);
  const auto low = static_cast<std::uint8_t>(offset);
  const auto last = static_cast<std::uint8_t>(expected);
  if (expected <= kShortReadBytes) return {0x00, 0xB0, high, low, last};
  return {0x00, 0xB0, high, low, 0x00, static_cast<std::uint8_t>(expected >> 8), last};
}

Result<CardAnswer> ReadAt(CardExchange& exchange, std::size_t offset, std::size_t expected) {
  TRY_ASSIGN(CardAnswer answer, exchange.Send(ReadBinary(offset, expected)));
  if (answer.status_word >> 8 == kLeWrong) {
    const std::size_t right = answer.status_word & 0xFF;
    TRY_ASSIGN(answer, exchange.Send(ReadBinary(offset, right == 0 ? kShortReadBytes : right)));
  }
  return answer;
}

// The first read decides whether extended Le works; a transport failure leaves kImpossible behind for the caller's
// second session.
Result<CardAnswer> FirstRead(CardExchange& exchange, const ReadFileStep& step, ExtendedApdu& extended) {
  const std::size_t short_length = std::min<std::size_t>(step.bytes_max, kShortReadBytes);
  if (step.bytes_max <= kShortReadBytes || extended == ExtendedApdu::kImpossible)
    return ReadAt(exchange, 0, short_length);
  const ExtendedApdu known = extended;
  extended = ExtendedApdu::kImpossible;
  TRY_ASSIGN(CardAnswer answer, ReadAt(exchange, 0, step.bytes_max));
  if (answer.status_word == kWrongLength) return ReadAt(exchange, 0, short_length);
  extended = answer.data.size() > kShortReadBytes ? ExtendedApdu::kWorks : known;
  return answer;
}

Error Invalid(const char* why) {
  return {ErrorCode::kCardAnswerInvalid, why, {}};
}

// How many bytes to read in all, as far as `data` tells already.
Result<std::size_t> Wanted(const ReadFileStep& step, ByteView data) {
  if (!step.der_length) return std::size_t{step.bytes_max};
  const std::optional<std::size_t> whole = DerObjectBytes(data);
  if (!whole) {
    if (data.size() < kDerHeaderBytesMax) return kDerHeaderBytesMax;
    return Invalid("the file does not begin with a DER object");
  }
  if (*whole > step.bytes_max) return Invalid("the DER object is longer than the script allows");
  return *whole;
}

}  // namespace

std::optional<std::size_t> DerObjectBytes(ByteView beginning) {
  if (beginning.size() < 2 || beginning[0] != 0x30) return std::nullopt;
  if (beginning[1] < 0x80) return 2U + beginning[1];
  if (beginning[1] == 0x81 && beginning.size() >= 3) return 3U + beginning[2];
  if (beginning[1] == 0x82 && beginning.size() >= 4)
    return 4U + (static_cast<std::size_t>(beginning[2]) << 8) + beginning[3];
  return std::nullopt;
}

Result<CardAnswer> ReadCurrentFile(CardExchange& exchange, const ReadFileStep& step, ExtendedApdu& extended) {
  TRY_ASSIGN(CardAnswer file, FirstRead(exchange, step, extended));
  for (int reads = 1; reads < kReadsPerFileMax; ++reads) {
    if (file.status_word != kOk && file.status_word != kEndOfFile) return file;
    TRY_ASSIGN(const std::size_t wanted, Wanted(step, file.data));
    if (file.data.size() >= wanted) {
      file.data.resize(wanted);  // filler behind the object
      file.status_word = kOk;
      return file;
    }
    const bool ended = file.status_word == kEndOfFile;
    CardAnswer more;
    if (!ended) {
      TRY_ASSIGN(more, ReadAt(exchange, file.data.size(), std::min(wanted - file.data.size(), kShortReadBytes)));
    }
    if (ended || more.status_word == kPastEnd || (more.status_word == kOk && more.data.empty())) {
      if (step.der_length) return Invalid("the file ends before its DER object does");
      file.status_word = kOk;
      return file;
    }
    file.data.insert(file.data.end(), more.data.begin(), more.data.end());
    file.status_word = more.status_word;
  }
  return Invalid("the file does not end");
}

}  // namespace madoguchi::relay
