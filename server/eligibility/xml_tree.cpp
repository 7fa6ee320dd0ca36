// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_tree.h"

#include "server/eligibility/answer.h"

namespace madoguchi::eligibility {
namespace {

class DepthCheck : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node&) override { return depth() < kXmlDepthMax; }
};

}  // namespace

Result<pugi::xml_node> ParseXmlMsg(const XmlText& text, pugi::xml_document& document) {
  // No comments and no processing instructions; an insurer number may be all spaces, so text of only white space stays.
  // As a fragment, so that text beside the root is seen.
  const unsigned options =
      pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata_single | pugi::parse_fragment;
  const pugi::xml_parse_result parsed =
      document.load_buffer(text.utf8.data(), text.utf8.size(), options, pugi::encoding_utf8);
  if (!parsed) return MalformedXml(std::string(parsed.description()) + " at byte " + std::to_string(parsed.offset));
  DepthCheck depth;
  if (!document.traverse(depth)) return MalformedXml("deeper than " + std::to_string(kXmlDepthMax) + " levels");
  const pugi::xml_node root = document.first_child();
  if (std::string_view(root.name()) != "XmlMsg" || root.next_sibling()) {
    return MalformedXml("the root is not one XmlMsg");
  }
  return root;
}

Result<pugi::xml_node> OnlyChild(const pugi::xml_node& parent, const std::string& path, const char* name) {
  const pugi::xml_node child = parent.child(name);
  if (child && child.next_sibling(name)) return MalformedXml(path + "/" + name + " twice");
  return child;
}

Result<std::string> ReadXmlField(const pugi::xml_node& node, const std::string& path) {
  std::string text;
  for (const pugi::xml_node part : node.children()) {
    if (part.type() != pugi::node_pcdata && part.type() != pugi::node_cdata) {
      return MalformedXml(path + " holds more than text");
    }
    text += part.value();
    if (text.size() > kTextBytesMax) {
      return MalformedXml(path + " is longer than " + std::to_string(kTextBytesMax) + " bytes");
    }
  }
  return text;
}

}  // namespace madoguchi::eligibility
