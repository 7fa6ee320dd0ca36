// SPDX-License-Identifier: Apache-2.0
// What all readers of published XML messages share: from safe text to a tree, and from elements to fields, by name. For
// this folder only (pugixml). Thread: any, no state. Errors: NATIONAL_ANSWER_MALFORMED; details name element paths,
// never what stands in them.
#pragma once
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "server/eligibility/xml_text.h"

namespace madoguchi::eligibility {

inline constexpr int kXmlDepthMax = 16;  // the published tree has 7 levels

inline Error MalformedXml(std::string detail) {
  return {ErrorCode::kNationalAnswerMalformed, std::move(detail), {}};
}

// Fills `document`; its root is one XmlMsg, which is given back.
Result<pugi::xml_node> ParseXmlMsg(const XmlText& text, pugi::xml_document& document);

// No node when there is none; an error when there are several.
Result<pugi::xml_node> OnlyChild(const pugi::xml_node& parent, const std::string& path, const char* name);

// The text of an element that holds nothing else.
Result<std::string> ReadXmlField(const pugi::xml_node& node, const std::string& path);

// True: `node` was one of these fields (field_tables.h) and is now in `owner`.
template <class Fields, class Owner>
Result<bool> TakeField(const pugi::xml_node& node, const std::string& path, const Fields& fields, Owner& owner) {
  const std::string_view name = node.name();
  for (const auto& field : fields) {
    if (field.element != name) continue;
    const std::string field_path = path + "/" + std::string(name);
    auto& member = owner.*field.member;
    if (member) return MalformedXml(field_path + " twice");
    TRY_ASSIGN(member, ReadXmlField(node, field_path));
    return true;
  }
  return false;
}

}  // namespace madoguchi::eligibility
