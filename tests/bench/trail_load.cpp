// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/trail_load.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <tuple>
#include <vector>

#include "contract/trail/merkle.h"
#include "tests/bench/trail_days.h"
#include "tests/bench/trail_export.h"

namespace madoguchi::bench {
namespace {

using std::chrono::year_month;

// Rows of the generator belong to no transaction of this cluster: to one before all of them.
constexpr char kWrittenBy[] = "3";

year_month MonthOf(std::int64_t microseconds) {
  const std::string text = JapanTime(microseconds);
  return year_month(std::chrono::year(std::stoi(text.substr(0, 4))),
                    std::chrono::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))));
}

std::string Written(year_month month, const char* form) {
  char text[40];
  std::snprintf(text, sizeof text, form, static_cast<int>(month.year()), static_cast<unsigned>(month.month()));
  return text;
}

std::string Begin(year_month month) {
  return Written(month, "%04d-%02u-01T00:00:00+09:00");
}

// One COPY that is open for as long as rows of one table come.
class Copy {
 public:
  Copy(pqxx::work& transaction, const std::string& table, const std::vector<std::string>& columns)
      : stream_(transaction, table, columns) {}
  template <class Fields>
  void Add(const Fields& fields) {
    stream_ << fields;
  }
  void Complete() { stream_.complete(); }

 private:
  pqxx::stream_to stream_;
};

// One month's partition while its rows come: a table of its own, attached when it is full, so that its indexes are
// built once.
class Month {
 public:
  Month(const std::string& url, year_month month)
      : month_(month), name_(Written(month, "audit_event_%04d_%02u")), connection_(url), transaction_(connection_) {
    transaction_.exec("SET LOCAL maintenance_work_mem = '256MB'");
    transaction_.exec("CREATE TABLE " + name_ + " (LIKE audit_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)");
    std::vector<std::string> columns;
    for (const audit::RowColumn& column : audit::kRowColumns) columns.emplace_back(column.name);
    columns.emplace_back("written_by");
    rows_.emplace(transaction_, name_, columns);
  }
  year_month month() const { return month_; }

  void Add(const Row& row) {
    std::array<const char*, audit::kRowColumns.size() + 1> fields{};
    for (std::size_t i = 0; i < row.values.size(); ++i)
      fields[i] = row.values[i].empty() ? nullptr : row.values[i].c_str();
    fields.back() = kWrittenBy;
    rows_->Add(fields);
  }

  void Attach() {
    rows_->Complete();
    transaction_.exec("CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON " + name_ +
                      " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail()");
    transaction_.exec("ALTER TABLE audit_event ATTACH PARTITION " + name_ + " FOR VALUES FROM ('" + Begin(month_) +
                      "') TO ('" + Begin(month_ + std::chrono::months(1)) + "')");
    transaction_.commit();
  }

 private:
  const year_month month_;
  const std::string name_;
  pqxx::connection connection_;
  pqxx::work transaction_;
  std::optional<Copy> rows_;
};

void InOne(const std::string& url, const std::string& sql) {
  pqxx::connection connection(url);
  pqxx::work transaction(connection);
  transaction.exec(sql);
  transaction.commit();
}

// What 0004 calls the first partition holds no row yet: from now on it ends where ours begin.
void MakeRoom(const std::string& url, year_month first) {
  InOne(url,
        "ALTER TABLE audit_event DETACH PARTITION audit_event_first; ALTER TABLE audit_event ATTACH PARTITION "
        "audit_event_first "
        "FOR VALUES FROM (MINVALUE) TO ('" +
            Begin(first) + "')");
}

std::string LineOf(const Row& row) {
  audit::RowValues values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!row.values[i].empty()) values[i] = row.values[i];
  }
  return audit::RowLine(values);
}

using TileSink = std::function<void(const trail::Tile&)>;

// The tree beside the rows: places and full tiles by COPY, the head at the end.
class Tree {
 public:
  explicit Tree(const std::string& url)
      : leaf_connection_(url),
        tile_connection_(url),
        leaf_transaction_(leaf_connection_),
        tile_transaction_(tile_connection_),
        leaves_(leaf_transaction_, "trail_leaf", {"leaf_index", "sequence", "recorded_at"}),
        tiles_(tile_transaction_, "trail_tile", {"level", "tile", "hashes"}) {}

  void Add(const Row& row, std::string_view line, const TileSink& sink) {
    const std::string index = std::to_string(edge_.size());
    leaves_.Add(std::make_tuple(index, row[Column::kSequence], row[Column::kRecordedAt]));
    full_.clear();
    edge_.Append(trail::LeafHash(AsBytes(line)), full_);
    for (const trail::Tile& tile : full_) {
      tiles_.Add(std::make_tuple(tile.level, tile.index, "\\x" + ToHex(tile.hashes)));
      if (sink) sink(tile);
    }
  }
  const trail::Edge& Complete(const std::string& url) {
    leaves_.Complete();
    tiles_.Complete();
    leaf_transaction_.commit();
    tile_transaction_.commit();
    InOne(url, "UPDATE trail_head SET size = " + std::to_string(edge_.size()) + ", edge = '\\x" +
                   ToHex(edge_.Written()) + "', watermark = pg_snapshot_xmin(pg_current_snapshot())");
    return edge_;
  }

 private:
  pqxx::connection leaf_connection_, tile_connection_;
  pqxx::work leaf_transaction_, tile_transaction_;
  Copy leaves_, tiles_;
  trail::Edge edge_;
  std::vector<trail::Tile> full_;
};

}  // namespace

nlohmann::json Load(const LoadOrder& order) {
  const auto started = std::chrono::steady_clock::now();
  const auto days = static_cast<int>(static_cast<double>(order.rows) / kRowsPerDayAbout * 1.02) + 1;
  const std::chrono::sys_days first_day = order.last_day - std::chrono::days(days);
  TrailDays generator(order.seed, first_day);
  Tree tree(order.owner_url);
  std::unique_ptr<ExportFolder> exported;
  if (!order.export_directory.empty()) exported = std::make_unique<ExportFolder>(order.export_directory);
  const TileSink to_export = [&](const trail::Tile& tile) { exported->Add(tile); };
  std::unique_ptr<Month> month;
  std::uint64_t rows = 0, line_bytes = 0;
  int months = 0;
  while (rows < order.rows) {
    for (const Row& row : generator.Next()) {
      if (rows == order.rows) break;
      const year_month here = MonthOf(row.recorded_us);
      if (!month || month->month() != here) {
        if (!month) MakeRoom(order.owner_url, here);
        if (month) month->Attach();
        std::fprintf(stderr, "%s: %llu rows so far\n", Begin(here).substr(0, 7).c_str(),
                     static_cast<unsigned long long>(rows));
        month = std::make_unique<Month>(order.owner_url, here);
        ++months;
      }
      month->Add(row);
      const std::string line = LineOf(row);
      tree.Add(row, line, exported ? to_export : TileSink());
      if (exported) exported->Add(line);
      line_bytes += line.size();
      ++rows;
    }
  }
  if (month) month->Attach();
  const trail::Edge& edge = tree.Complete(order.owner_url);
  if (exported) exported->Complete(edge);
  InOne(order.owner_url,
        "SELECT setval(pg_get_serial_sequence('audit_event', 'sequence'), " + std::to_string(rows) + ")");
  pqxx::connection connection(order.owner_url);
  pqxx::nontransaction(connection).exec("VACUUM (ANALYZE) audit_event");
  pqxx::nontransaction(connection).exec("VACUUM (ANALYZE) trail_leaf");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  return {{"rows", rows}, {"months", months}, {"line_bytes", line_bytes}, {"seconds", took.count()}};
}

nlohmann::json Sizes(const std::string& owner_url) {
  pqxx::connection connection(owner_url);
  pqxx::nontransaction transaction(connection);
  const pqxx::row found = transaction.exec1(R"(
    SELECT (SELECT size FROM trail_head), sum(pg_table_size(inhrelid))::int8, sum(pg_indexes_size(inhrelid))::int8,
           pg_total_relation_size('trail_leaf'), pg_total_relation_size('trail_tile')
    FROM pg_inherits WHERE inhparent = 'audit_event'::regclass)");
  const double rows = found[0].as<double>();
  nlohmann::json bytes;
  const char* const parts[] = {"table", "indexes", "leaves", "tiles"};
  double total = 0;
  for (int i = 0; i < 4; ++i) {
    bytes[parts[i]] = found[i + 1].as<double>() / rows;
    total += found[i + 1].as<double>();
  }
  bytes["together"] = total / rows;
  return {{"bytes_per_row", bytes}, {"gigabytes", total / 1e9}};
}

}  // namespace madoguchi::bench
