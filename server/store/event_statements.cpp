// SPDX-License-Identifier: Apache-2.0
#include "server/store/event_statements.h"

#include <algorithm>
#include <array>

#include "contract/crypto/random.h"
#include "server/audit/clock_state.h"
#include "server/audit/event.h"
#include "server/audit/origin.h"
#include "server/store/array_literal.h"

namespace madoguchi::store {
namespace {

using audit::Event;

constexpr char kEvent[] = "trail_event";
constexpr char kEventSql[] = R"(
  INSERT INTO audit_event (record_id, action, owner, desk_id, press_id, code, detail, account_id, institution_code, actor, role,
                           authentication, operator_code, inquiry_id, shown, seconds, file_name, file_sha256, destination, source_address,
                           trace_id, clock_state)
  SELECT record_id, action, $1, NULLIF(asked.desk_id, '')::uuid, NULLIF(press_id, '')::uuid, code::int, NULLIF(detail, ''),
         coalesce(NULLIF(account_id, ''),
                  (SELECT press.account_id FROM press WHERE press.press_id = NULLIF(asked.press_id, '')::uuid
                     AND press.desk_id = NULLIF(asked.desk_id, '')::uuid)),
         coalesce(NULLIF(institution_code, ''),
                  (SELECT press.institution_code FROM press WHERE press.press_id = NULLIF(asked.press_id, '')::uuid
                     AND press.desk_id = NULLIF(asked.desk_id, '')::uuid)),
         NULLIF(actor, ''),
         CASE WHEN sign_in.staff_code IS NOT NULL THEN 'operator' ELSE NULLIF(role, '') END,
         NULLIF(authentication || CASE WHEN sign_in.staff_code IS NOT NULL THEN '+pin' ELSE '' END, ''),
         coalesce(NULLIF(operator_code, ''), sign_in.staff_code), NULLIF(inquiry_id, ''), NULLIF(shown, ''), NULLIF(seconds, '')::int,
         NULLIF(file_name, ''), NULLIF(file_sha256, ''), NULLIF(destination, ''), NULLIF(source_address, ''), NULLIF(trace_id, ''), $2
  FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
              $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[],
              $22::text[])
    AS asked(record_id, action, desk_id, press_id, code, detail, account_id, institution_code, actor, role, authentication,
             operator_code, inquiry_id, shown, seconds, file_name, file_sha256, destination, source_address, trace_id)
  LEFT JOIN operator_sign_in AS sign_in ON asked.role = 'desk' AND asked.operator_code = '' AND sign_in.desk_id::text = asked.desk_id
    AND sign_in.last_used_at > clock_timestamp() - make_interval(secs => sign_in.idle_seconds))";

constexpr std::size_t kColumns = 20;

std::array<std::string, kColumns> TextsOf(const EventRow& row) {
  const Event& event = *row.event;
  const auto word = [](const std::string& text) { return TrailText(text, kTrailWordBytesMax); };
  return {row.record_id,
          word(event.action),
          event.desk_id,
          event.press_id ? UuidText(*event.press_id) : std::string{},
          std::to_string(event.code),
          TrailText(event.detail, audit::kDetailBytesMax),
          word(event.account_id),
          word(event.institution_code),
          word(event.actor),
          word(event.role),
          word(event.authentication),
          word(event.operator_code),
          word(event.inquiry_id),
          TrailText(event.shown, audit::kDetailBytesMax),
          event.seconds ? std::to_string(*event.seconds) : std::string{},
          word(event.file_name),
          word(event.file_sha256),
          word(event.destination),
          word(event.source_address),
          word(event.trace_id)};
}

// The parameters of the statement, in their order.
std::vector<std::string> Parameters(const std::vector<EventRow>& rows, const std::string& owner) {
  std::array<ArrayLiteral, kColumns> columns;
  for (const EventRow& row : rows) {
    const auto texts = TextsOf(row);
    for (std::size_t i = 0; i < kColumns; ++i) columns[i].Add(texts[i]);
  }
  std::vector<std::string> parameters = {owner, std::string(audit::ClockState())};
  for (const ArrayLiteral& column : columns) parameters.push_back(column.Text());
  return parameters;
}

}  // namespace

std::string TrailText(std::string_view text, std::size_t bytes_max) {
  std::size_t end = std::min(text.size(), bytes_max);
  // PostgreSQL refuses half a character.
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string fit(text.substr(0, end));
  std::replace_if(
      fit.begin(), fit.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return fit;
}

void PrepareEventStatement(pqxx::connection& connection) {
  connection.prepare(kEvent, kEventSql);
}

void WriteEvents(pqxx::work& transaction, const std::vector<EventRow>& rows, const std::string& owner) {
  if (rows.empty()) return;
  const std::vector<std::string> parameters = Parameters(rows, owner);
  transaction.exec_prepared(kEvent, pqxx::prepare::make_dynamic_params(parameters));
}

void WriteEvent(pqxx::work& transaction, const Event& event, const std::string& owner) {
  WriteEventAs(transaction, UuidText(crypto::NewUuid()), event, owner);
}

void WriteEventAs(pqxx::work& transaction, const std::string& record_id, const Event& event, const std::string& owner) {
  const Event whole = audit::WithOrigin(event);
  const std::vector<std::string> parameters = Parameters({{record_id, &whole}}, owner);
  transaction.exec_params(kEventSql, pqxx::prepare::make_dynamic_params(parameters));
}

}  // namespace madoguchi::store
