// SPDX-License-Identifier: Apache-2.0
#include "server/desk/answer_wire.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "server/handoff/answer_json.h"
#include "tests/server/handoff/any_handing.h"

namespace madoguchi::desk {
namespace {

using eligibility::Answer;
using ::testing::ElementsAre;
using FieldType = google::protobuf::FieldDescriptor;

// Gives every text member of a struct its own name as value.
#define NAME_TEXT(x, element) to.x = #x;
#define NAME_CODE(x, element, table) to.x##_code = #x "_code";
#define NAME_RAW(x, element) to.x##_raw = #x "_raw";
#define NAME_ALL(FIELDS) FIELDS(NAME_TEXT, NAME_CODE, NAME_RAW, NAME_RAW, NAME_RAW)

void NameFields(eligibility::ElderlyRecipientCertificate& to) {
  NAME_ALL(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
}
void NameFields(eligibility::LimitCertificate& to) {
  NAME_ALL(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
}
void NameFields(eligibility::SpecificDiseaseCertificate& to) {
  NAME_ALL(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
}
void NameFields(eligibility::MedicalTicket& to) {
  NAME_ALL(MADOGUCHI_MEDICAL_TICKET_FIELDS)
}
void NameFields(eligibility::SearchInfo& to) {
  NAME_ALL(MADOGUCHI_SEARCH_INFO_FIELDS)
}
void NameFields(eligibility::QualificationResult& to) {
  NAME_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  NameFields(to.elderly_recipient_certificate.emplace());
  NameFields(to.limit_certificate.emplace());
  NameFields(to.specific_diseases_certificates.emplace_back());
  NameFields(to.medical_tickets.emplace_back());
}
void NameFields(Answer& to) {
  NAME_ALL(MADOGUCHI_HEADER_FIELDS)
  NAME_ALL(MADOGUCHI_BODY_FIELDS)
  NameFields(to.search_info.emplace());
  NameFields(to.results.emplace_back());
  to.unknown_elements = {"unknown_elements"};
}

// Every field that holds something as received holds its own name; x beside an x_code or x_raw without meaning is
// absent. Notes on names are not received.
void ExpectOwnNames(const google::protobuf::Message& message) {
  if (message.GetDescriptor() == v1::NameNotes::descriptor()) return;
  const auto* descriptor = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  std::set<std::string> names;
  for (int i = 0; i < descriptor->field_count(); ++i) names.insert(descriptor->field(i)->name());
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldType* field = descriptor->field(i);
    const std::string where = descriptor->name() + "." + field->name();
    if (field->name() == "number_warnings") continue;  // ours, not received
    if (field->cpp_type() == FieldType::CPPTYPE_MESSAGE) {
      if (field->is_repeated()) {
        ASSERT_EQ(reflection->FieldSize(message, field), 1) << where;
        ExpectOwnNames(reflection->GetRepeatedMessage(message, field, 0));
      } else {
        ASSERT_TRUE(reflection->HasField(message, field)) << where;
        ExpectOwnNames(reflection->GetMessage(message, field));
      }
    } else if (field->is_repeated()) {
      ASSERT_EQ(reflection->FieldSize(message, field), 1) << where;
      EXPECT_EQ(reflection->GetRepeatedString(message, field, 0), field->name());
    } else if (field->cpp_type() == FieldType::CPPTYPE_STRING) {
      const bool is_meaning = names.contains(field->name() + "_code") || names.contains(field->name() + "_raw");
      EXPECT_EQ(reflection->HasField(message, field), !is_meaning) << where;
      if (is_meaning) continue;
      EXPECT_EQ(reflection->GetString(message, field), field->name()) << where;
    }
  }
}

TEST(AnswerWire, CarriesEveryFieldUnderItsOwnName) {
  Answer answer;
  NameFields(answer);
  v1::EligibilityAnswer message = ToMessage(answer, 12);
  message.add_number_warnings("number_warnings");  // of the check, not of the answer
  ExpectOwnNames(message);
  EXPECT_EQ(message.card_certificate_days_left(), 12);
}

TEST(AnswerWire, LeavesOutWhatWasNotReceived) {
  const v1::EligibilityAnswer message = ToMessage(Answer{}, 0);
  std::vector<const FieldType*> fields;
  message.GetReflection()->ListFields(message, &fields);
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0]->name(), "card_certificate_days_left");
}

TEST(AnswerWire, KeepsAnEmptyTextApartFromAnAbsentOne) {
  Answer answer;
  answer.processing_message = "";
  EXPECT_TRUE(ToMessage(answer, 0).has_processing_message());
  EXPECT_FALSE(ToMessage(answer, 0).has_processing_code());
}

TEST(AnswerWire, SaysWhatACodeMeansAndKeepsTheCode) {
  Answer answer;
  answer.validity_code = "3";
  answer.segment_of_result_code = "1";
  answer.reference_classification_code = "7";
  auto& result = answer.results.emplace_back();
  result.card_classification_code = "A1";
  result.limit_certificate.emplace().category_code = "B09";
  result.medical_tickets.emplace_back().infection_code = "02";
  const v1::EligibilityAnswer message = ToMessage(answer, 0);
  EXPECT_EQ(message.validity_code(), "3");
  EXPECT_EQ(message.validity(), "無効（新しい資格あり）");
  EXPECT_EQ(message.segment_of_result(), "正常終了");
  EXPECT_EQ(message.reference_classification_code(), "7");
  EXPECT_FALSE(message.has_reference_classification());
  EXPECT_EQ(message.results(0).card_classification(), "医療扶助");
  EXPECT_EQ(message.results(0).limit_certificate().category(), "一般Ⅱ");
  EXPECT_EQ(message.results(0).medical_tickets(0).infection(), "なし");
}

TEST(AnswerWire, WritesDatesOnlyWhenTheyAreDates) {
  const auto iso = [](const std::string& raw) {
    Answer answer;
    answer.confirmation_date_raw = raw;
    const v1::EligibilityAnswer message = ToMessage(answer, 0);
    EXPECT_EQ(message.confirmation_date_raw(), raw);
    return message.has_confirmation_date() ? message.confirmation_date() : "absent";
  };
  EXPECT_EQ(iso("20261122"), "2026-11-22");
  EXPECT_EQ(iso("20240229"), "2024-02-29");
  EXPECT_EQ(iso("19000101"), "1900-01-01");
  for (const char* raw : {"20230229", "20261301", "20261100", "20261131", "00000101", "2026112", "202611220",
                          "2026112 ", "２０２６", "", "99999999", "-2026112", "+2026112"}) {
    EXPECT_EQ(iso(raw), "absent") << raw;
  }
}

TEST(AnswerWire, WritesTheTimeOfTheServiceWithJapansOffset) {
  const auto iso = [](const std::string& raw) {
    Answer answer;
    answer.executed_at_raw = raw;
    const v1::EligibilityAnswer message = ToMessage(answer, 0);
    EXPECT_EQ(message.executed_at_raw(), raw);
    return message.has_executed_at() ? message.executed_at() : "absent";
  };
  EXPECT_EQ(iso("20261122090305"), "2026-11-22T09:03:05+09:00");
  for (const char* raw :
       {"20261122240000", "20261122096000", "20261122090061", "20261322090305", "20261122", "2026112209030x"}) {
    EXPECT_EQ(iso(raw), "absent") << raw;
  }
}

TEST(AnswerWire, WritesARatioOnlyWhenItIsWholeTenths) {
  const auto ratio = [](const std::string& raw) {
    Answer answer;
    answer.results.emplace_back().contribution_ratio_raw = raw;
    const v1::EligibilityAnswer message = ToMessage(answer, 0);
    EXPECT_EQ(message.results(0).contribution_ratio_raw(), raw);
    return message.results(0).has_contribution_ratio() ? message.results(0).contribution_ratio() : "absent";
  };
  EXPECT_EQ(ratio("010"), "1割");
  EXPECT_EQ(ratio("020"), "2割");
  EXPECT_EQ(ratio("030"), "3割");
  EXPECT_EQ(ratio("000"), "0割");
  EXPECT_EQ(ratio("100"), "10割");
  for (const char* raw : {"015", "10", "1割", "110", "0100", "", " 10"}) EXPECT_EQ(ratio(raw), "absent") << raw;
}

v1::NameNotes NotesOf(const std::string& name, const std::vector<eligibility::KnownName>& known = {}) {
  Answer answer;
  answer.results.emplace_back().name = name;
  const v1::EligibilityAnswer message = ToMessage(answer, 0, known);
  EXPECT_EQ(message.results(0).name(), name);  // whatever is known of it
  return message.results(0).name_notes();
}

TEST(AnswerWire, NotesWhatIsUnusualInANameAndLeavesTheNameAlone) {
  const v1::NameNotes marked = NotesOf("●髙　花●");
  EXPECT_THAT(marked.unresolved(), ElementsAre(0, 4));
  EXPECT_THAT(marked.outside_jis_x_0208(), ElementsAre("髙"));
  EXPECT_EQ(marked.claim_safe_name(), "●高　花●");
  EXPECT_EQ(marked.claim_safe_from(), "characters");
  EXPECT_FALSE(NotesOf("𩸽　花子").has_claim_safe_name());

  Answer answer;
  answer.results.emplace_back().name = "見本　花子";
  answer.results.emplace_back();
  const v1::EligibilityAnswer message = ToMessage(answer, {});
  EXPECT_FALSE(message.results(0).has_name_notes());
  EXPECT_FALSE(message.results(1).has_name_notes());
  EXPECT_FALSE(message.has_card_certificate_days_left());
}

TEST(AnswerWire, PutsANameConfirmedHereBeforeTheUsualReplacements) {
  const v1::NameNotes confirmed = NotesOf("●髙", {{.confirmed = "辺高", .proposed = "邊高"}});
  EXPECT_EQ(confirmed.claim_safe_name(), "辺高");
  EXPECT_EQ(confirmed.claim_safe_from(), "mapping");
  EXPECT_EQ(confirmed.proposed_name(), "邊高");
  const v1::NameNotes waiting = NotesOf("●見", {{.confirmed = {}, .proposed = "邊見"}});
  EXPECT_FALSE(waiting.has_claim_safe_name());
  EXPECT_EQ(waiting.proposed_name(), "邊見");
}

TEST(AnswerWire, KeepsResultsAndUnknownNamesInTheirOrder) {
  Answer answer;
  answer.results.resize(2);
  answer.results[0].insurer_number = "  123456";
  answer.results[1].insurer_number = "12345678";
  answer.unknown_elements = {"B", "A"};
  const v1::EligibilityAnswer message = ToMessage(answer, 0);
  ASSERT_EQ(message.results_size(), 2);
  EXPECT_EQ(message.results(0).insurer_number(), "  123456");
  EXPECT_EQ(message.results(1).insurer_number(), "12345678");
  EXPECT_THAT(message.unknown_elements(), ElementsAre("B", "A"));
}

// A receiver of the hand-off's JSON and a reader of the terminal's `--json` see the same names and values.
TEST(AnswerWire, SaysTheSameInJsonAsTheHandOff) {
  google::protobuf::util::JsonPrintOptions names_of_the_proto;
  names_of_the_proto.preserve_proto_field_names = true;
  for (unsigned seed = 0; seed < 100; ++seed) {
    const handoff::Handing handing = handoff::test::AnyHanding(seed);
    check::CheckResult result;
    result.answer = handing.answer;
    if (handing.certificate_days_left >= 0) result.certificate_days_left = handing.certificate_days_left;
    result.number_warnings = handing.number_warnings;
    for (const std::string& name : handing.confirmed_names)
      result.names.push_back({.confirmed = name.empty() ? std::optional<std::string>() : name, .proposed = {}});
    v1::CheckAnswer answer;
    SetResult(result, answer);
    std::string text;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(answer.answer(), &text, names_of_the_proto).ok());
    nlohmann::json shown = nlohmann::json::parse(text), handed = nlohmann::json::parse(handoff::AnswerJson(handing));
    for (const char* of_the_check : {"press_id", "desk", "institution_code", "account_id", "method", "patient_number"})
      handed.erase(of_the_check);
    if (!shown.contains("results")) shown["results"] = nlohmann::json::array();
    EXPECT_TRUE(shown == handed) << "seed " << seed;
  }
}

}  // namespace
}  // namespace madoguchi::desk
