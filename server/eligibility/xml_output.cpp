// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_output.h"

#include <utility>

#include "contract/full_width.h"
#include "server/eligibility/encodings.h"

namespace madoguchi::eligibility {
namespace {

// Nothing when it is no UTF-8 or has a character XML does not allow.
std::optional<std::string> Escaped(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const Scalar scalar = ScalarAt(text, at);
    if (scalar.bytes == 0 || !IsXmlCharacter(scalar.value)) return std::nullopt;
    switch (scalar.value) {
      case U'&':
        escaped += "&amp;";
        break;
      case U'<':
        escaped += "&lt;";
        break;
      case U'>':
        escaped += "&gt;";
        break;
      case U'\t':
      case U'\n':
      case U'\r':
        escaped += "&#" + std::to_string(static_cast<unsigned>(scalar.value)) + ";";
        break;
      default:
        escaped += text.substr(at, scalar.bytes);
    }
    at += scalar.bytes;
  }
  return escaped;
}

}  // namespace

XmlOutput::XmlOutput(XmlEncoding encoding) : encoding_(encoding) {
  Line(std::string("<?xml version=\"1.0\" encoding=\"") + (encoding == XmlEncoding::kUtf8 ? "UTF-8" : "Shift_JIS") +
       "\" standalone=\"no\"?>");
}

void XmlOutput::Line(std::string_view text) {
  text_.append(2 * open_.size(), ' ').append(text).append("\r\n");
}

void XmlOutput::Open(std::string_view element) {
  Line("<" + std::string(element) + ">");
  open_.emplace_back(element);
}

void XmlOutput::Close() {
  const std::string element = std::move(open_.back());
  open_.pop_back();
  Line("</" + element + ">");
}

void XmlOutput::Leaf(std::string_view element, std::string_view text) {
  std::optional<std::string> written = Escaped(text);
  if (written && encoding_ == XmlEncoding::kShiftJis) written = ToCp932(*written);
  const std::string name(element);
  if (written) {
    Line("<" + name + ">" + *written + "</" + name + ">");
  } else if (!not_writable_) {
    not_writable_.emplace();
    for (const std::string& parent : open_) *not_writable_ += parent + "/";
    *not_writable_ += name;
  }
}

Result<std::string> XmlOutput::Take() && {
  if (not_writable_) return Error{ErrorCode::kHandoffCharacterNotWritable, std::move(*not_writable_), {}};
  return std::move(text_);
}

}  // namespace madoguchi::eligibility
