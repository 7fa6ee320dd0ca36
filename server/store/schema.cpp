// SPDX-License-Identifier: Apache-2.0
#include "server/store/schema.h"

#include "server/store/connection.h"

namespace madoguchi::store {
namespace {

constexpr char kNewest[] = "SELECT max(name) FROM schema_migrations";

// What would let the role change the trail: being superuser, making roles (PostgreSQL 15: may grant itself any), being
// a member of the owner of the trail, its schema or the database (each may drop it), writing files of the database's
// machine, or a right on the table or one of its columns.
constexpr char kPower[] = R"(
  SELECT role.rolsuper, role.rolcreaterole,
         pg_has_role(role.oid, trail.relowner, 'MEMBER') OR pg_has_role(role.oid, schema.nspowner, 'MEMBER')
           OR pg_has_role(role.oid, here.datdba, 'MEMBER') AS is_owner,
         pg_has_role(role.oid, 'pg_write_server_files', 'MEMBER') OR pg_has_role(role.oid, 'pg_execute_server_program', 'MEMBER')
           AS writes_files,
         has_table_privilege(role.oid, trail.oid, 'DELETE') OR has_table_privilege(role.oid, trail.oid, 'TRUNCATE')
           OR has_any_column_privilege(role.oid, trail.oid, 'UPDATE') AS can_change
  FROM pg_roles AS role, pg_class AS trail, pg_namespace AS schema, pg_database AS here
  WHERE role.rolname = current_user AND trail.oid = 'audit_event'::regclass AND schema.oid = trail.relnamespace
    AND here.datname = current_database())";

Result<void> CheckVersion(pqxx::work& transaction) {
  if (transaction.exec("SELECT to_regclass('schema_migrations')")[0][0].is_null()) {
    return Error{ErrorCode::kSchemaVersionWrong, "no migration has been run", {}};
  }
  const auto newest = transaction.exec(kNewest)[0][0].as<std::string>(std::string("none"));
  if (newest != kSchemaNewest) {
    return Error{
        ErrorCode::kSchemaVersionWrong, "the database is at " + newest + ", this program needs " + kSchemaNewest, {}};
  }
  return {};
}

Result<void> CheckPower(pqxx::work& transaction) {
  const pqxx::row row = transaction.exec1(kPower);
  for (const char* power : {"rolsuper", "rolcreaterole", "is_owner", "writes_files", "can_change"}) {
    if (row[power].as<bool>())
      return Error{ErrorCode::kDatabaseRoleTooPowerful, std::string("the server's database role: ") + power, {}};
  }
  return {};
}

}  // namespace

Result<void> CheckSchema(const std::string& server_url) {
  TRY_ASSIGN(const std::unique_ptr<Connection> connection, Connection::Open(server_url, "check_schema", nullptr));
  return connection->Transact([](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(CheckVersion(transaction));
    return CheckPower(transaction);
  });
}

}  // namespace madoguchi::store
