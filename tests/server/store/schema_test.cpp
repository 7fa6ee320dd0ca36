// SPDX-License-Identifier: Apache-2.0
#include "server/store/schema.h"

#include <algorithm>
#include <filesystem>

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class RoleTest : public StoreTest {
 protected:
  RoleTest() : StoreTest(OwnCluster().folder()) {}  // roles are the cluster's, not the database's
};

TEST_F(PostgresTest, SchemaNewestIsTheLastMigrationInTheProject) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(MigrationsFolder()))
    newest = std::max(newest, entry.path().filename().string());
  EXPECT_EQ(newest, kSchemaNewest);
}

TEST_F(PostgresTest, CheckSchemaRefusesAnEmptyDatabase) {
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kSchemaVersionWrong));
}

TEST_F(StoreTest, CheckSchemaTakesTheServersRole) {
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), 0);
}

TEST_F(StoreTest, CheckSchemaRefusesANewerDatabase) {
  Sql("INSERT INTO schema_migrations (name, sha256) VALUES ('9999_later.sql', '')");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kSchemaVersionWrong));
}

TEST_F(StoreTest, CheckSchemaRefusesTheOwnerAndASuperuser) {
  EXPECT_EQ(CodeOf(CheckSchema(owner_url())), Number(ErrorCode::kDatabaseRoleTooPowerful));
  EXPECT_EQ(CodeOf(CheckSchema(UrlOf("postgres"))), Number(ErrorCode::kDatabaseRoleTooPowerful));
}

TEST_F(StoreTest, CheckSchemaRefusesEveryRightThatChangesTheTrail) {
  for (const char* right : {"UPDATE", "DELETE", "TRUNCATE", "UPDATE (detail)"}) {
    Sql("GRANT " + std::string(right) + " ON audit_event TO madoguchi_server");
    EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kDatabaseRoleTooPowerful)) << right;
    Sql("REVOKE " + std::string(right) + " ON audit_event FROM madoguchi_server");
  }
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), 0);
}

TEST_F(StoreTest, CheckSchemaRefusesEveryRightThatChangesWhatTheTrailIsMadeOf) {
  const std::string ahead = Sql("SELECT max(partition::text) FROM trail_partitions() WHERE from_at IS NOT NULL");
  std::vector<std::string> grants = {"INSERT ON trail_tombstone", "INSERT (sequence) ON audit_event",
                                     "INSERT (recorded_at) ON audit_event", "INSERT (written_by) ON audit_event",
                                     "TRIGGER ON audit_event"};
  for (const std::string& partition : {std::string("audit_event_first"), ahead}) {
    for (const char* right : {"INSERT (detail)", "UPDATE (detail)", "DELETE", "TRUNCATE", "TRIGGER"})
      grants.push_back(std::string(right) + " ON " + partition);
  }
  for (const char* table : {"trail_leaf", "trail_tile", "trail_checkpoint", "trail_tombstone"}) {
    for (const char* right : {"UPDATE", "DELETE", "TRUNCATE", "TRIGGER"})
      grants.push_back(std::string(right) + " ON " + table);
  }
  for (const std::string& grant : grants) {
    Sql("GRANT " + grant + " TO madoguchi_server");
    EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kDatabaseRoleTooPowerful)) << grant;
    Sql("REVOKE " + grant + " FROM madoguchi_server");
  }
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), 0);
}

TEST_F(StoreTest, CheckSchemaRefusesTheOwnerOfOnePartition) {
  Sql("GRANT CREATE ON SCHEMA public TO madoguchi_server; ALTER TABLE audit_event_first OWNER TO madoguchi_server");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kDatabaseRoleTooPowerful));
}

TEST_F(StoreTest, CheckSchemaRefusesTheOwnerOfTheDatabaseOrTheSchemaWhoMayDropTheTrail) {
  Sql("ALTER DATABASE " + database_ + " OWNER TO madoguchi_server");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kDatabaseRoleTooPowerful));
  Sql("ALTER DATABASE " + database_ + " OWNER TO madoguchi_owner");
  Sql("ALTER SCHEMA public OWNER TO madoguchi_server");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kDatabaseRoleTooPowerful));
  Sql("ALTER SCHEMA public OWNER TO madoguchi_owner");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), 0);
}

TEST_F(RoleTest, CheckSchemaRefusesARoleThatWritesFilesOfTheDatabasesMachine) {
  Sql("GRANT pg_write_server_files TO madoguchi_server");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kDatabaseRoleTooPowerful));
  Sql("REVOKE pg_write_server_files FROM madoguchi_server");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), 0);
}

TEST_F(RoleTest, CheckSchemaRefusesARoleThatMayMakeRoles) {
  Sql("ALTER ROLE madoguchi_server CREATEROLE");
  EXPECT_EQ(CodeOf(CheckSchema(server_url())), Number(ErrorCode::kDatabaseRoleTooPowerful));
  Sql("ALTER ROLE madoguchi_server NOCREATEROLE");
}

TEST_F(StoreTest, TrailIsAppendOnlyForTheServersRole) {
  Sql("INSERT INTO audit_event (record_id, action, owner) VALUES (gen_random_uuid(), 'app.started', 'x')");
  pqxx::connection connection(server_url());
  for (const char* sql : {"UPDATE audit_event SET detail = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event",
                          "INSERT INTO audit_event (record_id, action, owner, recorded_at) VALUES (gen_random_uuid(), "
                          "'a', 'b', '2000-01-01')"}) {
    EXPECT_THROW(pqxx::nontransaction(connection).exec(sql), pqxx::insufficient_privilege) << sql;
  }
  EXPECT_EQ(Count("audit_event"), 1);
}

TEST_F(StoreTest, TrailRefusesEvenItsOwnerAndASuperuser) {
  Sql("INSERT INTO audit_event (record_id, action, owner) VALUES (gen_random_uuid(), 'app.started', 'x')");
  for (const std::string& url : {owner_url(), UrlOf("postgres")}) {
    pqxx::connection connection(url);
    for (const char* sql : {"UPDATE audit_event SET detail = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"}) {
      EXPECT_THROW(pqxx::nontransaction(connection).exec(sql), pqxx::insufficient_privilege) << sql;
    }
  }
  EXPECT_EQ(Count("audit_event"), 1);
}

TEST_F(StoreTest, WhatTheTreeIsMadeOfIsAppendOnlyForEverybody) {
  for (const std::string& url : {server_url(), owner_url(), UrlOf("postgres")}) {
    pqxx::connection connection(url);
    for (const char* table : {"trail_leaf", "trail_tile", "trail_checkpoint", "trail_tombstone"}) {
      for (const char* sql : {"DELETE FROM ", "TRUNCATE "})
        EXPECT_THROW(pqxx::nontransaction(connection).exec(std::string(sql) + table), pqxx::insufficient_privilege)
            << sql << table;
    }
    for (const char* sql : {"UPDATE trail_leaf SET sequence = 0", "UPDATE trail_tile SET level = 0",
                            "UPDATE trail_checkpoint SET size = 1", "UPDATE trail_tombstone SET rows = 0"})
      EXPECT_THROW(pqxx::nontransaction(connection).exec(sql), pqxx::insufficient_privilege) << sql;
  }
}

TEST_F(StoreTest, ServersRoleCanNeitherForgetWhatWasNorLetAConsoleIn) {
  pqxx::connection connection(server_url());
  for (const char* sql :
       {"DELETE FROM desk", "DELETE FROM device_account", "DELETE FROM desk_certificate", "DELETE FROM activation_code",
        "DELETE FROM account_step", "UPDATE account_step SET by = 'x'", "UPDATE application_step SET note = 'x'",
        "CREATE TABLE t (n int)",
        "INSERT INTO console_certificate (certificate_sha256, console_id, name, not_after) VALUES ('', "
        "gen_random_uuid(), 'x', now())",
        "UPDATE console_certificate SET not_after = 'infinity'"}) {
    EXPECT_THROW(pqxx::nontransaction(connection).exec(sql), pqxx::insufficient_privilege) << sql;
  }
}

}  // namespace
}  // namespace madoguchi::store
