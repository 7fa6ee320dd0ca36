// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_text.h"

#include <iconv.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace madoguchi::eligibility {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error Encoding(std::string detail) {
  return {ErrorCode::kNationalAnswerEncoding, std::move(detail), {}};
}
Error Malformed(std::string detail) {
  return {ErrorCode::kNationalAnswerMalformed, std::move(detail), {}};
}
Error Forbidden(std::string detail) {
  return {ErrorCode::kNationalAnswerForbiddenXml, std::move(detail), {}};
}

// XML 1.0 §2.2 Char.
bool IsXmlCharacter(std::uint32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c <= 0xD7FF || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

// One UTF-8 sequence, strictly (RFC 3629 §3: no overlong forms, no surrogates). 0 bytes = not one.
struct Sequence {
  std::size_t bytes = 0;
  std::uint32_t character = 0;
};

Sequence ReadSequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t character = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    character = (character << 6) | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (character < kSmallest[bytes] || character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF)) return {};
  return {bytes, character};
}

struct Survey {
  bool is_utf8 = true;
  bool has_long_sequence = false;  // three bytes or more: kana and kanji in UTF-8
  bool has_forbidden_character = false;
};

Survey Look(std::string_view text) {
  Survey survey;
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = ReadSequence(text.substr(at));
    if (sequence.bytes == 0) {
      survey.is_utf8 = false;
      return survey;
    }
    survey.has_long_sequence |= sequence.bytes >= 3;
    survey.has_forbidden_character |= !IsXmlCharacter(sequence.character);
    at += sequence.bytes;
  }
  return survey;
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The declaration is ASCII in both encodings. Without one, or without an encoding in it, XML says UTF-8.
Result<XmlEncoding> DeclaredEncoding(std::string_view text) {
  if (!text.starts_with("<?xml")) return XmlEncoding::kUtf8;
  const std::size_t end = text.substr(0, kXmlDeclarationBytesMax).find("?>");
  if (end == std::string_view::npos) return Malformed("the XML declaration does not end");
  const std::string_view declaration = text.substr(0, end);
  constexpr std::string_view kWord = "encoding";
  std::size_t at = declaration.find(kWord);
  if (at == std::string_view::npos) return XmlEncoding::kUtf8;
  at = declaration.find_first_not_of(" \t\r\n=", at + kWord.size());
  if (at == std::string_view::npos || (declaration[at] != '"' && declaration[at] != '\'')) {
    return Malformed("the XML declaration names no encoding");
  }
  const std::size_t close = declaration.find(declaration[at], at + 1);
  if (close == std::string_view::npos) return Malformed("the XML declaration names no encoding");
  const std::string_view name = declaration.substr(at + 1, close - at - 1);
  if (EqualIgnoringCase(name, "UTF-8")) return XmlEncoding::kUtf8;
  if (EqualIgnoringCase(name, "Shift_JIS")) return XmlEncoding::kShiftJis;
  return Encoding("declared encoding is neither UTF-8 nor Shift_JIS");
}

// CP932 and not the standard's Shift_JIS: Windows writes ①, 髙 and 﨑, and 0x5C is a backslash.
Result<std::string> FromCp932(std::string_view received) {
  const iconv_t converter = iconv_open("UTF-8", "CP932");
  if (converter == reinterpret_cast<iconv_t>(-1))
    return Error{ErrorCode::kInternalError, "no CP932 in this system's iconv", {}};
  std::string utf8(received.size() * 3, '\0');  // a half-width kana: 1 byte becomes 3
  std::string bytes(received);                  // iconv takes a pointer to mutable bytes, but does not write to them
  char* in = bytes.data();
  char* out = utf8.data();
  std::size_t in_left = bytes.size();
  std::size_t out_left = utf8.size();
  const std::size_t converted = iconv(converter, &in, &in_left, &out, &out_left);
  iconv_close(converter);
  if (converted == static_cast<std::size_t>(-1)) {
    return Encoding("declared Shift_JIS, but byte " + std::to_string(bytes.size() - in_left) + " is not CP932");
  }
  utf8.resize(utf8.size() - out_left);
  return utf8;
}

// text begins behind "&". The reference's length up to and with ";", if it is one that needs no declaration (XML 1.0
// §4.1, §4.6).
std::optional<std::size_t> HarmlessReference(std::string_view text) {
  for (const std::string_view name : {"amp;", "lt;", "gt;", "quot;", "apos;"}) {
    if (text.starts_with(name)) return name.size();
  }
  if (!text.starts_with('#')) return std::nullopt;
  const bool hexadecimal = text.starts_with("#x");
  const char* const first = text.data() + (hexadecimal ? 2 : 1);
  const char* const last = text.data() + text.size();
  std::uint32_t character = 0;
  const auto [end, status] = std::from_chars(first, last, character, hexadecimal ? 16 : 10);
  if (status != std::errc{} || end == last || *end != ';' || !IsXmlCharacter(character)) return std::nullopt;
  return static_cast<std::size_t>(end - text.data()) + 1;
}

// One pass over everything that begins with "<" or "&", before any parser sees it.
Result<void> RefuseActiveMarkup(std::string_view text) {
  std::size_t tags = 0;
  std::size_t at = text.starts_with("<?xml") ? text.find("?>") : 0;
  while ((at = text.find_first_of("<&", at)) != std::string_view::npos) {
    const std::string_view rest = text.substr(at);
    std::size_t skipped = 1;
    if (rest[0] == '&') {
      const auto reference = HarmlessReference(rest.substr(1));
      if (!reference) return Forbidden("a reference to an entity or to a character XML does not allow");
      skipped += *reference;
    } else if (rest.starts_with("<!--") || rest.starts_with("<![CDATA[")) {
      const std::string_view end = rest[2] == '-' ? "-->" : "]]>";
      skipped = rest.find(end, 4);
      if (skipped == std::string_view::npos) return Malformed("a comment or CDATA section does not end");
    } else if (rest.starts_with("<!") || rest.starts_with("<?")) {
      return Forbidden("a document type, entity declaration or processing instruction");
    } else if (++tags > kXmlTagsMax) {
      return Malformed("more than " + std::to_string(kXmlTagsMax) + " tags");
    }
    at += skipped;
  }
  return {};
}

}  // namespace

Result<XmlText> ReadXmlText(std::string_view received) {
  if (received.size() > kXmlBytesMax) {
    return Error{ErrorCode::kNationalAnswerTooLarge, std::to_string(received.size()) + " bytes", {}};
  }
  const bool marked = received.starts_with(kByteOrderMark);
  if (marked) received.remove_prefix(kByteOrderMark.size());
  TRY_ASSIGN(const XmlEncoding declared, DeclaredEncoding(received));
  const Survey survey = Look(received);
  XmlText text{.utf8 = {}, .declared = declared};
  if (declared == XmlEncoding::kUtf8) {
    if (!survey.is_utf8) return Encoding("declared UTF-8, but it is not");
    text.utf8 = received;
  } else {
    // CP932 text that is also whole UTF-8 with three-byte sequences does not happen: a kanji's first byte cannot begin
    // one.
    if (marked || (survey.is_utf8 && survey.has_long_sequence)) return Encoding("declared Shift_JIS, but it is UTF-8");
    TRY_ASSIGN(text.utf8, FromCp932(received));
  }
  if (Look(text.utf8).has_forbidden_character) return Malformed("a control character");
  TRY_VOID(RefuseActiveMarkup(text.utf8));
  return text;
}

}  // namespace madoguchi::eligibility
