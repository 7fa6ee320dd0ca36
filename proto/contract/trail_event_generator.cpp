// SPDX-License-Identifier: Apache-2.0
// Build-time tool: reads the registry compiled from trail_events.proto and writes the constants, the table and
// docs/trail-events.md. Refuses a line with a missing text, a number outside its block, a word of another module, a
// word or constant that comes twice, or codes of DICOM that are none.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "contract/generated_text.h"
#include "madoguchi/v1/trail_events.pb.h"

namespace {

using google::protobuf::EnumValueDescriptor;
using madoguchi::generated::ConstantName;
using madoguchi::generated::Quoted;
using madoguchi::v1::TrailEventLine;

constexpr std::string_view kPrefix = "EVENT_";
constexpr std::size_t kWordBytesMax = 40;
constexpr std::size_t kTextBytesMax = 120;

const std::map<int, std::string>& Modules() {
  static const std::map<int, std::string> modules = {
      {11, "desk"},     {13, "eligibility"}, {14, "check"},   {15, "account"}, {16, "audit"},
      {18, "identity"}, {20, "handoff"},     {21, "console"}, {22, "config"},  {24, "app"}};
  return modules;
}

bool IsCode(const std::string& text) {
  return text.size() == 6 && text.starts_with("1101") &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string SeverityConstant(TrailEventLine::Severity severity) {
  return severity == TrailEventLine::SEVERITY_UNSPECIFIED ? "" : ConstantName(TrailEventLine::Severity_Name(severity));
}

std::string ProfileConstant(TrailEventLine::Profile profile) {
  return profile == TrailEventLine::PROFILE_UNSPECIFIED ? "" : ConstantName(TrailEventLine::Profile_Name(profile));
}

// "CREATE" → C
char ActLetter(TrailEventLine::Act act) {
  return TrailEventLine::Act_Name(act).front();
}

// EventActionCode of a DICOM audit message: PS3.15 A.5.3 has one for each EventID, but for records of a patient, where
// it is what was done. A log used is read, whatever was done with it.
char DicomActLetter(const TrailEventLine& line) {
  if (line.dicom_id() == "110110") return ActLetter(line.act());
  if (line.dicom_id() == "110101" || line.dicom_id() == "110106") return 'R';
  return line.dicom_id() == "110107" ? 'C' : 'E';
}

std::string Columns(const TrailEventLine& line, const std::string& between) {
  std::string columns;
  for (const int column : line.fills()) {
    std::string name = TrailEventLine::Column_Name(static_cast<TrailEventLine::Column>(column));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    columns += (columns.empty() ? "" : between) + name;
  }
  return columns;
}

std::string Problem(const EnumValueDescriptor& value, const TrailEventLine& line, std::set<std::string>& words) {
  const auto module = Modules().find(value.number() / 100);
  if (module == Modules().end()) return "number outside every block";
  if (!value.name().starts_with(kPrefix)) return "the name does not begin with EVENT_";
  if (!line.word().starts_with(module->second + ".")) return "the word is not of the number's module";
  if (line.word().size() > kWordBytesMax) return "the word is too long";
  if (line.word().find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") != std::string::npos) return "letters of the word";
  if (!words.insert(line.word()).second) return "the word is there already";
  for (const std::string* text : {&line.ja(), &line.en()}) {
    if (text->empty() || text->size() > kTextBytesMax) return "a text is missing or too long";
    if (text->find('|') != std::string::npos || text->find('\n') != std::string::npos)
      return "a text holds | or a line break";
  }
  if (SeverityConstant(line.severity()).empty()) return "no severity";
  if (ProfileConstant(line.profile()).empty()) return "no profile";
  if (line.act() == TrailEventLine::ACT_UNSPECIFIED) return "no act";
  if (line.dicom_id() == "110110" && line.act() == TrailEventLine::EXECUTE) return "no act on a patient's record";
  if (!IsCode(line.dicom_id()) || (!line.dicom_type().empty() && !IsCode(line.dicom_type()))) return "codes of DICOM";
  return {};
}

constexpr char kDocumentHead[] = R"(# Events of the trail

Generated from `proto/madoguchi/v1/trail_events.proto` by `./tests/run`; do not edit by hand. *Word* is what stands in `audit_event.action`,
in exports and in searches. Numbers and words never change and are never used again.

Every row has `sequence`, `recorded_at`, `record_id`, `action`, `owner` (the server process), `code` (0, or a line of
[failure-codes.md](failure-codes.md)) and `clock_state`; and, where they are known, `actor`, `role`, `authentication`, `operator_code`,
`source_address`, `trace_id` and `detail`. *Besides* names the columns this event fills when they are known.
Severity is RFC 5424's. DICOM: EventID and, after the slash, EventTypeCode, with the EventActionCode that PS3.15 A.5.3 gives that EventID.
BALP: the profile of an exported FHIR AuditEvent, and its action (C create, R read, U update, D delete, E execute).
)";

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: trail_event_generator HEADER TABLE DOCUMENT\n";
    return 2;
  }
  std::ofstream header(argv[1]);
  std::ofstream table(argv[2]);
  std::ofstream document(argv[3]);
  header
      << "// Generated from proto/madoguchi/v1/trail_events.proto.\n#pragma once\n\nnamespace madoguchi::audit::action "
         "{\n";
  table << "// Generated from proto/madoguchi/v1/trail_events.proto.\n#include <algorithm>\n#include <array>\n\n"
           "#include \"contract/trail_events.h\"\n\nnamespace madoguchi::audit {\nnamespace {\n"
           "constexpr std::array kRegistry = {\n";
  document << kDocumentHead;
  int previous_block = 0;
  bool failed = false;
  std::set<std::string> words;
  const auto* events = madoguchi::v1::TrailEvent_descriptor();
  for (int i = 0; i < events->value_count(); ++i) {
    const EnumValueDescriptor& value = *events->value(i);
    if (value.number() == 0) continue;
    const TrailEventLine& line = value.options().GetExtension(madoguchi::v1::event);
    if (const std::string problem = Problem(value, line, words); !problem.empty()) {
      std::cerr << "trail_events.proto: " << value.number() << ' ' << value.name() << ": " << problem << '\n';
      failed = true;
      continue;
    }
    header << "inline constexpr char " << ConstantName(value.name().substr(kPrefix.size()))
           << "[] = " << Quoted(line.word()) << ";\n";
    table << "    TrailEvent{" << value.number() << ", " << Quoted(line.word()) << ", " << Quoted(line.ja())
          << ",\n        " << Quoted(line.en()) << ", Severity::" << SeverityConstant(line.severity()) << ", "
          << Quoted(line.dicom_id()) << ", " << Quoted(line.dicom_type()) << ", '" << ActLetter(line.act())
          << "', Profile::" << ProfileConstant(line.profile()) << ",\n        " << Quoted(Columns(line, ",")) << ", "
          << Quoted(line.reserved_for()) << "},\n";
    if (value.number() / 100 != previous_block) {
      previous_block = value.number() / 100;
      document << "\n## " << previous_block << "xx " << Modules().at(previous_block)
               << "\n\n| number | word | what happened | severity | DICOM | BALP | besides "
                  "|\n|---|---|---|---|---|---|---|\n";
    }
    document << "| " << value.number() << " | `" << line.word() << "` | " << line.ja() << "<br>" << line.en()
             << (line.reserved_for().empty() ? "" : "<br>reserved for issue " + line.reserved_for()) << " | "
             << TrailEventLine::Severity_Name(line.severity()) << " | " << line.dicom_id()
             << (line.dicom_type().empty() ? "" : "/" + line.dicom_type()) << ' ' << DicomActLetter(line) << " | "
             << TrailEventLine::Profile_Name(line.profile()) << ' ' << ActLetter(line.act()) << " | "
             << Columns(line, ", ") << " |\n";
  }
  header << "}  // namespace madoguchi::audit::action\n";
  table << "};\n}  // namespace\n\n"
           "const TrailEvent* FindTrailEvent(std::string_view word) {\n"
           "  const auto* found = std::find_if(kRegistry.begin(), kRegistry.end(),\n"
           "                                   [word](const TrailEvent& event) { return event.word == word; });\n"
           "  return found == kRegistry.end() ? nullptr : &*found;\n}\n\n"
           "const TrailEvent* FindTrailEvent(int number) {\n"
           "  const auto* found = std::find_if(kRegistry.begin(), kRegistry.end(),\n"
           "                                   [number](const TrailEvent& event) { return event.number == number; });\n"
           "  return found == kRegistry.end() ? nullptr : &*found;\n}\n"
           "}  // namespace madoguchi::audit\n";
  if (failed || !header || !table || !document) return 1;
  return 0;
}
