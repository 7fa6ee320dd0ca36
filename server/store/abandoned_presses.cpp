// SPDX-License-Identifier: Apache-2.0
#include "server/store/abandoned_presses.h"

#include "server/audit/clock_state.h"
#include "server/audit/event.h"

namespace madoguchi::store {
namespace {

// The epoch rises with it: whoever still works on the press is told PRESS_TAKEN_OVER. A press whose newest epoch has an
// outcome already (its desk was lost) only ends.
constexpr char kEndSql[] = R"(
  WITH abandoned AS (
    SELECT press_id, outcome_epoch IS DISTINCT FROM epoch AS unpaired FROM press
    WHERE ended_at IS NULL AND worked_on_at < now() - make_interval(secs => $1)
    ORDER BY worked_on_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ), ended AS (
    UPDATE press SET ended_at = clock_timestamp(), outcome_epoch = press.epoch + unpaired::int, epoch = press.epoch + unpaired::int
    FROM abandoned WHERE press.press_id = abandoned.press_id
    RETURNING press.*, abandoned.unpaired
  ), recorded AS (
    INSERT INTO audit_event (record_id, action, owner, institution_code, desk_id, account_id, press_id, epoch, method, card_hash, code,
                             operator_code, presenter, photo_check, inquiry_reason, patient_hash, actor, role, trace_id, inquiry_id,
                             clock_state)
    SELECT gen_random_uuid(), $3, $4, institution_code, desk_id, account_id, press_id, epoch, method, card_hash, $5,
           operator_code, presenter, photo_check, inquiry_reason, patient_hash, 'server', 'server', trace_id, inquiry_id, $6
    FROM ended WHERE unpaired
  )
  SELECT count(*) FROM ended)";

}  // namespace

Result<bool> EndAbandonedPresses(PgPool& pool, const std::string& owner, Deadline deadline) {
  return pool.Run(deadline, [&](pqxx::work& transaction) -> Result<bool> {
    const pqxx::result ended = transaction.exec_params(
        kEndSql, static_cast<int>(kPressAbandonedAfter.count()), kAbandonedPerRound, audit::action::kCheckOutcome,
        owner, static_cast<int>(ErrorCode::kCheckAbandoned), std::string(audit::ClockState()));
    return ended[0][0].as<int>() < kAbandonedPerRound;
  });
}

}  // namespace madoguchi::store
