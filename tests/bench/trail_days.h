// SPDX-License-Identifier: Apache-2.0
// TrailDays: rows of the trail as a clinic with twenty desks writes them day by day: log-ins in the morning, checks by
// PIN, by sight and by numbers through the hours, what was shown and handed on, refusals, administrators in the
// evening. The same seed and first day give the same rows on every machine: no library distribution is used. Every
// person, number and name in them is a made-up hash.
// Thread: one. Ownership: rows belong to TrailDays until the next call. Errors: none.
// Source: reference/eligibility-result.md §7 (a good row).
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "server/audit/row_line.h"

namespace madoguchi::bench {

// In the order of audit::kRowColumns.
enum class Column : std::size_t {
  kSequence,
  kRecordedAt,
  kRecordId,
  kAction,
  kOwner,
  kInstitutionCode,
  kDeskId,
  kAccountId,
  kPressId,
  kEpoch,
  kMethod,
  kCardHash,
  kInsuranceHash,
  kCode,
  kSegmentOfResultCode,
  kProcessingStatusCode,
  kProcessingCode,
  kValidityCode,
  kResults,
  kCardTrips,
  kCardUs,
  kNationalUs,
  kTotalUs,
  kDetail,
  kOperatorCode,
  kActor,
  kPresenter,
  kPhotoCheck,
  kInquiryReason,
  kPatientHash,
  kRole,
  kAuthentication,
  kInquiryId,
  kShown,
  kSeconds,
  kFileName,
  kFileSha256,
  kDestination,
  kSourceAddress,
  kTraceId,
  kClockState
};
static_assert(audit::kRowColumns.size() == static_cast<std::size_t>(Column::kClockState) + 1);

struct Row {
  std::int64_t recorded_us = 0;                               // microseconds since 1970, UTC
  std::array<std::string, audit::kRowColumns.size()> values;  // empty: NULL
  std::string& operator[](Column column) { return values[static_cast<std::size_t>(column)]; }
  const std::string& operator[](Column column) const { return values[static_cast<std::size_t>(column)]; }
};

struct DeskOfRows {
  std::string desk_id;     // UUID text
  std::string account_id;  // W0000001-style
};

inline constexpr int kDesksOfRows = 20;
inline constexpr std::uint64_t kPatientsOfRows = 40'000;
inline constexpr int kChecksOfWeekday = 2000;     // Saturdays half of them, Sundays a hundredth
inline constexpr double kRowsPerDayAbout = 7200;  // over all days of a week, to find the first day for a wanted count

// Splitmix64: small, and the same everywhere.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  std::uint64_t Below(std::uint64_t limit) { return Next() % limit; }
  bool Percent(unsigned percent) { return Below(100) < percent; }
  std::string Hex(std::size_t digits);
  std::string Uuid();

 private:
  std::uint64_t state_;
};

class TrailDays {
 public:
  // desks: none: made up. first_sequence: of the first row.
  TrailDays(std::uint64_t seed, std::chrono::sys_days first_day, std::vector<DeskOfRows> desks = {},
            std::int64_t first_sequence = 1);
  // The next day's rows in the order of their time, never none.
  const std::vector<Row>& Next();

 private:
  struct Patient;
  Row NewRow(const char* action, std::int64_t at_us);
  Row AtDesk(const char* action, std::int64_t at_us, const DeskOfRows& desk);
  void Morning();
  void Check(std::int64_t at_us);
  void WhatFollows(const Row& outcome, std::int64_t at_us);
  void Evening();
  std::int64_t At(int hour, int minute);  // of this day in Japan, with seconds by chance

  Chance chance_;
  std::chrono::sys_days day_;
  std::vector<DeskOfRows> desks_;
  std::int64_t sequence_;
  std::vector<Row> rows_;
};

// "2026-11-23T20:15:01.123456+09:00"
std::string JapanTime(std::int64_t microseconds);

}  // namespace madoguchi::bench
