// SPDX-License-Identifier: Apache-2.0
#include "server/store/schema.h"

#include "server/store/connection.h"

namespace madoguchi::store {
namespace {

constexpr char kNewest[] = "SELECT max(name) FROM schema_migrations";

// What would let the role change the trail: being superuser, making roles (PostgreSQL 15: may grant itself any), being
// a member of the owner of one of its tables, their schema or the database (each may drop it), writing files of the
// database's machine, or a right on one of the tables or their columns: changing, a trigger that changes what is
// written, choosing the number or the time of a row, writing a partition or a tombstone itself.
constexpr char kPower[] = R"(
  WITH trail AS (
    SELECT relid::oid, parentrelid IS NOT NULL AS is_closed FROM pg_partition_tree('audit_event')
    UNION ALL SELECT 'trail_tombstone'::regclass, true
    UNION ALL SELECT name::regclass, false FROM unnest(ARRAY['trail_leaf', 'trail_tile', 'trail_checkpoint']) AS name
  )
  SELECT role.rolsuper, role.rolcreaterole,
         pg_has_role(role.oid, here.datdba, 'MEMBER') OR EXISTS (
           SELECT FROM trail JOIN pg_class ON pg_class.oid = relid JOIN pg_namespace AS schema ON schema.oid = relnamespace
           WHERE pg_has_role(role.oid, relowner, 'MEMBER') OR pg_has_role(role.oid, nspowner, 'MEMBER')) AS is_owner,
         pg_has_role(role.oid, 'pg_write_server_files', 'MEMBER') OR pg_has_role(role.oid, 'pg_execute_server_program', 'MEMBER')
           AS writes_files,
         EXISTS (SELECT FROM trail WHERE has_table_privilege(role.oid, relid, 'DELETE, TRUNCATE, TRIGGER')
                   OR has_any_column_privilege(role.oid, relid, 'UPDATE')) AS can_change,
         EXISTS (SELECT FROM trail WHERE is_closed AND has_any_column_privilege(role.oid, relid, 'INSERT'))
           OR EXISTS (SELECT FROM unnest(ARRAY['sequence', 'recorded_at', 'written_by']) AS own
                      WHERE has_column_privilege(role.oid, 'audit_event', own, 'INSERT')) AS can_forge
  FROM pg_roles AS role, pg_database AS here
  WHERE role.rolname = current_user AND here.datname = current_database())";

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
  for (const char* power : {"rolsuper", "rolcreaterole", "is_owner", "writes_files", "can_change", "can_forge"}) {
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
