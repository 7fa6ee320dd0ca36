// SPDX-License-Identifier: Apache-2.0
#include "server/desk/screen_wire.h"

#include <set>

#include "server/audit/event.h"
#include "server/desk/press_wire.h"

namespace madoguchi::desk {
namespace {

Error Nonsense(const char* why) {
  return {ErrorCode::kMessageInvalid, why, {}};
}

const char* ActionOf(v1::ScreenAct act) {
  switch (act) {
    case v1::RESULT_SHOWN:
      return audit::action::kDeskResultShown;
    case v1::RESULT_CLOSED:
      return audit::action::kDeskResultClosed;
    case v1::RESULT_COPIED:
      return audit::action::kDeskResultCopied;
    case v1::RESULT_PRINTED:
      return audit::action::kDeskResultPrinted;
    case v1::SCREEN_LOCKED:
      return audit::action::kDeskLocked;
    case v1::SCREEN_UNLOCKED:
      return audit::action::kDeskUnlocked;
    default:
      return nullptr;
  }
}

const char* WordOf(int block) {
  switch (block) {
    case v1::BLOCK_OUTCOME:
      return "outcome";
    case v1::BLOCK_SEARCH:
      return "search";
    case v1::BLOCK_INSURANCE:
      return "insurance";
    case v1::BLOCK_BACK_OF_CARD:
      return "back_of_card";
    case v1::BLOCK_ELDERLY:
      return "elderly";
    case v1::BLOCK_LIMIT:
      return "limit";
    case v1::BLOCK_SPECIFIC_DISEASES:
      return "specific_diseases";
    case v1::BLOCK_TICKETS:
      return "tickets";
    default:
      return nullptr;
  }
}

const char* WordOf(v1::ScreenForm form) {
  switch (form) {
    case v1::FORM_TEXT:
      return "text";
    case v1::FORM_JSON:
      return "json";
    case v1::FORM_PAGE:
      return "page";
    default:
      return nullptr;
  }
}

const char* WordOf(v1::ScreenEnd end) {
  switch (end) {
    case v1::END_BY_KEY:
      return "key";
    case v1::END_BY_IDLE:
      return "idle";
    case v1::END_BY_NEXT_PATIENT:
      return "next_patient";
    case v1::END_BY_PROGRAM:
      return "program";
    case v1::END_BY_LOCK:
      return "lock";
    default:
      return nullptr;
  }
}

// What belongs to the act is there, and nothing else.
const char* Misfit(const v1::ScreenReport& report) {
  const bool lock = report.act() == v1::SCREEN_LOCKED || report.act() == v1::SCREEN_UNLOCKED;
  const bool closed = report.act() == v1::RESULT_CLOSED;
  if (report.report_id().size() != kPressIdBytes) return "report: id";
  if (report.press_id().size() != (lock ? 0 : kPressIdBytes)) return "report: press";
  if (report.blocks().empty() != lock) return "report: blocks";
  if ((WordOf(report.form()) == nullptr) != lock) return "report: form";
  if ((WordOf(report.end()) == nullptr) == (closed || report.act() == v1::SCREEN_LOCKED)) return "report: end";
  if (report.again() && report.act() != v1::RESULT_SHOWN) return "report: again";
  if (report.seconds() > (closed ? kOnScreenMax.count() : 0)) return "report: seconds";
  return nullptr;
}

void Add(std::string& list, const std::string& word, const char* between) {
  list += (list.empty() ? "" : between) + word;
}

}  // namespace

Result<audit::Event> ReadScreenReport(const v1::ScreenReport& report, const std::string& desk_id) {
  audit::Event event;
  const char* const action = ActionOf(report.act());
  if (action == nullptr) return Nonsense("report: act");
  if (const char* const misfit = Misfit(report)) return Nonsense(misfit);
  event.action = action;
  event.desk_id = desk_id;
  event.actor = "desk";
  if (!report.press_id().empty()) event.press_id = Bytes(report.press_id().begin(), report.press_id().end());
  std::set<int> seen;
  for (const int block : report.blocks()) {
    const char* const word = WordOf(block);
    if (word == nullptr || !seen.insert(block).second) return Nonsense("report: blocks");
    Add(event.shown, word, ",");
  }
  if (report.act() == v1::RESULT_CLOSED) event.seconds = static_cast<int>(report.seconds());
  if (const char* const form = WordOf(report.form())) Add(event.detail, std::string("form=") + form, " ");
  if (const char* const end = WordOf(report.end())) Add(event.detail, std::string("by=") + end, " ");
  if (report.again()) Add(event.detail, "again", " ");
  if (const std::chrono::milliseconds ago(report.ago_ms()); ago >= kReportToldLate)
    Add(event.detail, "late_s=" + std::to_string(ago.count() / 1000), " ");
  return event;
}

}  // namespace madoguchi::desk
