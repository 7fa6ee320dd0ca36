// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/reader_facts.h"

#include <winscard.h>
// reader.h stands after winscard.h, whose types it needs.
#include <reader.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace madoguchi::reader {
namespace {

constexpr std::uint8_t kMaxApduDataSize = 0x0A;  // PC/SC part 10: dwMaxAPDUDataSize, 4 bytes, least significant first
constexpr std::size_t kShortApduData = 256;
constexpr std::size_t kControlAnswerBytesMax = 256;
constexpr std::size_t kFeatureBytes = 6;  // tag, length 4, control code (most significant first)

std::optional<DWORD> TlvPropertiesControl(ByteView features) {
  for (; features.size() >= kFeatureBytes; features = features.subspan(kFeatureBytes)) {
    if (features[0] != FEATURE_GET_TLV_PROPERTIES || features[1] != 4) continue;
    return DWORD{features[2]} << 24 | DWORD{features[3]} << 16 | DWORD{features[4]} << 8 | DWORD{features[5]};
  }
  return std::nullopt;
}

Bytes Control(long card_handle, DWORD control_code) {
  Bytes answer(kControlAnswerBytesMax);
  DWORD length = 0;
  if (SCardControl(card_handle, control_code, nullptr, 0, answer.data(), answer.size(), &length) != SCARD_S_SUCCESS)
    return {};
  answer.resize(std::min<std::size_t>(length, answer.size()));
  return answer;
}

}  // namespace

std::optional<bool> ExtendedInProperties(ByteView properties) {
  while (properties.size() >= 2) {
    const std::uint8_t tag = properties[0];
    const std::size_t length = properties[1];
    if (properties.size() < 2 + length) return std::nullopt;
    const ByteView value = properties.subspan(2, length);
    if (tag == kMaxApduDataSize && length == 4) {
      const std::size_t bytes = std::size_t{value[0]} | std::size_t{value[1]} << 8 | std::size_t{value[2]} << 16 |
                                std::size_t{value[3]} << 24;
      return bytes > kShortApduData;  // 0 = short APDUs only
    }
    properties = properties.subspan(2 + length);
  }
  return std::nullopt;
}

std::optional<bool> ExtendedBySelfDescription(long card_handle) {
  const std::optional<DWORD> control = TlvPropertiesControl(Control(card_handle, CM_IOCTL_GET_FEATURE_REQUEST));
  if (!control) return std::nullopt;
  return ExtendedInProperties(Control(card_handle, *control));
}

std::optional<bool> ExtendedByReader(const std::string& reader) {
  SCARDCONTEXT context = 0;
  if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) != SCARD_S_SUCCESS) return std::nullopt;
  std::optional<bool> extended;
  SCARDHANDLE handle = 0;
  DWORD protocol = 0;
  if (SCardConnect(context, reader.c_str(), SCARD_SHARE_DIRECT, 0, &handle, &protocol) == SCARD_S_SUCCESS) {
    extended = ExtendedBySelfDescription(handle);
    SCardDisconnect(handle, SCARD_LEAVE_CARD);
  }
  SCardReleaseContext(context);
  return extended;
}

bool IsSecurityModuleSlot(std::string_view reader) {
  const auto is_letter = [&reader](std::size_t at) {
    return at < reader.size() && std::isalnum(static_cast<unsigned char>(reader[at])) != 0;
  };
  for (std::size_t at = reader.find("SAM"); at != std::string_view::npos; at = reader.find("SAM", at + 1)) {
    const bool starts_word = at == 0 || !is_letter(at - 1);
    if (starts_word && !is_letter(at + 3)) return true;
  }
  return false;
}

}  // namespace madoguchi::reader
