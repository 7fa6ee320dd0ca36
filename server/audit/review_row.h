// SPDX-License-Identifier: Apache-2.0
// ReviewRow: one row of the trail as a reader gets it. The names of its fields are those of TrailEntry in
// trail_review_service.proto and the columns of a CSV export; the store fills them in this order. Texts, all of them: a
// number is its digits, what the row does not say is empty. Thread: values.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace madoguchi::audit {

enum class Field : std::size_t {
  kSequence,
  kRecordedAt,  // "2026-11-23T20:15:01.123456+09:00"
  kEvent,
  kInstitutionCode,
  kDeskId,
  kDeskName,
  kAccountId,
  kOperatorCode,
  kActor,
  kRole,
  kAuthentication,
  kPressId,
  kEpoch,
  kMethod,
  kInquiryReason,
  kPresenter,
  kPhotoCheck,
  kCode,
  kSegmentOfResultCode,
  kProcessingStatusCode,
  kProcessingCode,
  kValidityCode,
  kResults,
  kInquiryId,
  kShown,
  kSeconds,
  kFileName,
  kFileSha256,
  kDestination,
  kSourceAddress,
  kTraceId,
  kClockState,
  kDetail,
  kCardTrips,
  kCardUs,
  kNationalUs,
  kTotalUs,
  kCardHash,
  kInsuranceHash,
  kPatientHash,
  kOwner,
  kRecordId,
  kLeaf,      // place in the tree, from 1; empty: none yet
  kReviewed,  // "1" or empty
  kFields     // how many there are
};
inline constexpr std::size_t kFields = static_cast<std::size_t>(Field::kFields);

inline constexpr std::array<std::string_view, kFields> kFieldNames = {"sequence",
                                                                      "recorded_at",
                                                                      "event",
                                                                      "institution_code",
                                                                      "desk_id",
                                                                      "desk_name",
                                                                      "account_id",
                                                                      "operator_code",
                                                                      "actor",
                                                                      "role",
                                                                      "authentication",
                                                                      "press_id",
                                                                      "epoch",
                                                                      "method",
                                                                      "inquiry_reason",
                                                                      "presenter",
                                                                      "photo_check",
                                                                      "code",
                                                                      "segment_of_result_code",
                                                                      "processing_status_code",
                                                                      "processing_code",
                                                                      "validity_code",
                                                                      "results",
                                                                      "inquiry_id",
                                                                      "shown",
                                                                      "seconds",
                                                                      "file_name",
                                                                      "file_sha256",
                                                                      "destination",
                                                                      "source_address",
                                                                      "trace_id",
                                                                      "clock_state",
                                                                      "detail",
                                                                      "card_trips",
                                                                      "card_us",
                                                                      "national_us",
                                                                      "total_us",
                                                                      "card_hash",
                                                                      "insurance_hash",
                                                                      "patient_hash",
                                                                      "owner",
                                                                      "record_id",
                                                                      "leaf",
                                                                      "reviewed"};

struct ReviewRow {
  std::array<std::string, kFields> values;
  const std::string& operator[](Field field) const { return values[static_cast<std::size_t>(field)]; }
  std::string& operator[](Field field) { return values[static_cast<std::size_t>(field)]; }
};

}  // namespace madoguchi::audit
