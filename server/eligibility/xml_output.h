// SPDX-License-Identifier: Apache-2.0
// XML as the published messages are written: declaration 1.0 with standalone="no", elements without attributes, one a
// line, two spaces a level, CRLF (what the Windows programs that read these files write themselves; XML reads it as
// LF). Text is written so that it reads back the same: white space other than spaces as character references. For this
// folder. Thread: a value.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"
#include "server/eligibility/xml_text.h"

namespace madoguchi::eligibility {

class XmlOutput {
 public:
  explicit XmlOutput(XmlEncoding encoding);

  void Open(std::string_view element);
  void Close();
  // text: UTF-8. HANDOFF_CHARACTER_NOT_WRITABLE at the end when it cannot be written exactly.
  void Leaf(std::string_view element, std::string_view text);
  void Leaf(std::string_view element, const std::optional<std::string>& text) {
    if (text) Leaf(element, std::string_view(*text));
  }
  // Every member that is there, from the field behind `after` (empty: the first) to `last` (empty: the last), in the
  // order of the table.
  template <class Fields, class Owner>
  void Leaves(const Fields& fields, const Owner& owner, std::string_view after = {}, std::string_view last = {}) {
    bool within = after.empty();
    for (const auto& field : fields) {
      if (within) Leaf(field.element, owner.*field.member);
      if (field.element == last) return;
      within |= field.element == after;
    }
  }

  // Precondition: as many Close as Open.
  Result<std::string> Take() &&;

 private:
  void Line(std::string_view text);

  const XmlEncoding encoding_;
  std::string text_;
  std::vector<std::string> open_;
  std::optional<std::string> not_writable_;  // path of the first such element
};

}  // namespace madoguchi::eligibility
