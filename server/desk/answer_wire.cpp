// SPDX-License-Identifier: Apache-2.0
#include "server/desk/answer_wire.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/eligibility/code_tables.h"

namespace madoguchi::desk {
namespace {

// Table names in the field lists are eligibility's.
using namespace eligibility;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kDateDigits = 8;   // yyyyMMdd
constexpr std::size_t kTimeDigits = 14;  // yyyyMMddHHmmss
constexpr std::size_t kRatioDigits = 3;  // percent

bool IsDigits(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Precondition: digits only, few enough for an int.
int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

std::optional<std::string> IsoDate(std::string_view raw) {
  if (!IsDigits(raw, kDateDigits)) return std::nullopt;
  const std::string_view year = raw.substr(0, 4), month = raw.substr(4, 2), day = raw.substr(6, 2);
  const std::chrono::year_month_day date{std::chrono::year{Number(year)},
                                         std::chrono::month{static_cast<unsigned>(Number(month))},
                                         std::chrono::day{static_cast<unsigned>(Number(day))}};
  if (!date.ok() || Number(year) == 0) return std::nullopt;
  return std::string(year) + "-" + std::string(month) + "-" + std::string(day);
}

// The service's clock is Japan's; it sends no zone.
std::optional<std::string> IsoTime(std::string_view raw) {
  if (!IsDigits(raw, kTimeDigits)) return std::nullopt;
  const auto date = IsoDate(raw.substr(0, kDateDigits));
  const std::string_view hour = raw.substr(8, 2), minute = raw.substr(10, 2), second = raw.substr(12, 2);
  if (!date || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return std::nullopt;  // 60: a leap second
  return *date + "T" + std::string(hour) + ":" + std::string(minute) + ":" + std::string(second) + "+09:00";
}

// "010" → "1割". A percentage that is no whole 割 is not rounded: it stays as received only.
std::optional<std::string> Ratio(std::string_view raw) {
  if (!IsDigits(raw, kRatioDigits)) return std::nullopt;
  const int percent = Number(raw);
  if (percent % 10 != 0 || percent > 100) return std::nullopt;
  return std::to_string(percent / 10) + "割";
}

// Each kind of field, from `from` to `to`.
#define MADOGUCHI_SET_TEXT(x, element) \
  if (from.x) to.set_##x(*from.x);
#define MADOGUCHI_SET_CODE(x, element, table)                                                     \
  if (from.x##_code) {                                                                            \
    to.set_##x##_code(*from.x##_code);                                                            \
    if (const auto meaning = MeaningOf(table, *from.x##_code)) to.set_##x(std::string(*meaning)); \
  }
#define MADOGUCHI_SET_RAW(x, Convert)                                \
  if (from.x##_raw) {                                                \
    to.set_##x##_raw(*from.x##_raw);                                 \
    if (const auto text = Convert(*from.x##_raw)) to.set_##x(*text); \
  }
#define MADOGUCHI_SET_DATE(x, element) MADOGUCHI_SET_RAW(x, IsoDate)
#define MADOGUCHI_SET_TIME(x, element) MADOGUCHI_SET_RAW(x, IsoTime)
#define MADOGUCHI_SET_RATIO(x, element) MADOGUCHI_SET_RAW(x, Ratio)
#define MADOGUCHI_SET_ALL(FIELDS) \
  FIELDS(MADOGUCHI_SET_TEXT, MADOGUCHI_SET_CODE, MADOGUCHI_SET_DATE, MADOGUCHI_SET_TIME, MADOGUCHI_SET_RATIO)

void Fill(const ElderlyRecipientCertificate& from, v1::ElderlyRecipientCertificate& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
}

void Fill(const LimitCertificate& from, v1::LimitCertificate& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
}

void Fill(const SpecificDiseaseCertificate& from, v1::SpecificDiseaseCertificate& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
}

void Fill(const MedicalTicket& from, v1::MedicalTicket& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_MEDICAL_TICKET_FIELDS)
}

void Fill(const QualificationResult& from, v1::QualificationResult& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  if (from.elderly_recipient_certificate) {
    Fill(*from.elderly_recipient_certificate, *to.mutable_elderly_recipient_certificate());
  }
  if (from.limit_certificate) Fill(*from.limit_certificate, *to.mutable_limit_certificate());
  for (const auto& disease : from.specific_diseases_certificates)
    Fill(disease, *to.add_specific_diseases_certificates());
  for (const auto& ticket : from.medical_tickets) Fill(ticket, *to.add_medical_tickets());
}

}  // namespace

v1::EligibilityAnswer ToMessage(const eligibility::Answer& from, std::optional<int> certificate_days_left) {
  v1::EligibilityAnswer to;
  MADOGUCHI_SET_ALL(MADOGUCHI_HEADER_FIELDS)
  MADOGUCHI_SET_ALL(MADOGUCHI_BODY_FIELDS)
  for (const auto& result : from.results) Fill(result, *to.add_results());
  for (const auto& name : from.unknown_elements) to.add_unknown_elements(name);
  if (certificate_days_left) to.set_card_certificate_days_left(*certificate_days_left);
  return to;
}

void SetResult(const check::CheckResult& result, v1::CheckAnswer& answer) {
  v1::EligibilityAnswer& to = *answer.mutable_answer();
  to = ToMessage(result.answer, result.certificate_days_left);
  for (const std::string& word : result.number_warnings) to.add_number_warnings(word);
  answer.set_birthdate_differs(result.birthdate_differs);
  for (const std::string& channel : result.handoff) answer.add_handoff(channel);
  answer.set_handoff_not_kept(result.handoff_not_kept);
}

}  // namespace madoguchi::desk
