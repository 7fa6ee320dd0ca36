// SPDX-License-Identifier: Apache-2.0
// Every shipped person's answer in every form, against the files beside this one. How to record them: README.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <random>
#include <set>
#include <sstream>

#include "madoguchi/v1/result.pb.h"
#include "server/desk/answer_wire.h"
#include "server/eligibility/xml_answer.h"
#include "server/eligibility/xml_text.h"
#include "server/handoff/answer_json.h"
#include "server/handoff/fhir_bundle.h"
#include "server/handoff/oqs_file.h"
#include "terminal/agent/result_text.h"
#include "tests/server/eligibility/xml_writer.h"

namespace madoguchi {
namespace {

namespace fs = std::filesystem;
using eligibility::XmlEncoding;

constexpr std::size_t kPersonsLeast = 40;
constexpr int kDaysLeft = 400;
constexpr char kExecutedAt[] = "20261122090000";
constexpr char kConfirmedOn[] = "20261122";

bool Recording() {
  const char* const wish = std::getenv("MADOGUCHI_RECORD_GOLDENS");
  return wish != nullptr && std::string_view(wish) == "1";
}

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Person id → the bytes of its message.
const std::map<std::string, std::string>& People() {
  static const std::map<std::string, std::string> people = [] {
    std::map<std::string, std::string> read;
    for (const auto& entry : fs::directory_iterator(MADOGUCHI_PEOPLE)) {
      if (entry.path().extension() == ".xml") read[entry.path().stem().string()] = Read(entry.path());
    }
    return read;
  }();
  return people;
}

std::string NameOf(const Error& error) {
  return std::string(Describe(error.code).name) + "\n";
}

Result<eligibility::Answer> AnswerIn(const std::string& message) {
  TRY_ASSIGN(eligibility::ReceivedAnswer received, eligibility::ReadXmlAnswer(message));
  const eligibility::Envelope envelope = received.envelope;
  return eligibility::AcceptAnswer(std::move(received), envelope.file_identifier.value_or(""),
                                   envelope.institution_code.value_or(""));
}

// As the simulated service sends it and the server hands it on, at a fixed moment.
Result<handoff::Handing> HandingOf(const std::string& message) {
  handoff::Handing handing;
  handing.caller = {
      .institution_code = "1311234567", .account_id = "W0000001", .desk_id = "11111111-2222-4333-8444-555555555555"};
  handing.press_id = *FromHex("00112233445566778899aabbccddeeff");
  handing.method = "pin";
  handing.patient_number = "P-0001";
  handing.certificate_days_left = kDaysLeft;
  TRY_ASSIGN(handing.answer, AnswerIn(message));
  handing.answer.executed_at_raw = kExecutedAt;
  handing.answer.confirmation_date_raw = kConfirmedOn;
  return handing;
}

// What stands in the golden file of this form.
using Form = std::function<std::string(const handoff::Handing&)>;

std::string Indented(const std::string& json) {
  return nlohmann::ordered_json::parse(json).dump(2) + "\n";
}

std::string OqsContent(const handoff::Handing& handing, XmlEncoding encoding) {
  const Result<handoff::OqsFile> file = handoff::WriteOqsFile(handing, encoding);
  return file ? file->content : NameOf(file.error());
}

const std::map<std::string, Form>& Forms() {
  static const std::map<std::string, Form> forms = {
      {"text.txt",
       [](const auto& handing) {
         return agent::ResultText(desk::ToMessage(handing.answer, handing.certificate_days_left));
       }},
      {"answer.json", [](const auto& handing) { return Indented(handoff::AnswerJson(handing)); }},
      {"fhir.json", [](const auto& handing) { return Indented(handoff::FhirBundle(handing)); }},
      {"oqs-utf-8.xml", [](const auto& handing) { return OqsContent(handing, XmlEncoding::kUtf8); }},
      {"oqs-shift_jis.xml", [](const auto& handing) { return OqsContent(handing, XmlEncoding::kShiftJis); }},
  };
  return forms;
}

// The first line that differs, without what it holds: the files are read with git diff.
std::string FirstDifference(const std::string& now, const std::string& recorded) {
  std::istringstream a(now), b(recorded);
  std::string line_a, line_b;
  int line = 0;
  do {
    ++line;
  } while (std::getline(a, line_a) && std::getline(b, line_b) && line_a == line_b);
  return "line " + std::to_string(line);
}

void Compare(const fs::path& file, const std::string& now) {
  if (Recording()) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << now;
    return;
  }
  ASSERT_TRUE(fs::exists(file)) << file << " is missing: see tests/golden/README.md";
  const std::string recorded = Read(file);
  EXPECT_TRUE(now == recorded) << file << " is another from " << FirstDifference(now, recorded)
                               << " on: see tests/golden/README.md";
}

void CompareForm(const std::string& name) {
  const Form& form = Forms().at(name);
  for (const auto& [person, message] : People()) {
    const Result<handoff::Handing> handing = HandingOf(message);
    const fs::path folder = fs::path(MADOGUCHI_GOLDEN) / person;
    if (handing) {
      Compare(folder / name, form(*handing));
    } else {
      Compare(folder / "refused.txt", NameOf(handing.error()));
    }
  }
}

TEST(Golden, TextOfEveryPersonIsAsRecorded) {
  CompareForm("text.txt");
}
TEST(Golden, JsonOfEveryPersonIsAsRecorded) {
  CompareForm("answer.json");
}
TEST(Golden, FhirBundleOfEveryPersonIsAsRecorded) {
  CompareForm("fhir.json");
}
TEST(Golden, FileInUtf8OfEveryPersonIsAsRecorded) {
  CompareForm("oqs-utf-8.xml");
}
TEST(Golden, FileInShiftJisOfEveryPersonIsAsRecorded) {
  CompareForm("oqs-shift_jis.xml");
}
TEST(Golden, EveryRecordedFileBelongsToAPersonAndAForm) {
  std::size_t persons = 0;
  for (const auto& entry : fs::directory_iterator(MADOGUCHI_GOLDEN)) {
    ++persons;
    EXPECT_TRUE(People().contains(entry.path().filename().string())) << entry.path();
    const bool refused = fs::exists(entry.path() / "refused.txt");
    std::size_t files = 0;
    for (const auto& file : fs::directory_iterator(entry.path())) {
      EXPECT_TRUE(refused || Forms().contains(file.path().filename().string())) << file.path();
      ++files;
    }
    EXPECT_EQ(files, refused ? 1 : Forms().size()) << entry.path();
  }
  EXPECT_EQ(persons, People().size());
  EXPECT_GE(persons, kPersonsLeast);
}

// The two files of a receipt computer say the same, but for the characters that have two places in Unicode.
TEST(Golden, BothEncodingsOfAFileReadTheSame) {
  int compared = 0;
  for (const auto& [person, message] : People()) {
    const Result<handoff::Handing> handing = HandingOf(message);
    if (!handing) continue;
    const Result<handoff::OqsFile> utf8 = handoff::WriteOqsFile(*handing, XmlEncoding::kUtf8);
    const Result<handoff::OqsFile> cp932 = handoff::WriteOqsFile(*handing, XmlEncoding::kShiftJis);
    ASSERT_TRUE(utf8.ok()) << person;
    if (!cp932) continue;
    const auto one = eligibility::ReadXmlAnswer(utf8->content), other = eligibility::ReadXmlAnswer(cp932->content);
    ASSERT_TRUE(one.ok() && other.ok()) << person;
    EXPECT_TRUE(one->answer == other->answer) << person;
    ++compared;
  }
  EXPECT_GE(compared, 30);
}

// Children in another order everywhere, but in lists, whose order means something.
void Shuffle(pugi::xml_node node, std::mt19937& chance) {
  static const std::set<std::string_view> kLists = {"ResultList", "SpecificDiseasesCertificateList",
                                                    "PublicExpenseResultList"};
  std::vector<pugi::xml_node> children(node.children().begin(), node.children().end());
  for (const pugi::xml_node child : children) Shuffle(child, chance);
  if (kLists.contains(node.name())) return;
  std::shuffle(children.begin(), children.end(), chance);
  for (const pugi::xml_node child : children) node.append_move(child);
}

std::string Shuffled(const std::string& message, std::mt19937& chance) {
  const Result<eligibility::XmlText> text = eligibility::ReadXmlText(message);
  pugi::xml_document document;
  const unsigned options =
      pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_declaration | pugi::parse_comments;
  if (!text || !document.load_string(text->utf8.c_str(), options)) return {};
  Shuffle(document.document_element(), chance);
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return text->declared == XmlEncoding::kShiftJis ? eligibility::test::ToCp932(out.str()) : out.str();
}

TEST(Golden, TheOrderOfElementsMakesNoDifference) {
  for (const auto& [person, message] : People()) {
    Result<eligibility::Answer> as_shipped = AnswerIn(message);
    if (!as_shipped) continue;
    std::sort(as_shipped->unknown_elements.begin(), as_shipped->unknown_elements.end());
    for (unsigned seed = 0; seed < 5; ++seed) {
      std::mt19937 chance(seed);
      Result<eligibility::Answer> shuffled = AnswerIn(Shuffled(message, chance));
      ASSERT_TRUE(shuffled.ok()) << person << ": " << shuffled.error().detail;
      std::sort(shuffled->unknown_elements.begin(), shuffled->unknown_elements.end());
      EXPECT_TRUE(*shuffled == *as_shipped) << person << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace madoguchi
