// SPDX-License-Identifier: Apache-2.0
// The line of a row: what the tree hashes, what is exported, what a second sink receives. One JSON object without line
// break; its members are the columns of audit_event in the order in which the migrations brought them, so that a column
// that is added later changes no older line. Pure; Thread: any. The format is told to auditors in docs/trail.md.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace madoguchi::audit {

inline constexpr std::size_t kRowLineBytesMax = 65535;

struct RowColumn {
  std::string_view name;  // of audit_event and of the member
  bool number = false;    // written bare
};
// A new column of audit_event goes behind the last one; none is ever moved, renamed or removed.
inline constexpr std::array kRowColumns = {
    RowColumn{"sequence", true},
    RowColumn{"recorded_at"},  // "2026-11-23T20:15:01.123456+09:00": Japan's time, always six digits
    RowColumn{"record_id"},
    RowColumn{"action"},
    RowColumn{"owner"},
    RowColumn{"institution_code"},
    RowColumn{"desk_id"},
    RowColumn{"account_id"},
    RowColumn{"press_id"},
    RowColumn{"epoch", true},
    RowColumn{"method"},
    RowColumn{"card_hash"},
    RowColumn{"insurance_hash"},
    RowColumn{"code", true},
    RowColumn{"segment_of_result_code"},
    RowColumn{"processing_status_code"},
    RowColumn{"processing_code"},
    RowColumn{"validity_code"},
    RowColumn{"results", true},
    RowColumn{"card_trips", true},
    RowColumn{"card_us", true},
    RowColumn{"national_us", true},
    RowColumn{"total_us", true},
    RowColumn{"detail"},
    RowColumn{"operator_code"},
    RowColumn{"actor"},
    RowColumn{"presenter"},
    RowColumn{"photo_check"},
    RowColumn{"inquiry_reason"},
    RowColumn{"patient_hash"},
    RowColumn{"role"},
    RowColumn{"authentication"},
    RowColumn{"inquiry_id"},
    RowColumn{"shown"},
    RowColumn{"seconds", true},
    RowColumn{"file_name"},
    RowColumn{"file_sha256"},
    RowColumn{"destination"},
    RowColumn{"source_address"},
    RowColumn{"trace_id"},
    RowColumn{"clock_state"},
};
// How PostgreSQL's to_char writes recorded_at AT TIME ZONE 'Asia/Tokyo' as its member.
inline constexpr char kRecordedAtForm[] = R"(YYYY-MM-DD"T"HH24:MI:SS.US"+09:00")";

// As kRowColumns; nothing: the column is NULL and its member is left out. Texts are UTF-8, numbers their digits.
// Precondition: sequence and recorded_at are there.
using RowValues = std::array<std::optional<std::string_view>, kRowColumns.size()>;

// A row whose line would be longer than kRowLineBytesMax, which no program of ours writes, does not stop the tree: its
// line is its first three members and "whole_sha256", of the line it would have had.
std::string RowLine(const RowValues& values);

}  // namespace madoguchi::audit
