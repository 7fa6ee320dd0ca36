// SPDX-License-Identifier: Apache-2.0
#include "contract/enrolment_link.h"

#include <algorithm>
#include <charconv>

#include "contract/full_width.h"

namespace madoguchi {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base32: no I, L, O, U
constexpr std::size_t kCheckCharacters = 2;
constexpr std::size_t kGroup = 4;

Error Invalid(std::string detail) {
  return {ErrorCode::kEnrolmentLinkInvalid, std::move(detail), {}};
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLowerHex(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f');
}
bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char Upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 1123 §2.1: labels of letters, digits and inner hyphens, 1–63 long. An IPv4 address is made of such labels too.
bool IsHostName(std::string_view host) {
  if (host.empty() || host.size() > kServerNameBytesMax) return false;
  std::size_t label = 0;
  char before = '.';
  for (const char c : host) {
    if (c == '.') {
      if (label == 0 || before == '-') return false;
      label = 0;
    } else if (IsDigit(c) || (c >= 'a' && c <= 'z') || (c == '-' && label > 0)) {
      if (++label > 63) return false;
    } else {
      return false;
    }
    before = c;
  }
  return label > 0 && before != '-';
}

bool IsIpv6InBrackets(std::string_view host) {
  if (host.size() < 4 || host.size() > 41 || host.front() != '[' || host.back() != ']') return false;
  const std::string_view inner = host.substr(1, host.size() - 2);
  return inner.find(':') != std::string_view::npos &&
         std::all_of(inner.begin(), inner.end(), [](char c) { return IsLowerHex(c) || c == ':' || c == '.'; });
}

bool IsPort(std::string_view text) {
  unsigned port = 0;
  if (text.empty() || text.size() > 5 || text.front() == '0') return false;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool IsHexOf(std::string_view text, std::size_t bytes) {
  return text.size() == 2 * bytes && std::all_of(text.begin(), text.end(), IsLowerHex);
}

// Takes "<name>=<value>" up to the next '&' off the front of `rest`.
bool Take(std::string_view& rest, std::string_view name, std::string_view& value) {
  if (!rest.starts_with(name) || rest.substr(name.size(), 1) != "=") return false;
  rest.remove_prefix(name.size() + 1);
  const std::size_t end = std::min(rest.find('&'), rest.size());
  value = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return true;
}

// CRC-10 (x¹⁰+x⁹+x⁵+x⁴+x+1): finds every error that stays within ten neighbouring bits, so within two characters.
unsigned Crc10(unsigned crc, unsigned value, int bits) {
  for (int bit = bits - 1; bit >= 0; --bit) {
    const bool feedback = ((crc >> 9) ^ (value >> bit)) & 1u;
    crc = (crc << 1) & 0x3FFu;
    if (feedback) crc ^= 0x233u;
  }
  return crc;
}

std::string CheckCharacters(std::string_view server, std::string_view root) {
  unsigned crc = 0x3FF;
  for (const char c : server) crc = Crc10(crc, static_cast<unsigned char>(c), 8);
  for (const char c : root) crc = Crc10(crc, static_cast<unsigned>(kAlphabet.find(c)), 5);
  return {kAlphabet[crc >> 5], kAlphabet[crc & 31u]};
}

std::string RootCharacters(ByteView root_sha256) {
  std::string characters;
  for (std::size_t i = 0; i < kRootCharacters; ++i) {
    unsigned value = 0;
    for (std::size_t bit = 5 * i; bit < 5 * i + 5; ++bit)
      value = value << 1 | ((static_cast<unsigned>(root_sha256[bit / 8]) >> (7 - bit % 8)) & 1u);
    characters += kAlphabet[value];
  }
  return characters;
}

}  // namespace

Result<std::string> ParseServerName(std::string_view text) {
  std::string server(text.substr(0, kServerNameBytesMax + 10));
  std::transform(server.begin(), server.end(), server.begin(), Lower);
  const std::size_t colon = server.rfind(':');
  if (colon == std::string::npos) return Invalid("server without a port");
  const std::string_view host = std::string_view(server).substr(0, colon);
  if (!IsHostName(host) && !IsIpv6InBrackets(host)) return Invalid("server name");
  if (!IsPort(std::string_view(server).substr(colon + 1))) return Invalid("port");
  return server;
}

Result<EnrolmentLink> ParseEnrolmentLink(std::string_view text) {
  if (text.size() > kEnrolmentLinkBytesMax) return Invalid("too long");
  std::string_view rest = Trim(text);
  if (!rest.starts_with(kEnrolmentLinkScheme)) return Invalid("no madoguchi-enrol link");
  rest.remove_prefix(kEnrolmentLinkScheme.size());
  if (!rest.starts_with('?')) return Invalid("no fields");
  rest.remove_prefix(1);
  std::string_view server, root, token;
  if (!Take(rest, "s", server) || !Take(rest, "r", root) || !Take(rest, "t", token) || !rest.empty())
    return Invalid("fields are s, r and t, in this order");
  TRY_ASSIGN(std::string name, ParseServerName(server));
  if (!IsHexOf(root, kRootDigestBytes)) return Invalid("root is not 64 hex digits");
  if (!IsHexOf(token, kEnrolmentTokenBytes)) return Invalid("token is not 64 hex digits");
  return EnrolmentLink{std::move(name), FromHex(root).value(), std::string(token)};
}

Result<std::string> FormatEnrolmentLink(const EnrolmentLink& link) {
  std::string text =
      std::string(kEnrolmentLinkScheme) + "?s=" + link.server + "&r=" + ToHex(link.root_sha256) + "&t=" + link.token;
  TRY_VOID(ParseEnrolmentLink(text));
  return text;
}

bool ConnectionCode::Names(ByteView root_sha256) const {
  return root_sha256.size() == kRootDigestBytes && root == RootCharacters(root_sha256);
}

Result<std::string> FormatConnectionCode(const std::string& server, ByteView root_sha256) {
  TRY_ASSIGN(const std::string name, ParseServerName(server));
  if (root_sha256.size() != kRootDigestBytes) return Invalid("root is not 32 bytes");
  const std::string root = RootCharacters(root_sha256);
  const std::string characters = root + CheckCharacters(name, root);
  std::string text = name + ' ';
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (i > 0 && i % kGroup == 0) text += '-';
    text += characters[i];
  }
  return text;
}

Result<ConnectionCode> ParseConnectionCode(std::string_view typed) {
  if (typed.size() > kConnectionCodeBytesMax) return Invalid("too long");
  const std::string folded = FoldFullWidth(typed);
  const std::string_view text = Trim(folded);
  // The server ends with the digits of its port; the last colon is the one before them.
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Invalid("connection code without a server");
  std::size_t end = colon + 1;
  while (end < text.size() && IsDigit(text[end])) ++end;
  if (end >= text.size() || !(IsSpace(text[end]) || text[end] == '-')) return Invalid("no space after the server");
  TRY_ASSIGN(std::string server, ParseServerName(text.substr(0, end)));
  std::string characters;
  for (const char c : text.substr(end)) {
    if (IsSpace(c) || c == '-') continue;
    const char upper = Upper(c);
    const char meant = upper == 'O' ? '0' : upper == 'I' || upper == 'L' ? '1' : upper;
    if (kAlphabet.find(meant) == std::string_view::npos) return Invalid("character that is not in the alphabet");
    characters += meant;
  }
  if (characters.size() != kRootCharacters + kCheckCharacters) return Invalid("number of characters");
  std::string root = characters.substr(0, kRootCharacters);
  if (characters.substr(kRootCharacters) != CheckCharacters(server, root)) return Invalid("check characters");
  return ConnectionCode{std::move(server), std::move(root)};
}

}  // namespace madoguchi
