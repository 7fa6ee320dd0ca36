// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/kept_reports.h"

#include <algorithm>

#include "contract/crypto/random.h"

namespace madoguchi::link {
namespace {

static_assert(static_cast<int>(ScreenAct::kShown) == v1::RESULT_SHOWN &&
              static_cast<int>(ScreenAct::kClosed) == v1::RESULT_CLOSED &&
              static_cast<int>(ScreenAct::kCopied) == v1::RESULT_COPIED &&
              static_cast<int>(ScreenAct::kPrinted) == v1::RESULT_PRINTED &&
              static_cast<int>(ScreenAct::kLocked) == v1::SCREEN_LOCKED &&
              static_cast<int>(ScreenAct::kUnlocked) == v1::SCREEN_UNLOCKED);
static_assert(static_cast<int>(ResultBlock::kOutcome) == v1::BLOCK_OUTCOME &&
              static_cast<int>(ResultBlock::kSearch) == v1::BLOCK_SEARCH &&
              static_cast<int>(ResultBlock::kInsurance) == v1::BLOCK_INSURANCE &&
              static_cast<int>(ResultBlock::kBackOfCard) == v1::BLOCK_BACK_OF_CARD &&
              static_cast<int>(ResultBlock::kElderly) == v1::BLOCK_ELDERLY &&
              static_cast<int>(ResultBlock::kLimit) == v1::BLOCK_LIMIT &&
              static_cast<int>(ResultBlock::kSpecificDiseases) == v1::BLOCK_SPECIFIC_DISEASES &&
              static_cast<int>(ResultBlock::kTickets) == v1::BLOCK_TICKETS);
static_assert(static_cast<int>(ScreenForm::kText) == v1::FORM_TEXT &&
              static_cast<int>(ScreenForm::kJson) == v1::FORM_JSON &&
              static_cast<int>(ScreenForm::kPage) == v1::FORM_PAGE);
static_assert(static_cast<int>(ScreenEnd::kKey) == v1::END_BY_KEY &&
              static_cast<int>(ScreenEnd::kIdle) == v1::END_BY_IDLE &&
              static_cast<int>(ScreenEnd::kNextPatient) == v1::END_BY_NEXT_PATIENT &&
              static_cast<int>(ScreenEnd::kProgram) == v1::END_BY_PROGRAM &&
              static_cast<int>(ScreenEnd::kLock) == v1::END_BY_LOCK);

}  // namespace

bool KeptReports::Add(const ScreenReport& report, TimePoint now) {
  if (kept_.size() >= kReportsKeptMax) return false;
  v1::ScreenReport message;
  message.set_report_id(std::string(AsText(crypto::NewUuid())));
  message.set_press_id(std::string(AsText(report.press_id)));
  message.set_act(static_cast<v1::ScreenAct>(report.act));
  for (const ResultBlock block : report.blocks) message.add_blocks(static_cast<v1::ResultBlock>(block));
  message.set_form(static_cast<v1::ScreenForm>(report.form));
  message.set_end(static_cast<v1::ScreenEnd>(report.end));
  message.set_again(report.again);
  message.set_seconds(static_cast<std::uint32_t>(std::min(report.shown, kOnScreenMax).count()));
  kept_.push_back({std::move(message), now, now});
  return true;
}

void KeptReports::Taken(const std::string& report_id) {
  std::erase_if(kept_, [&report_id](const Kept& kept) { return kept.message.report_id() == report_id; });
}

void KeptReports::StreamClosed() {
  for (Kept& kept : kept_) kept.due = kept.happened;
}

std::optional<v1::ScreenReport> KeptReports::TakeDue(TimePoint now) {
  if (now < NextDue()) return std::nullopt;
  Kept& next = kept_.front();
  next.due = now + kReportTakenWithin;
  const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(now - next.happened).count();
  next.message.set_ago_ms(static_cast<std::uint32_t>(std::clamp<std::int64_t>(ago, 0, UINT32_MAX)));
  return next.message;
}

KeptReports::TimePoint KeptReports::NextDue() const {
  return kept_.empty() ? TimePoint::max() : kept_.front().due;
}

}  // namespace madoguchi::link
