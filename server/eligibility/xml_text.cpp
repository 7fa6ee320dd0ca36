// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "contract/full_width.h"
#include "server/eligibility/encodings.h"

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

struct Survey {
  bool is_utf8 = true;
  bool has_long_sequence = false;  // three bytes or more: kana and kanji in UTF-8
  bool has_forbidden_character = false;
};

Survey Look(std::string_view text) {
  Survey survey;
  for (std::size_t at = 0; at < text.size();) {
    const Scalar scalar = ScalarAt(text, at);
    if (scalar.bytes == 0) {
      survey.is_utf8 = false;
      return survey;
    }
    survey.has_long_sequence |= scalar.bytes >= 3;
    survey.has_forbidden_character |= !IsXmlCharacter(scalar.value);
    at += scalar.bytes;
  }
  return survey;
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Not <?xml-stylesheet … ?>, which is a processing instruction.
bool HasDeclaration(std::string_view text) {
  constexpr std::string_view kBegin = "<?xml";
  return text.starts_with(kBegin) && text.find_first_of(" \t\r\n", kBegin.size()) == kBegin.size();
}

// The declaration is ASCII in both encodings. Without one, or without an encoding in it, XML says UTF-8.
Result<XmlEncoding> DeclaredEncoding(std::string_view text) {
  if (!HasDeclaration(text)) return XmlEncoding::kUtf8;
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
  std::size_t at = HasDeclaration(text) ? text.find("?>") : 0;
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

bool IsXmlCharacter(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  if (c >= 0x7F && c <= 0x9F) return false;
  return c <= 0xD7FF || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

Result<XmlText> ReadXmlText(std::string_view received) {
  if (received.size() > kXmlBytesMax) {
    return Error{ErrorCode::kNationalAnswerTooLarge, std::to_string(received.size()) + " bytes", {}};
  }
  const bool marked = received.starts_with(kByteOrderMark);
  if (marked) received.remove_prefix(kByteOrderMark.size());
  if (received.starts_with(kByteOrderMark)) return Malformed("two byte order marks");  // the parser would skip it
  TRY_ASSIGN(const XmlEncoding declared, DeclaredEncoding(received));
  const Survey survey = Look(received);
  XmlText text{.utf8 = {}, .declared = declared};
  if (declared == XmlEncoding::kUtf8) {
    if (!survey.is_utf8) return Encoding("declared UTF-8, but it is not");
    text.utf8 = received;
  } else {
    // CP932 text that is also whole UTF-8 with three-byte sequences does not happen: every kanji of it would have to be
    // one of the rare whose first byte is E0 to EA, and half-width kana to stand behind each.
    if (marked || (survey.is_utf8 && survey.has_long_sequence)) return Encoding("declared Shift_JIS, but it is UTF-8");
    TRY_ASSIGN(text.utf8, FromCp932(received));
  }
  if (Look(text.utf8).has_forbidden_character) return Malformed("a control character");
  TRY_VOID(RefuseActiveMarkup(text.utf8));
  return text;
}

}  // namespace madoguchi::eligibility
