// SPDX-License-Identifier: Apache-2.0
#include "server/store/migrations.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "contract/log.h"
#include "server/store/connection.h"
#include "server/store/trail_partitions.h"

namespace madoguchi::store {
namespace {

constexpr std::size_t kNumberDigits = 4;
constexpr char kLockKey[] = "5531964823401";  // any constant that no other advisory lock of ours uses

struct MigrationFile {
  std::string name;
  std::string sql;
  std::string sha256;  // hex
};

bool IsMigrationName(const std::string& name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return name.size() > kNumberDigits + 5 && name.ends_with(".sql") && name[kNumberDigits] == '_' &&
         std::all_of(name.begin(), name.begin() + kNumberDigits, is_digit);
}

// "0001" for the first.
std::string NumberText(std::size_t number) {
  const std::string digits = std::to_string(number);
  return std::string(kNumberDigits - std::min(digits.size(), kNumberDigits), '0') + digits;
}

Result<std::vector<MigrationFile>> ReadMigrations(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(directory, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(".sql")) names.push_back(name);
    if (names.size() > kMigrationsMax) return Error{ErrorCode::kMigrationFailed, "too many files in " + directory, {}};
  }
  if (failed) return Error{ErrorCode::kConfigFileUnreadable, directory + ": " + failed.message(), {}};
  std::sort(names.begin(), names.end());

  std::vector<MigrationFile> files;
  for (const std::string& name : names) {
    const std::string number = NumberText(files.size() + 1);
    if (!IsMigrationName(name) || !name.starts_with(number)) {
      return Error{ErrorCode::kMigrationFailed, name + ": expected " + number + "_name.sql here", {}};
    }
    TRY_ASSIGN(std::string sql, ReadSmallFile(directory + "/" + name));
    std::string sha256 = ToHex(crypto::Sha256(AsBytes(sql)));
    files.push_back({name, std::move(sql), std::move(sha256)});
  }
  if (files.empty()) return Error{ErrorCode::kMigrationFailed, "no migration in " + directory, {}};
  return files;
}

Result<void> CheckRoles(pqxx::work& transaction) {
  const pqxx::result rows = transaction.exec_params(
      "SELECT current_user = $1 AS is_owner, EXISTS (SELECT FROM pg_roles WHERE rolname = $2) AS has_server",
      kOwnerRole, kServerRole);
  if (!rows[0]["is_owner"].as<bool>()) {
    return Error{ErrorCode::kMigrationFailed, std::string("migrations are run by the role ") + kOwnerRole, {}};
  }
  if (!rows[0]["has_server"].as<bool>()) {
    return Error{ErrorCode::kMigrationFailed,
                 std::string("the role ") + kServerRole + " does not exist: CREATE ROLE " + kServerRole + " LOGIN",
                 {}};
  }
  return {};
}

Result<void> Prepare(Connection& connection) {
  return connection.Transact([](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(CheckRoles(transaction));
    transaction.exec("SET lock_timeout = " + std::to_string(std::chrono::milliseconds(kMigrationLockWait).count()));
    // Of the session, not of this transaction: it is held until the runner's connection closes.
    transaction.exec(std::string("SELECT pg_advisory_lock(") + kLockKey + ")");
    transaction.exec(
        "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, sha256 text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())");
    return {};
  });
}

// How many of the files have been run. They must be the first ones, unchanged.
Result<std::size_t> CompareWithDatabase(Connection& connection, const std::vector<MigrationFile>& files) {
  return connection.Transact([&](pqxx::work& transaction) -> Result<std::size_t> {
    const pqxx::result rows = transaction.exec("SELECT name, sha256 FROM schema_migrations ORDER BY name");
    std::size_t count = 0;
    for (const pqxx::row& row : rows) {
      const auto name = row["name"].as<std::string>();
      if (count == files.size())
        return Error{ErrorCode::kSchemaVersionWrong, "the database has run " + name + ", which is not here", {}};
      const MigrationFile& file = files[count];
      if (file.name != name) return Error{ErrorCode::kMigrationChanged, file.name + " was run as " + name, {}};
      if (file.sha256 != row["sha256"].as<std::string>()) return Error{ErrorCode::kMigrationChanged, file.name, {}};
      ++count;
    }
    return count;
  });
}

Result<void> RunFile(Connection& connection, const MigrationFile& file) {
  try {
    pqxx::work transaction(connection.raw());
    transaction.exec(file.sql);
    transaction.exec_params("INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)", file.name, file.sha256);
    transaction.commit();
    return {};
  } catch (...) {
    Failure failure = CurrentFailure();
    if (failure.error.code != ErrorCode::kDatabaseError) return std::move(failure.error);
    return Error{ErrorCode::kMigrationFailed, file.name + ": " + failure.database_message, {}};
  }
}

}  // namespace

Result<std::vector<std::string>> Migrate(const std::string& owner_url, const std::string& directory) {
  TRY_ASSIGN(const std::vector<MigrationFile> files, ReadMigrations(directory));
  TRY_ASSIGN(const std::unique_ptr<Connection> connection,
             Connection::Open(owner_url, "migrate", nullptr, kMigrationStatementMax));
  TRY_VOID(Prepare(*connection));
  TRY_ASSIGN(const std::size_t run_before, CompareWithDatabase(*connection, files));
  std::vector<std::string> run_now;
  for (std::size_t i = run_before; i < files.size(); ++i) {
    TRY_VOID(RunFile(*connection, files[i]));
    log::Info("store", "migrated", {{"file", files[i].name}});
    run_now.push_back(files[i].name);
  }
  // A command of root writes its row before a server has started: after a year off there would be no place for it.
  TRY_VOID(connection->Transact([](pqxx::work& transaction) -> Result<void> {
    if (!transaction.exec("SELECT to_regproc('trail_partitions_ahead')")[0][0].is_null())
      MakePartitionsAhead(transaction);
    return {};
  }));
  return run_now;
}

}  // namespace madoguchi::store
