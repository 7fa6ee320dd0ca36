// SPDX-License-Identifier: Apache-2.0
// Build-time tool: reads the catalogue compiled from errors.proto and writes the plain C++ header, its table and
// docs/failure-codes.md. Refuses a line with a missing text, a number outside its block, or a text that is too long.
#include <google/protobuf/descriptor.h>

#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "contract/generated_text.h"
#include "madoguchi/v1/errors.pb.h"

namespace {

using google::protobuf::EnumValueDescriptor;
using madoguchi::generated::ConstantName;
using madoguchi::generated::Quoted;
using madoguchi::v1::CatalogueLine;

const std::map<int, std::string>& Modules() {
  static const std::map<int, std::string> modules = {
      {11, "desk"},    {12, "card"},   {13, "eligibility"}, {14, "check"}, {15, "account"},
      {16, "audit"},   {17, "store"},  {18, "identity"},    {19, "bug"},   {20, "handoff"},
      {21, "console"}, {22, "config"}, {23, "link"}};
  return modules;
}

struct Texts {
  std::string ja, en;
};

Texts ContactTexts(madoguchi::v1::Contact contact) {
  switch (contact) {
    case madoguchi::v1::NOBODY:
      return {"連絡は不要です", "nobody"};
    case madoguchi::v1::ADMINISTRATOR:
      return {"院内の管理者", "your administrator"};
    case madoguchi::v1::MUNICIPALITY:
      return {"患者さんの住民票がある市区町村の窓口", "the municipality where the patient is registered"};
    case madoguchi::v1::NATIONAL_HELP_DESK:
      return {"オンライン資格確認のコールセンター", "the help desk of the national service"};
    case madoguchi::v1::INSURER:
      return {"患者さんが加入する保険者", "the patient's insurer"};
    case madoguchi::v1::VENDOR:
      return {"Madoguchi の保守窓口", "the vendor who maintains Madoguchi"};
    default:
      return {};
  }
}

std::string KindConstant(madoguchi::v1::ErrorKind kind) {
  switch (kind) {
    case madoguchi::v1::REFUSED:
      return "kRefused";
    case madoguchi::v1::RETRYABLE:
      return "kRetryable";
    case madoguchi::v1::OUTCOME_UNKNOWN:
      return "kOutcomeUnknown";
    case madoguchi::v1::BUG:
      return "kBug";
    default:
      return {};
  }
}

std::string Problem(const EnumValueDescriptor& value, const CatalogueLine& line) {
  if (!Modules().contains(value.number() / 100)) return "number outside every block";
  if (KindConstant(line.kind()).empty()) return "no kind";
  if (ContactTexts(line.call()).ja.empty()) return "nobody to call";
  for (const std::string* text :
       {&line.what_ja(), &line.what_en(), &line.desk_ja(), &line.desk_en(), &line.admin_ja(), &line.admin_en()}) {
    if (text->empty()) return "a text is missing";
    if (text->size() > 600) return "a text is longer than 600 bytes";
    if (text->find('|') != std::string::npos || text->find('\n') != std::string::npos)
      return "a text holds | or a line break";
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: catalogue_generator HEADER TABLE DOCUMENT\n";
    return 2;
  }
  std::ofstream header(argv[1]);
  std::ofstream table(argv[2]);
  std::ofstream document(argv[3]);
  header << "// Generated from proto/madoguchi/v1/errors.proto.\n#pragma once\nnamespace madoguchi {\nenum class "
            "ErrorCode : int {\n";
  table << "// Generated from proto/madoguchi/v1/errors.proto.\n#include \"contract/error.h\"\n\n#include "
           "<algorithm>\n#include <array>\n\n"
           "namespace madoguchi {\nnamespace {\nconstexpr std::array kCatalogue = {\n";
  document << "# Failure codes\n\nGenerated from `proto/madoguchi/v1/errors.proto` by `./tests/run`; do not edit by "
              "hand. The first two digits name the module.\n"
              "Kinds: refused = a normal no · retryable = nothing happened, try again · outcome unknown = recorded and "
              "reconciled · bug = ours.\n";
  int previous_block = 0;
  bool failed = false;
  const auto* codes = madoguchi::v1::ErrorCode_descriptor();
  for (int i = 0; i < codes->value_count(); ++i) {
    const EnumValueDescriptor& value = *codes->value(i);
    if (value.number() == 0) continue;
    const CatalogueLine& line = value.options().GetExtension(madoguchi::v1::line);
    if (const std::string problem = Problem(value, line); !problem.empty()) {
      std::cerr << "errors.proto: " << value.number() << ' ' << value.name() << ": " << problem << '\n';
      failed = true;
      continue;
    }
    const std::string module = Modules().at(value.number() / 100);
    const Texts call = ContactTexts(line.call());
    header << "  " << ConstantName(value.name()) << " = " << value.number() << ",\n";
    table << "    CatalogueEntry{ErrorCode::" << ConstantName(value.name()) << ", " << Quoted(value.name()) << ", "
          << Quoted(module) << ", ErrorKind::" << KindConstant(line.kind());
    for (const std::string& text : {line.what_ja(), line.what_en(), line.desk_ja(), line.desk_en(), line.admin_ja(),
                                    line.admin_en(), call.ja, call.en}) {
      table << ",\n        " << Quoted(text);
    }
    table << "},\n";
    if (value.number() / 100 != previous_block) {
      previous_block = value.number() / 100;
      document
          << "\n## " << previous_block << "xx " << module
          << "\n\n| code | kind | what happened | at the desk | administrator | call |\n|---|---|---|---|---|---|\n";
    }
    document << "| **" << value.number() << "** `" << value.name() << "` | "
             << madoguchi::v1::ErrorKind_Name(line.kind()) << " | " << line.what_ja() << "<br>" << line.what_en()
             << " | " << line.desk_ja() << "<br>" << line.desk_en() << " | " << line.admin_ja() << "<br>"
             << line.admin_en() << " | " << call.ja << "<br>" << call.en << " |\n";
  }
  header << "};\n}  // namespace madoguchi\n";
  table << "};\n}  // namespace\n\n"
           "std::optional<ErrorCode> FindErrorCode(int number) {\n"
           "  const auto* found = std::find_if(kCatalogue.begin(), kCatalogue.end(),\n"
           "                                   [number](const CatalogueEntry& entry) { return "
           "static_cast<int>(entry.code) == number; });\n"
           "  if (found == kCatalogue.end()) return std::nullopt;\n  return found->code;\n}\n\n"
           "const CatalogueEntry& Describe(ErrorCode code) {\n"
           "  const auto with_code = [](ErrorCode wanted) {\n"
           "    return std::find_if(kCatalogue.begin(), kCatalogue.end(), [wanted](const CatalogueEntry& entry) { "
           "return entry.code == wanted; });\n  };\n"
           "  const auto* found = with_code(code);\n"
           "  return found != kCatalogue.end() ? *found : *with_code(ErrorCode::kInternalError);\n}\n"
           "}  // namespace madoguchi\n";
  if (failed || !header || !table || !document) return 1;
  return 0;
}
