// SPDX-License-Identifier: Apache-2.0
#include "tests/server/store/trail_fixture.h"

namespace madoguchi::store {

void TrailMonthsTest::BeginAt(const std::string& month) {
  Sql("DO $$ DECLARE one regclass; BEGIN FOR one IN SELECT partition FROM trail_partitions() LOOP "
      "EXECUTE format('ALTER TABLE audit_event DETACH PARTITION %s', one); "
      "IF one::text <> 'audit_event_first' THEN EXECUTE format('DROP TABLE %s', one); END IF; END LOOP; END $$; "
      "ALTER TABLE audit_event ATTACH PARTITION audit_event_first FOR VALUES FROM (MINVALUE) TO ('" +
      month + "-01 00:00:00+09')");
}

std::string TrailMonthsTest::AddMonth(const std::string& month) {
  std::string name = "audit_event_" + month;
  name[name.size() - 3] = '_';
  pqxx::connection owner(owner_url());
  pqxx::nontransaction(owner).exec(
      "CREATE TABLE " + name +
      " (LIKE audit_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS); CREATE TRIGGER audit_event_is_append_only "
      "BEFORE UPDATE OR DELETE OR TRUNCATE ON " +
      name +
      " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail(); ALTER TABLE audit_event ATTACH PARTITION " +
      name + " FOR VALUES FROM ('" + month + "-01 00:00:00+09') TO ('" +
      Sql("SELECT ('" + month + "-01'::date + interval '1 month')::date") + " 00:00:00+09')");
  return name;
}

void TrailMonthsTest::AddMonths(const std::string& first, int months) {
  for (int month = 0; month < months; ++month)
    AddMonth(Sql("SELECT to_char('" + first + "-01'::date + " + std::to_string(month) +
                 " * interval '1 month', 'YYYY-MM')"));
}

void TrailMonthsTest::AddRows(const std::string& month, int rows) {
  Sql("INSERT INTO audit_event (record_id, action, owner, recorded_at) SELECT gen_random_uuid(), 'app.started', "
      "'test', '" +
      month + "-01 12:00:00+09'::timestamptz + (n % 28) * interval '1 day' FROM generate_series(1, " +
      std::to_string(rows) + ") AS n");
}

void TrailMonthsTest::BuildTree(const trail::Signer* signer) {
  Sql("INSERT INTO trail_leaf (leaf_index, sequence, recorded_at) SELECT (SELECT count(*) FROM trail_leaf) + "
      "row_number() OVER (ORDER BY sequence) - 1, sequence, recorded_at FROM audit_event AS event WHERE NOT EXISTS "
      "(SELECT FROM trail_leaf WHERE trail_leaf.sequence = event.sequence)");
  if (signer == nullptr) return;
  const std::string size = Sql("SELECT count(*) FROM trail_leaf");
  const trail::Checkpoint checkpoint{signer->verifier().name, std::stoull(size), {}};
  Sql("INSERT INTO trail_checkpoint (size, note, owner) VALUES (" + size + ", '" +
      trail::SignedCheckpoint(checkpoint, *signer) + "', 'test')");
}

int TrailMonthsTest::RowsOf(const std::string& month) const {
  return Count("audit_event WHERE to_char(recorded_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') = '" + month + "'");
}

}  // namespace madoguchi::store
