// SPDX-License-Identifier: Apache-2.0
// What a month of the trail says, and which checks no question about a patient finds. Days and minutes are Japan's.
// Thread: values.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace madoguchi::audit {

inline constexpr std::size_t kReportLinesMax = 2000;                 // of each list; `cut` says that there were more
inline constexpr unsigned kOpenFromUsual = 7, kOpenUntilUsual = 21;  // hours; use outside is out of hours
inline constexpr unsigned kBurstUsual = 10;                          // checks of one operator in a minute
struct WithoutSubjectMinute {
  std::string desk_id, desk_name, minute, operators;
  std::uint32_t checks = 0, without_number = 0, nobody_found = 0, not_to_be_found = 0;
};
struct WithoutSubjectList {
  std::vector<WithoutSubjectMinute> minutes;
  bool more = false;
};

struct ReportWish {
  std::string month;  // "2026-11"
  unsigned open_from = kOpenFromUsual, open_until = kOpenUntilUsual;
  std::vector<unsigned> closed_days = {0};  // 0 Sunday … 6 Saturday
  unsigned burst = kBurstUsual;
  std::vector<std::string> institution_codes;  // none: all rows
};

struct TrailReport {
  struct Day {
    std::string day, desk_id, desk_name;  // day: empty for the whole month
    std::uint32_t checks = 0, answered = 0;
  };
  struct Failures {
    int code = 0;
    std::uint32_t count = 0, not_begun = 0;  // checks without an answer; presses that were refused before one began
  };
  struct OutOfHours {
    std::string day, desk_id, desk_name, operator_code, first_at, last_at;
    std::uint32_t checks = 0;
  };
  struct Burst {  // desk_id is empty and desk_name a list when there are several
    std::string minute, operator_code, desk_id, desk_name;
    std::uint32_t checks = 0;
  };
  struct Acts {
    std::string event, who, last_at;
    std::uint32_t count = 0;
  };
  struct Operator {
    std::string operator_code;  // empty: nobody was signed in
    std::uint32_t checks = 0, by_number = 0, by_sight = 0, sight_timed = 0, sight_under_two_seconds = 0;
    std::uint32_t without_patient_number = 0, refused = 0;
  };
  std::string made_at;
  std::uint32_t checks = 0, answered = 0, by_pin = 0, by_sight = 0, by_number = 0, without_outcome = 0;
  std::vector<Day> desks, days;
  std::vector<Failures> failures;
  std::vector<OutOfHours> out_of_hours;
  std::vector<Burst> bursts;
  std::vector<Acts> acts;
  std::vector<Operator> operators;
  bool cut = false;
};

}  // namespace madoguchi::audit
