// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/trail_append.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <pqxx/pqxx>
#include <stdexcept>
#include <thread>
#include <vector>

#include "contract/crypto/digest.h"
#include "server/audit/event.h"
#include "server/store/desk_seed.h"
#include "server/store/pg_trail.h"
#include "tests/bench/trail_days.h"

namespace madoguchi::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kInstitution[] = "1311234567";
constexpr std::chrono::seconds kCallMax{30};

void Must(const Result<void>& done) {
  if (!done) throw std::runtime_error("a row was refused: " + done.error().detail);
}

Bytes CertificateOf(const DeskOfRows& desk) {
  const auto digest = crypto::Sha256(AsBytes("certificate of " + desk.desk_id));
  return {digest.begin(), digest.end()};
}

// Desks that may check: active, with certificate and account, logged in.
std::vector<DeskOfRows> SeedDesks(const std::string& owner_url) {
  std::vector<DeskOfRows> desks;
  pqxx::connection connection(owner_url);
  for (int i = 1; i <= kDesksOfRows; ++i) {
    const std::string number = std::to_string(i);
    const std::string account = "W" + std::string(7 - number.size(), '0') + number;
    const auto token = crypto::Sha256(AsBytes("token " + number));
    const auto added =
        store::AddDesk(owner_url, {"計測 " + number, kInstitution, account, Bytes(token.begin(), token.end())});
    if (!added) throw std::runtime_error("no desk: " + added.error().detail);
    desks.push_back({*added, account});
    pqxx::work transaction(connection);
    transaction.exec_params(
        "UPDATE device_account SET state = 'active', reserved_for_desk = NULL, desk_id = $1 WHERE account_id = $2",
        *added, account);
    transaction.exec_params(
        "INSERT INTO desk_certificate (certificate_sha256, desk_id, serial, not_after, issued_for) "
        "VALUES (decode($1, 'hex'), $2, '01', now() + interval '90 days', 'activation')",
        ToHex(CertificateOf(desks.back())), *added);
    transaction.exec_params("INSERT INTO desk_log_in (desk_id, account_id, how) VALUES ($1, $2, 'activation')", *added,
                            account);
    transaction.commit();
  }
  return desks;
}

// Rows that one caller writes one after the other: those of one press, or one alone.
using Unit = std::vector<const Row*>;

std::vector<Unit> UnitsOf(const std::vector<Row>& rows) {
  std::vector<Unit> units;
  std::map<std::string, std::size_t> of_press;
  for (const Row& row : rows) {
    const std::string& press = row[Column::kPressId];
    const auto [place, is_new] =
        press.empty() ? std::pair(of_press.end(), true) : of_press.emplace(press, units.size());
    if (is_new) {
      units.push_back({&row});
    } else {
      units[place->second].push_back(&row);
    }
  }
  return units;
}

audit::CheckIntent IntentOf(const Row& row) {
  audit::CheckIntent intent;
  intent.press_id = UuidFromText(row[Column::kPressId]).value();
  intent.desk_id = row[Column::kDeskId];
  intent.institution_code = row[Column::kInstitutionCode];
  intent.account_id = row[Column::kAccountId];
  intent.method = row[Column::kMethod];
  intent.owner = row[Column::kOwner];
  intent.card_hash = row[Column::kCardHash];
  intent.challenge_id = row[Column::kRecordId];
  intent.challenge = Bytes(32, 0x5A);
  intent.certificate_sha256 = CertificateOf({row[Column::kDeskId], {}});
  intent.presenter = row[Column::kPresenter];
  intent.photo_check = row[Column::kPhotoCheck];
  intent.inquiry_reason = row[Column::kInquiryReason];
  intent.patient_hash = row[Column::kPatientHash];
  intent.inquiry_id = row[Column::kInquiryId];
  intent.source_address = row[Column::kSourceAddress];
  intent.trace_id = row[Column::kTraceId];
  return intent;
}

std::chrono::microseconds TimeOf(const std::string& text) {
  return std::chrono::microseconds(text.empty() ? 0 : std::stoll(text));
}

audit::CheckOutcome OutcomeOf(const Row& row) {
  audit::CheckOutcome outcome;
  outcome.press_id = UuidFromText(row[Column::kPressId]).value();
  outcome.desk_id = row[Column::kDeskId];
  outcome.code = std::stoi(row[Column::kCode]);
  outcome.segment_of_result_code = row[Column::kSegmentOfResultCode];
  outcome.processing_status_code = row[Column::kProcessingStatusCode];
  outcome.validity_code = row[Column::kValidityCode];
  outcome.insurance_hash = row[Column::kInsuranceHash];
  outcome.results = row[Column::kResults] == "1" ? 1 : 0;
  outcome.card = TimeOf(row[Column::kCardUs]);
  outcome.national = TimeOf(row[Column::kNationalUs]);
  outcome.total = TimeOf(row[Column::kTotalUs]);
  outcome.card_trips = static_cast<std::uint32_t>(std::stoul(row[Column::kCardTrips]));
  return outcome;
}

audit::Event EventOf(const Row& row) {
  audit::Event event;
  event.action = row[Column::kAction];
  event.desk_id = row[Column::kDeskId];
  if (!row[Column::kPressId].empty()) event.press_id = UuidFromText(row[Column::kPressId]);
  event.code = std::stoi(row[Column::kCode]);
  event.detail = row[Column::kDetail];
  event.account_id = row[Column::kAccountId];
  event.institution_code = row[Column::kInstitutionCode];
  event.actor = row[Column::kActor];
  event.role = row[Column::kRole];
  event.authentication = row[Column::kAuthentication];
  event.operator_code = row[Column::kOperatorCode];
  event.inquiry_id = row[Column::kInquiryId];
  event.shown = row[Column::kShown];
  if (!row[Column::kSeconds].empty()) event.seconds = std::stoi(row[Column::kSeconds]);
  event.file_name = row[Column::kFileName];
  event.file_sha256 = row[Column::kFileSha256];
  event.destination = row[Column::kDestination];
  event.source_address = row[Column::kSourceAddress];
  event.trace_id = row[Column::kTraceId];
  return event;
}

void Write(audit::Trail& trail, const Row& row, bool as_events) {
  const std::string& action = row[Column::kAction];
  const Deadline deadline = Deadline::In(kCallMax);
  if (!as_events && action == audit::action::kCheckIntent) {
    const auto taken = trail.RecordIntent(IntentOf(row), deadline);
    if (!taken) throw std::runtime_error("an intent was refused: " + taken.error().detail);
  } else if (!as_events && action == audit::action::kCheckOutcome) {
    Must(trail.RecordOutcome(OutcomeOf(row), deadline));
  } else {
    Must(trail.RecordEvent(EventOf(row), deadline));
  }
}

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

// -> seconds
double ThroughTheWriter(audit::Trail& trail, const std::vector<Unit>& units, int callers, bool as_events) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  const auto started = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&] {
      for (std::size_t mine = next++; mine < units.size() && !failed; mine = next++) {
        try {
          for (const Row* row : units[mine]) Write(trail, *row, as_events);
        } catch (const std::exception& thrown) {
          if (!failed.exchange(true)) std::fprintf(stderr, "%s\n", thrown.what());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failed) throw std::runtime_error("the writer refused a row");
  return Seconds(started);
}

std::int64_t Number(const std::string& url, const std::string& sql) {
  pqxx::connection connection(url);
  return pqxx::nontransaction(connection).exec1(sql)[0].as<std::int64_t>(0);
}

constexpr const char* kTypes[] = {"uuid", "text", "text", "text", "uuid", "text", "uuid", "int",  "text", "text",
                                  "text", "int",  "text", "text", "text", "text", "int",  "int",  "int8", "int8",
                                  "int8", "text", "text", "text", "text", "text", "text", "text", "text", "text",
                                  "text", "text", "int",  "text", "text", "text", "text", "text", "text"};
constexpr std::size_t kFirst = 2;  // sequence and time are the database's own
static_assert(std::size(kTypes) == audit::kRowColumns.size() - kFirst);

// Of a press as its intent and outcome leave it.
struct PlainColumn {
  const char* name;
  const char* type;
};
constexpr PlainColumn kOfPress[] = {
    {"press_id", "uuid"},       {"desk_id", "uuid"},        {"institution_code", "text"},
    {"account_id", "text"},     {"method", "text"},         {"card_hash", "text"},
    {"owner", "text"},          {"epoch", "int"},           {"challenge_id", "text"},
    {"challenge", "bytea"},     {"resumed", "boolean"},     {"ended_at", "timestamptz"},
    {"operator_code", "text"},  {"presenter", "text"},      {"photo_check", "text"},
    {"inquiry_reason", "text"}, {"patient_hash", "text"},   {"outcome_epoch", "int"},
    {"role", "text"},           {"authentication", "text"}, {"source_address", "text"},
    {"trace_id", "text"},       {"inquiry_id", "text"}};

std::vector<PlainColumn> ColumnsOfTheTrail() {
  std::vector<PlainColumn> columns;
  for (std::size_t i = 0; i < std::size(kTypes); ++i)
    columns.push_back({audit::kRowColumns[kFirst + i].name.data(), kTypes[i]});
  return columns;
}

// Rows of `table` once more under a new `id`, 100 to a commit, each column an array. One list of values per commit, by
// its number.
class PlainInsert {
 public:
  PlainInsert(pqxx::connection& connection, std::string table, std::vector<PlainColumn> columns, const std::string& id)
      : statement_("plain_" + table) {
    std::string names, arrays;
    for (const PlainColumn& column : columns) {
      const std::string comma = names.empty() ? "" : ", ", name = column.name;
      arrays += comma + "$" + std::to_string(++count_) + "::" + column.type + "[]";
      values_ +=
          comma + "array_agg(" + (name == id ? "gen_random_uuid()" : table + "." + name) + " ORDER BY place)::text";
      names += comma + name;
    }
    connection.prepare(statement_, "INSERT INTO " + table + " (" + names + ") SELECT * FROM unnest(" + arrays + ")");
  }
  // from: what gives the rows, with their place and the number of their commit.
  void Read(pqxx::work& reading, const std::string& from) {
    for (const pqxx::row& row : reading.exec("SELECT batch, " + values_ + " FROM " + from + " GROUP BY batch")) {
      std::vector<std::string>& values = batches_[row[0].as<int>()];
      for (int i = 1; i <= count_; ++i) values.emplace_back(row[i].c_str());
    }
  }
  void Write(pqxx::work& transaction, int batch) const {
    const auto found = batches_.find(batch);
    if (found != batches_.end())
      transaction.exec_prepared(statement_, pqxx::prepare::make_dynamic_params(found->second));
  }
  int batches() const { return batches_.empty() ? 0 : batches_.rbegin()->first + 1; }

 private:
  const std::string statement_;
  std::string values_;
  int count_ = 0;
  std::map<int, std::vector<std::string>> batches_;
};

// Writes what came after row `after` once more, as plainly as can be: the rows of the trail, and the presses that the
// writer inserted with their intents. -> seconds
double Plainly(const std::string& server_url, std::int64_t after) {
  pqxx::connection connection(server_url);
  PlainInsert events(connection, "audit_event", ColumnsOfTheTrail(), "record_id");
  PlainInsert presses(connection, "press", {std::begin(kOfPress), std::end(kOfPress)}, "press_id");
  {
    pqxx::work reading(connection);
    reading.exec(
        "CREATE TEMPORARY TABLE written ON COMMIT DROP AS SELECT sequence AS place, recorded_at, press_id, "
        "action = 'check.intent' AS begins, ((row_number() OVER (ORDER BY sequence) - 1) / " +
        std::to_string(kPlainRowsPerCommit) + ")::int AS batch FROM audit_event WHERE sequence > " +
        std::to_string(after));
    events.Read(reading,
                "written JOIN audit_event ON audit_event.recorded_at = written.recorded_at AND sequence = place");
    presses.Read(reading, "written JOIN press ON press.press_id = written.press_id AND begins");
  }
  const auto started = Clock::now();
  for (int batch = 0; batch < events.batches(); ++batch) {
    pqxx::work transaction(connection);
    events.Write(transaction, batch);
    presses.Write(transaction, batch);
    transaction.commit();
  }
  return Seconds(started);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

nlohmann::json Compare(const AppendOrder& order, const std::vector<DeskOfRows>& desks, bool as_events) {
  TrailDays days(order.seed + (as_events ? 1 : 0), std::chrono::sys_days(std::chrono::days(20'000)), desks);
  store::AnswerLimit limit;
  store::PgTrail trail(order.server_url, "madoguchi-1", limit);
  std::vector<double> writer, plain, ratios, per_commit;
  for (int round = 0; round <= order.rounds; ++round) {
    std::vector<Row> rows = days.Next();
    while (static_cast<int>(rows.size()) < order.rows) {
      const std::vector<Row>& more = days.Next();
      rows.insert(rows.end(), more.begin(), more.end());
    }
    if (const auto wanted = static_cast<std::size_t>(order.rows); rows.size() > wanted) rows.resize(wanted);
    const std::int64_t before = Number(order.owner_url, "SELECT max(sequence) FROM audit_event");
    const double ours = ThroughTheWriter(trail, UnitsOf(rows), order.callers, as_events);
    const std::string written = " FROM audit_event WHERE sequence > " + std::to_string(before);
    const auto count = static_cast<double>(Number(order.owner_url, "SELECT count(*)" + written));
    const auto commits = static_cast<double>(Number(order.owner_url, "SELECT count(DISTINCT written_by)" + written));
    const double theirs = Plainly(order.server_url, before);
    if (round == 0) continue;
    writer.push_back(count / ours);
    plain.push_back(count / theirs);
    ratios.push_back(theirs / ours);
    per_commit.push_back(count / commits);
  }
  return {{"writer_rows_per_s", Median(writer)},
          {"plain_rows_per_s", Median(plain)},
          {"ratio", Median(ratios)},
          {"rows_per_commit", Median(per_commit)},
          {"rows", order.rows},
          {"rounds", order.rounds},
          {"callers", order.callers}};
}

}  // namespace

nlohmann::json Append(const AppendOrder& order) {
  const std::vector<DeskOfRows> desks = SeedDesks(order.owner_url);
  return {{"events", Compare(order, desks, true)}, {"checks", Compare(order, desks, false)}};
}

}  // namespace madoguchi::bench
