// SPDX-License-Identifier: Apache-2.0
#include "server/store/console_seed.h"

#include "server/audit/event.h"
#include "server/store/connection.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

constexpr char kOwner[] = "command";  // no server process
constexpr char kAddConsole[] = R"(
  INSERT INTO console_certificate (certificate_sha256, console_id, name, not_after)
  VALUES (decode($1, 'hex'), $2::uuid, $3, to_timestamp($4::bigint)))";

void WriteActOfRoot(pqxx::work& transaction, const std::string& action, const std::string& detail) {
  WriteEvent(transaction,
             {.action = action, .desk_id = {}, .press_id = {}, .code = 0, .detail = detail, .actor = "root"}, kOwner);
}

}  // namespace

Result<void> AddConsole(const std::string& owner_url, const NewConsole& console) {
  TRY_ASSIGN(const std::unique_ptr<Connection> connection, Connection::Open(owner_url, "add_console", nullptr));
  return connection->Transact([&](pqxx::work& transaction) -> Result<void> {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(console.not_after.time_since_epoch()).count();
    transaction.exec_params(kAddConsole, ToHex(console.certificate_sha256), console.console_id, console.name, seconds);
    WriteActOfRoot(transaction, audit::action::kIdentityConsoleAdded,
                   "console=" + console.console_id + " serial=" + console.serial);
    return {};
  });
}

Result<void> RecordActOfRoot(const std::string& owner_url, const std::string& action, const std::string& detail) {
  TRY_ASSIGN(const std::unique_ptr<Connection> connection, Connection::Open(owner_url, "root", nullptr));
  return connection->Transact([&](pqxx::work& transaction) -> Result<void> {
    WriteActOfRoot(transaction, action, detail);
    return {};
  });
}

}  // namespace madoguchi::store
