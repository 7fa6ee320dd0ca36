// SPDX-License-Identifier: Apache-2.0
#include "server/store/tree_rows.h"

#include "server/audit/row_line.h"

namespace madoguchi::store {

const std::string& TreeColumns() {
  static const std::string columns = [] {
    std::string list;
    for (const audit::RowColumn& column : audit::kRowColumns) {
      list += list.empty() ? "" : ", ";
      if (column.name == "recorded_at") {
        list += std::string("to_char(audit_event.recorded_at AT TIME ZONE 'Asia/Tokyo', '") + audit::kRecordedAtForm +
                "') AS recorded_at";
      } else {
        list += "audit_event." + std::string(column.name);
      }
    }
    return list;
  }();
  return columns;
}

LeafTimes TimesOfLeaves(pqxx::work& transaction, std::int64_t begin, std::int64_t end) {
  const pqxx::row row = transaction.exec_params1(
      "SELECT coalesce(min(recorded_at)::text, ''), coalesce(max(recorded_at)::text, '') FROM trail_leaf "
      "WHERE leaf_index >= $1 AND leaf_index < $2",
      begin, end);
  return {row[0].c_str(), row[1].c_str()};
}

std::string TreeLine(const pqxx::row& row, pqxx::row_size_type first) {
  audit::RowValues values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const pqxx::field field = row[first + static_cast<pqxx::row_size_type>(i)];
    if (!field.is_null()) values[i] = std::string_view(field.c_str(), field.size());
  }
  return audit::RowLine(values);
}

}  // namespace madoguchi::store
