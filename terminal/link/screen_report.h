// SPDX-License-Identifier: Apache-2.0
// What this desk's screen did with a result, as the agent tells it: for the trail. Values. Source:
// proto/madoguchi/v1/screen_report.proto; the numbers of the enumerations are the same.
#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

#include "contract/bytes.h"

namespace madoguchi::link {

// Reports that wait for the server; when there are more, the newest are lost and the log says so.
inline constexpr std::size_t kReportsKeptMax = 16;
inline constexpr std::chrono::seconds kReportTakenWithin{10};   // then it is sent again
inline constexpr std::chrono::seconds kOnScreenMax{24 * 3600};  // the most a report says; the server takes no more

enum class ScreenAct : std::uint8_t { kShown = 1, kClosed = 2, kCopied = 3, kPrinted = 4, kLocked = 5, kUnlocked = 6 };
enum class ResultBlock : std::uint8_t {
  kOutcome = 1,
  kSearch = 2,
  kInsurance = 3,
  kBackOfCard = 4,
  kElderly = 5,
  kLimit = 6,
  kSpecificDiseases = 7,
  kTickets = 8
};
enum class ScreenForm : std::uint8_t { kNone = 0, kText = 1, kJson = 2, kPage = 3 };
enum class ScreenEnd : std::uint8_t { kNone = 0, kKey = 1, kIdle = 2, kNextPatient = 3, kProgram = 4, kLock = 5 };

struct ScreenReport {
  Bytes press_id;  // empty: the screen was locked or unlocked
  ScreenAct act = ScreenAct::kShown;
  std::vector<ResultBlock> blocks = {};
  ScreenForm form = ScreenForm::kNone;
  ScreenEnd end = ScreenEnd::kNone;
  bool again = false;             // a closed result was shown again
  std::chrono::seconds shown{0};  // kClosed: how long it stood on the screen
};

}  // namespace madoguchi::link
