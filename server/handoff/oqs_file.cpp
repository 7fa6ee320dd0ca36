// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/oqs_file.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "contract/insurance_number.h"
#include "server/eligibility/xml_writer.h"

namespace madoguchi::handoff {
namespace {

constexpr char kFacePrefix[] = "OQSsiquc01res_face_";
constexpr std::size_t kTimeDigits = 14;       // yyyyMMddHHmmss
constexpr char kNoTime[] = "00000000000000";  // the answer said no time that is one
constexpr std::chrono::hours kJapan{9};       // from UTC; no summer time
constexpr char kSegmentFailed[] = "9";        // OQSCD003 異常終了
constexpr char kByNumbers[] = "2";            // OQSCD002 被保険者証情報

bool IsDigits(const std::string& text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string JapanTime() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + kJapan);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[kTimeDigits + 1];
  return {text, std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts)};
}

// As receipt computers expect it; the texts themselves stay.
eligibility::Answer Prepared(eligibility::Answer answer, const std::string& patient_number) {
  for (eligibility::QualificationResult& result : answer.results) {
    if (result.insurer_number && !result.insurer_number->empty())
      result.insurer_number = PaddedInsurerNumber(*result.insurer_number);
    if (!result.reference_number && !patient_number.empty()) result.reference_number = patient_number;
  }
  return answer;
}

}  // namespace

std::string OqsToken(const Handing& handing) {
  std::string desk = handing.caller.desk_id;
  std::erase(desk, '-');
  return desk.substr(0, kDeskDigits) + ToHex(handing.press_id).substr(0, kPressDigits);
}

Result<OqsFile> WriteOqsFile(const Handing& handing, eligibility::XmlEncoding encoding) {
  eligibility::Envelope envelope;
  envelope.institution_code = handing.caller.institution_code;
  envelope.file_identifier = OqsToken(handing);
  TRY_ASSIGN(std::string content,
             eligibility::WriteXmlAnswer(envelope, Prepared(handing.answer, handing.patient_number), encoding));
  const std::string executed = handing.answer.executed_at_raw.value_or("");
  return OqsFile{kFacePrefix + handing.caller.institution_code + OqsToken(handing) + "_" +
                     (IsDigits(executed, kTimeDigits) ? executed : kNoTime) + ".xml",
                 std::move(content)};
}

Result<std::string> WriteRequestAnswer(const eligibility::ReceivedInquiry& request, const eligibility::Answer& answer) {
  eligibility::Envelope envelope;
  envelope.institution_code = request.message.institution_code;
  envelope.file_identifier = request.message.file_identifier;
  eligibility::Answer echoing = Prepared(answer, {});
  // As the receipt computer wrote them: its ArbitraryIdentifier is how it finds its way back, and is not sent on.
  if (request.message.numbers != eligibility::SearchInfo{}) echoing.search_info = request.message.numbers;
  return eligibility::WriteXmlAnswer(envelope, echoing, request.encoding);
}

std::string WriteRequestRefusal(const eligibility::ReceivedInquiry& request, const Error& refusal) {
  const CatalogueEntry& entry = Describe(refusal.code);
  eligibility::Envelope envelope;
  envelope.institution_code = request.message.institution_code;
  envelope.file_identifier = request.message.file_identifier;
  envelope.error_code = "M" + std::to_string(static_cast<int>(refusal.code));
  envelope.error_message = std::string(entry.what_ja) + " " + std::string(entry.desk_action_ja);
  eligibility::Answer answer;
  answer.executed_at_raw = JapanTime();
  answer.confirmation_date_raw = request.message.confirmation_date_raw;
  if (!answer.confirmation_date_raw) answer.confirmation_date_raw = answer.executed_at_raw->substr(0, 8);
  answer.reference_classification_code = kByNumbers;
  answer.segment_of_result_code = kSegmentFailed;
  Result<std::string> written = eligibility::WriteXmlAnswer(envelope, answer, request.encoding);
  // What the request says can be written in its own encoding, and the catalogue in UTF-8 always.
  if (!written) written = eligibility::WriteXmlAnswer(envelope, answer, eligibility::XmlEncoding::kUtf8);
  return written ? std::move(written).value() : std::string();
}

}  // namespace madoguchi::handoff
