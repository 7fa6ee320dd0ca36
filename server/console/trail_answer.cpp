// SPDX-License-Identifier: Apache-2.0
#include "server/console/trail_answer.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdlib>

#include "contract/error.h"
#include "contract/trail_events.h"
#include "server/audit/watched_acts.h"

namespace madoguchi::console {
namespace {

using google::protobuf::FieldDescriptor;

std::int64_t NumberOf(const std::string& text) {
  return std::strtoll(text.c_str(), nullptr, 10);
}

// The fields of a row have the names of the message's.
void Set(v1::TrailEntry& entry, const FieldDescriptor& field, const std::string& text) {
  const auto& reflection = *v1::TrailEntry::GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&entry, &field, static_cast<std::int32_t>(NumberOf(text)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&entry, &field,
                                  static_cast<std::uint32_t>(std::max<std::int64_t>(NumberOf(text), 0)));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&entry, &field, NumberOf(text));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&entry, &field, !text.empty());
    default:
      return reflection.SetString(&entry, &field, text);
  }
}

// Sets event_ja and event_en of a message that has them.
template <class Message>
void FillEventNames(const std::string& word, Message& message) {
  const audit::TrailEvent* event = audit::FindTrailEvent(word);
  if (event == nullptr) return;
  message.set_event_ja(std::string(event->ja));
  message.set_event_en(std::string(event->en));
}

void FillDay(const audit::TrailReport::Day& line, v1::DeskDay& day) {
  day.set_day(line.day);
  day.set_desk_id(line.desk_id);
  day.set_desk_name(line.desk_name);
  day.set_checks(line.checks);
  day.set_answered(line.answered);
}

}  // namespace

void FillEntry(const audit::ReviewRow& row, v1::TrailEntry& entry) {
  for (std::size_t at = 0; at < audit::kFields; ++at) {
    const FieldDescriptor* field = v1::TrailEntry::descriptor()->FindFieldByName(std::string(audit::kFieldNames[at]));
    if (field != nullptr && !row.values[at].empty()) Set(entry, *field, row.values[at]);
  }
  FillEventNames(entry.event(), entry);
  const std::optional<ErrorCode> code = FindErrorCode(entry.code());
  if (entry.code() == 0 || !code) return;
  entry.set_code_text_ja(std::string(Describe(*code).what_ja));
  entry.set_code_text_en(std::string(Describe(*code).what_en));
}

void FillRight(const audit::Right& right, v1::Right& message) {
  message.set_kind(right.kind);
  message.set_who(right.who);
  message.set_name(right.name);
  message.set_right(right.right);
  message.set_institution_codes(right.institution_codes);
  message.set_at_desk(right.at_desk);
  message.set_since(right.since);
  message.set_given_by(right.given_by);
  message.set_sequence(right.sequence);
  message.set_before_trail(right.before_trail);
}

void FillReport(const audit::ReportWish& wish, const audit::TrailReport& report, const std::string& made_by,
                v1::MakeTrailReportResponse& response) {
  response.set_month(wish.month);
  response.set_made_at(report.made_at);
  response.set_made_by(made_by);
  response.set_checks(report.checks);
  response.set_answered(report.answered);
  response.set_by_pin(report.by_pin);
  response.set_by_sight(report.by_sight);
  response.set_by_number(report.by_number);
  response.set_open_from(wish.open_from);
  response.set_open_until(wish.open_until);
  for (const unsigned day : wish.closed_days) response.add_closed_days(day);
  response.set_burst(wish.burst);
  response.set_cut(report.cut);
  response.set_without_outcome(report.without_outcome);
  for (const auto& line : report.desks) FillDay(line, *response.add_desks());
  for (const auto& line : report.days) FillDay(line, *response.add_days());
  for (const auto& line : report.failures) {
    v1::FailureCount& failure = *response.add_failures();
    failure.set_code(line.code);
    failure.set_count(line.count);
    failure.set_not_begun(line.not_begun);
    const std::optional<ErrorCode> code = FindErrorCode(line.code);
    if (!code) continue;
    failure.set_text_ja(std::string(Describe(*code).what_ja));
    failure.set_text_en(std::string(Describe(*code).what_en));
  }
  for (const auto& line : report.out_of_hours) {
    v1::OutOfHours& late = *response.add_out_of_hours();
    late.set_day(line.day);
    late.set_desk_id(line.desk_id);
    late.set_desk_name(line.desk_name);
    late.set_operator_code(line.operator_code);
    late.set_checks(line.checks);
    late.set_first_at(line.first_at);
    late.set_last_at(line.last_at);
  }
  for (const auto& line : report.bursts) {
    v1::Burst& burst = *response.add_bursts();
    burst.set_minute(line.minute);
    burst.set_operator_code(line.operator_code);
    burst.set_desk_id(line.desk_id);
    burst.set_desk_name(line.desk_name);
    burst.set_checks(line.checks);
  }
  for (const auto& line : report.acts) {
    v1::ActCount& act = *response.add_acts();
    act.set_event(line.event);
    FillEventNames(line.event, act);
    act.set_who(line.who);
    act.set_count(line.count);
    act.set_last_at(line.last_at);
    act.set_kind(std::string(audit::WatchedKind(line.event)));
  }
  for (const auto& line : report.operators) {
    v1::OperatorUse& use = *response.add_operators();
    use.set_operator_code(line.operator_code);
    use.set_checks(line.checks);
    use.set_by_number(line.by_number);
    use.set_by_sight(line.by_sight);
    use.set_sight_timed(line.sight_timed);
    use.set_sight_under_two_seconds(line.sight_under_two_seconds);
    use.set_without_patient_number(line.without_patient_number);
    use.set_refused(line.refused);
  }
}

std::string MarkDetail(const audit::TreeSpan& span) {
  return "size=" + std::to_string(span.size) + " from=" + span.from + " to=" + span.to;
}

std::int64_t MarkedSize(const audit::ReviewMark& mark) {
  return NumberOf(audit::DetailValue(mark.detail, "size"));
}

void FillReview(const audit::ReviewMark& mark, v1::Review& review) {
  review.set_at(mark.at);
  review.set_by(mark.by);
  review.set_size(MarkedSize(mark));
  review.set_from(audit::DetailValue(mark.detail, "from"));
  review.set_to(audit::DetailValue(mark.detail, "to"));
  review.set_institution_code(mark.institution_code);
  review.set_sequence(mark.sequence);
}

std::int64_t ReviewedTo(const std::vector<audit::ReviewMark>& marks,
                        const std::vector<std::string>& institution_codes) {
  std::int64_t to = 0;
  for (const audit::ReviewMark& mark : marks) {
    const bool counts = mark.institution_code.empty() ||
                        (institution_codes.size() == 1 && institution_codes.front() == mark.institution_code);
    if (counts) to = std::max(to, MarkedSize(mark));
  }
  return to;
}

}  // namespace madoguchi::console
