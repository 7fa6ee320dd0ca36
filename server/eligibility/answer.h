// SPDX-License-Identifier: Apache-2.0
// Answer: what the national service said about one person, every text exactly as received (UTF-8, nothing trimmed or
// turned into a number). A field that was not received is absent; one that was received empty is an empty text.
// Members: see result_fields.h (x, x_code or x_raw; the same names as in proto/madoguchi/v1/result.proto). Thread: a
// value. Holds personal data: never logged.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/eligibility/result_fields.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kResultsMax = 16;              // ResultOfQualificationConfirmation; two are the most seen
inline constexpr std::size_t kSpecificDiseasesMax = 3;      // per result (reference/eligibility-result.md §1)
inline constexpr std::size_t kMedicalTicketsMax = 32;       // per result
inline constexpr std::size_t kTextBytesMax = 2000;          // per element, UTF-8
inline constexpr std::size_t kUnknownElementsMax = 64;      // names kept; further ones are dropped
inline constexpr std::size_t kUnknownElementBytesMax = 64;  // of a name; longer ones are cut

#define MADOGUCHI_TEXT_MEMBER(x, element) std::optional<std::string> x;
#define MADOGUCHI_CODE_MEMBER(x, element, table) std::optional<std::string> x##_code;
#define MADOGUCHI_RAW_MEMBER(x, element) std::optional<std::string> x##_raw;
#define MADOGUCHI_MEMBERS(FIELDS) \
  FIELDS(MADOGUCHI_TEXT_MEMBER, MADOGUCHI_CODE_MEMBER, MADOGUCHI_RAW_MEMBER, MADOGUCHI_RAW_MEMBER, MADOGUCHI_RAW_MEMBER)

// 高齢受給者証 (ElderlyRecipientCertificateInfo).
struct ElderlyRecipientCertificate {
  MADOGUCHI_MEMBERS(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
  bool operator==(const ElderlyRecipientCertificate&) const = default;
};

// 限度額適用認定証 (LimitApplicationCertificateRelatedInfo).
struct LimitCertificate {
  MADOGUCHI_MEMBERS(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
  bool operator==(const LimitCertificate&) const = default;
};

// 特定疾病療養受療証 (SpecificDiseasesCertificateInfo).
struct SpecificDiseaseCertificate {
  MADOGUCHI_MEMBERS(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
  bool operator==(const SpecificDiseaseCertificate&) const = default;
};

// 医療券・調剤券 (MedicalTicketInfo).
struct MedicalTicket {
  MADOGUCHI_MEMBERS(MADOGUCHI_MEDICAL_TICKET_FIELDS)
  bool operator==(const MedicalTicket&) const = default;
};

// One ResultOfQualificationConfirmation.
struct QualificationResult {
  MADOGUCHI_MEMBERS(MADOGUCHI_QUALIFICATION_FIELDS)
  std::optional<ElderlyRecipientCertificate> elderly_recipient_certificate;
  std::optional<LimitCertificate> limit_certificate;
  std::vector<SpecificDiseaseCertificate> specific_diseases_certificates;
  std::vector<MedicalTicket> medical_tickets;
  bool operator==(const QualificationResult&) const = default;
};

// QualificationConfirmSearchInfo.
struct SearchInfo {
  MADOGUCHI_MEMBERS(MADOGUCHI_SEARCH_INFO_FIELDS)
  bool operator==(const SearchInfo&) const = default;
};

struct Answer {
  MADOGUCHI_MEMBERS(MADOGUCHI_HEADER_FIELDS)
  MADOGUCHI_MEMBERS(MADOGUCHI_BODY_FIELDS)
  std::optional<SearchInfo> search_info;      // of an inquiry by numbers only
  std::vector<QualificationResult> results;   // all of them: the first is not the right one by being first
  std::vector<std::string> unknown_elements;  // names this version does not know, each once, in the order met
  bool operator==(const Answer&) const = default;
};

}  // namespace madoguchi::eligibility
