// SPDX-License-Identifier: Apache-2.0
#include "server/audit/row_line.h"

#include "contract/bytes.h"
#include "contract/crypto/digest.h"

namespace madoguchi::audit {
namespace {

constexpr char kHead[] = "{\"v\":1";
constexpr std::size_t kMembersOfTooLong = 3;

void AppendText(std::string_view text, std::string& line) {
  constexpr char kHexDigits[] = "0123456789abcdef";
  line += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      line += "\\u00";
      line += kHexDigits[byte >> 4];
      line += kHexDigits[byte & 0x0f];
    } else {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
  }
  line += '"';
}

void AppendMember(std::size_t column, std::string_view value, std::string& line) {
  line += ",\"";
  line += kRowColumns[column].name;
  line += "\":";
  if (kRowColumns[column].number) {
    line += value;
  } else {
    AppendText(value, line);
  }
}

std::string Members(const RowValues& values, std::size_t count) {
  std::string line = kHead;
  for (std::size_t column = 0; column < count; ++column) {
    if (values[column]) AppendMember(column, *values[column], line);
  }
  return line;
}

}  // namespace

std::string RowLine(const RowValues& values) {
  std::string line = Members(values, values.size()) + '}';
  if (line.size() <= kRowLineBytesMax) return line;
  return Members(values, kMembersOfTooLong) + ",\"whole_sha256\":\"" + ToHex(crypto::Sha256(AsBytes(line))) + "\"}";
}

}  // namespace madoguchi::audit
