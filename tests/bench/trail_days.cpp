// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/trail_days.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "contract/error.h"
#include "server/audit/event.h"

namespace madoguchi::bench {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kJapanUs = 9 * 3600 * kSecondUs;
constexpr char kInstitution[] = "1311234567";
constexpr int kOperators = 30;
constexpr int kOpens = 8, kHours = 10;  // o'clock; open for so many hours
// Out of a hundred checks in each hour of the day: mornings are full.
constexpr std::array kOfEachHour = {14, 18, 16, 10, 4, 6, 11, 10, 7, 4};
constexpr days kKeyLives{730};  // then the keyed hashes of everybody change
constexpr std::array kRefusals = {ErrorCode::kPinWrong, ErrorCode::kCardRemoved, ErrorCode::kNationalUnreachable,
                                  ErrorCode::kCertificateExpired, ErrorCode::kDeskGone};

std::string Text(std::uint64_t number) {
  return std::to_string(number);
}

// The keyed hash of one thing of one patient: made up, but the same whenever the patient comes.
std::string HashOf(std::uint64_t patient, std::uint64_t thing, sys_days day) {
  const auto epoch = static_cast<std::uint64_t>(day.time_since_epoch() / kKeyLives);
  Chance key(epoch * 977 + 5);
  const std::string id = key.Hex(8);
  Chance hash((patient * 8 + thing) * 1'000'003 + epoch);
  return id + ":" + hash.Hex(64);
}

std::string AddressOf(std::size_t desk) {
  return "192.0.2." + Text(10 + desk);
}

int ChecksOf(sys_days day) {
  const std::chrono::weekday weekday(day);
  if (weekday == std::chrono::Sunday) return kChecksOfWeekday / 100;
  return weekday == std::chrono::Saturday ? kChecksOfWeekday / 2 : kChecksOfWeekday;
}

}  // namespace

std::uint64_t Chance::Next() {
  std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

std::string Chance::Hex(std::size_t digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(digits, '0');
  std::uint64_t left = 0;
  for (std::size_t i = 0; i < digits; ++i, left >>= 4U) {
    if (i % 16 == 0) left = Next();
    text[i] = kDigits[left & 15U];
  }
  return text;
}

std::string Chance::Uuid() {
  std::string text = Hex(36);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text[dash] = '-';
  text[14] = '4';
  text[19] = 'a';
  return text;
}

std::string JapanTime(std::int64_t microseconds) {
  const std::int64_t here = microseconds + kJapanUs;
  const std::int64_t of_day = here % (86'400 * kSecondUs);
  const std::chrono::year_month_day date(sys_days(days(here / (86'400 * kSecondUs))));
  const std::int64_t seconds = of_day / kSecondUs;
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06d+09:00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                static_cast<int>(of_day % kSecondUs));
  return text;
}

TrailDays::TrailDays(std::uint64_t seed, sys_days first_day, std::vector<DeskOfRows> desks, std::int64_t first_sequence)
    : chance_(seed), day_(first_day), desks_(std::move(desks)), sequence_(first_sequence) {
  for (int i = static_cast<int>(desks_.size()); i < kDesksOfRows; ++i) {
    char account[16];
    std::snprintf(account, sizeof account, "W%07d", i + 1);
    desks_.push_back({chance_.Uuid(), account});
  }
}

const std::vector<Row>& TrailDays::Next() {
  rows_.clear();
  Morning();
  const int checks = ChecksOf(day_);
  for (int hour = 0; hour < kHours; ++hour) {
    const int here = checks * kOfEachHour[static_cast<std::size_t>(hour)] / 100;
    for (int i = 0; i < here; ++i) Check(At(kOpens + hour, static_cast<int>(chance_.Below(60))));
  }
  Evening();
  std::stable_sort(rows_.begin(), rows_.end(),
                   [](const Row& one, const Row& other) { return one.recorded_us < other.recorded_us; });
  for (Row& row : rows_) {
    row[Column::kSequence] = std::to_string(sequence_++);
    row[Column::kRecordedAt] = JapanTime(row.recorded_us);
  }
  day_ += days(1);
  return rows_;
}

std::int64_t TrailDays::At(int hour, int minute) {
  const std::int64_t midnight = std::int64_t{day_.time_since_epoch().count()} * 86'400 * kSecondUs - kJapanUs;
  return midnight + (hour * 3600 + minute * 60) * kSecondUs + static_cast<std::int64_t>(chance_.Below(60 * kSecondUs));
}

Row TrailDays::NewRow(const char* action, std::int64_t at_us) {
  Row row;
  row.recorded_us = at_us;
  row[Column::kRecordId] = chance_.Uuid();
  row[Column::kAction] = action;
  row[Column::kOwner] = "madoguchi-1";
  row[Column::kCode] = "0";
  row[Column::kClockState] = "synchronised";
  return row;
}

Row TrailDays::AtDesk(const char* action, std::int64_t at_us, const DeskOfRows& desk) {
  Row row = NewRow(action, at_us);
  row[Column::kInstitutionCode] = kInstitution;
  row[Column::kDeskId] = desk.desk_id;
  row[Column::kAccountId] = desk.account_id;
  row[Column::kSourceAddress] = AddressOf(static_cast<std::size_t>(&desk - desks_.data()));
  return row;
}

void TrailDays::Morning() {
  rows_.push_back(NewRow(audit::action::kAppStarted, At(6, 0)));
  for (const DeskOfRows& desk : desks_) {
    Row row = AtDesk(audit::action::kAccountLoggedIn, At(kOpens - 1, 30), desk);
    row[Column::kActor] = "desk";
    row[Column::kRole] = "desk";
    row[Column::kAuthentication] = "password";
    rows_.push_back(row);
    row = AtDesk(audit::action::kAccountOperatorSignedIn, row.recorded_us + 20 * kSecondUs, desk);
    row[Column::kOperatorCode] = Text(101 + chance_.Below(kOperators));
    row[Column::kActor] = row[Column::kOperatorCode];
    row[Column::kRole] = "operator";
    row[Column::kAuthentication] = "pin";
    rows_.push_back(std::move(row));
  }
}

void TrailDays::Check(std::int64_t at_us) {
  const std::uint64_t patient = chance_.Below(kPatientsOfRows);
  const std::uint64_t kind = chance_.Below(100);
  const bool by_number = kind < 8, by_sight = !by_number && kind < 33;
  const bool answered = !chance_.Percent(3);
  const bool has_chart = chance_.Percent(80);
  Row intent = AtDesk(audit::action::kCheckIntent, at_us, desks_[chance_.Below(desks_.size())]);
  intent[Column::kPressId] = chance_.Uuid();
  intent[Column::kEpoch] = "1";
  intent[Column::kMethod] = by_number ? "number" : by_sight ? "sight" : "pin";
  if (!by_number) intent[Column::kCardHash] = HashOf(patient, 0, day_);
  if (by_sight) {
    intent[Column::kPresenter] = "holder";
    intent[Column::kPhotoCheck] = "compared";
  }
  if (by_number) intent[Column::kInquiryReason] = "card_forgotten";
  if (has_chart) intent[Column::kPatientHash] = HashOf(patient, 1, day_);
  intent[Column::kOperatorCode] = Text(101 + chance_.Below(kOperators));
  intent[Column::kActor] = intent[Column::kOperatorCode];
  intent[Column::kRole] = "operator";
  intent[Column::kAuthentication] = "certificate";
  intent[Column::kInquiryId] = chance_.Hex(20);
  intent[Column::kTraceId] = chance_.Hex(32);

  Row outcome = intent;
  const std::uint64_t card = by_number ? 0 : 300'000 + chance_.Below(900'000),
                      national = 200'000 + chance_.Below(800'000);
  outcome.recorded_us += static_cast<std::int64_t>(card + national + 8'000);
  outcome[Column::kRecordId] = chance_.Uuid();
  outcome[Column::kAction] = audit::action::kCheckOutcome;
  outcome[Column::kCardTrips] = by_number ? "0" : by_sight ? "2" : "1";
  outcome[Column::kCardUs] = Text(card);
  outcome[Column::kNationalUs] = Text(national);
  outcome[Column::kTotalUs] = Text(card + national + 8'000);
  outcome[Column::kResults] = answered ? "1" : "0";
  if (answered) {
    outcome[Column::kInsuranceHash] = HashOf(patient, 2, day_);
    outcome[Column::kSegmentOfResultCode] = "1";
    outcome[Column::kProcessingStatusCode] = "1";
    outcome[Column::kValidityCode] = chance_.Percent(98) ? "1" : "2";
  } else {
    outcome[Column::kCode] = std::to_string(static_cast<int>(kRefusals[chance_.Below(kRefusals.size())]));
  }
  const std::int64_t ended_us = outcome.recorded_us;
  rows_.push_back(std::move(intent));
  rows_.push_back(outcome);
  if (answered) WhatFollows(outcome, ended_us);
}

void TrailDays::WhatFollows(const Row& outcome, std::int64_t at_us) {
  const auto of_press = [&](const char* action, std::int64_t later_us) {
    Row row = NewRow(action, at_us + later_us);
    for (const Column same : {Column::kInstitutionCode, Column::kDeskId, Column::kAccountId, Column::kPressId,
                              Column::kOperatorCode, Column::kActor, Column::kRole, Column::kTraceId}) {
      row[same] = outcome[same];
    }
    return row;
  };
  const std::uint64_t seconds = 3 + chance_.Below(90);
  Row shown = of_press(audit::action::kDeskResultShown, 30'000);
  shown[Column::kShown] = "insurance,notes";
  rows_.push_back(std::move(shown));
  Row closed = of_press(audit::action::kDeskResultClosed, static_cast<std::int64_t>(seconds) * kSecondUs);
  closed[Column::kSeconds] = Text(seconds);
  closed[Column::kDetail] = seconds > 80 ? "idle" : "key";
  rows_.push_back(std::move(closed));
  if (!chance_.Percent(60)) return;
  Row handed = of_press(audit::action::kHandoffDelivered, static_cast<std::int64_t>(chance_.Below(900'000)));
  handed[Column::kActor] = "server";
  handed[Column::kRole] = "server";
  handed[Column::kFileName] = "OQSsihvd01res_" + chance_.Hex(24) + ".xml";
  handed[Column::kFileSha256] = chance_.Hex(64);
  handed[Column::kDestination] = "oqs_folder";
  rows_.push_back(std::move(handed));
}

void TrailDays::Evening() {
  for (const char* action : {audit::action::kConsoleLoggedIn, audit::action::kAuditSearched,
                             audit::action::kAuditReportMade, audit::action::kConsoleLoggedOut}) {
    Row row = NewRow(action, At(19, static_cast<int>(chance_.Below(60))));
    row[Column::kActor] = "auditor-" + Text(1 + chance_.Below(3)) + "@example.jp";
    row[Column::kRole] = "auditor";
    row[Column::kAuthentication] = "password+totp";
    row[Column::kSourceAddress] = AddressOf(100);
    rows_.push_back(std::move(row));
  }
  if (!chance_.Percent(5)) return;
  Row unlocked = NewRow(audit::action::kAccountUnlocked, At(20, 0));
  unlocked[Column::kAccountId] = desks_[chance_.Below(desks_.size())].account_id;
  unlocked[Column::kActor] = "kanri@example.jp";
  unlocked[Column::kRole] = "administrator";
  rows_.push_back(std::move(unlocked));
}

}  // namespace madoguchi::bench
