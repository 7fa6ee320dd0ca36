// SPDX-License-Identifier: Apache-2.0
// A good row, column by column, on a real database (reference/eligibility-result.md §7).
#include "server/store/event_statements.h"

#include "contract/crypto/random.h"
#include "contract/trace.h"
#include "server/audit/clock_state.h"
#include "server/audit/event.h"
#include "server/audit/origin.h"
#include "server/audit/subject.h"
#include "server/store/array_literal.h"
#include "server/store/connection.h"
#include "server/store/trail_statements.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::CheckIntent;
using audit::CheckOutcome;
using audit::Event;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kFromWhere[] =
    "SELECT concat_ws('|', role, authentication, operator_code, source_address, trace_id) FROM audit_event "
    "ORDER BY sequence DESC LIMIT 1";

class EventStatementsTest : public StoreTest {
 protected:
  EventStatementsTest() {
    auto opened = Connection::Open(server_url(), "trail", nullptr);
    EXPECT_TRUE(opened.ok());
    connection_ = std::move(opened).value();
    PrepareTrailStatements(connection_->raw());
  }
  void Write(const Event& event) {
    const auto written = connection_->Transact([&](pqxx::work& transaction) -> Result<void> {
      WriteEvent(transaction, event, "server-one");
      return {};
    });
    EXPECT_EQ(CodeOf(written), 0);
  }
  void WriteRow(auto what) {
    const TrailRow row{UuidText(crypto::NewUuid()), std::move(what)};
    const auto answers = connection_->Transact([&](pqxx::work& transaction) -> Result<std::vector<RowAnswer>> {
      return WriteRows(transaction, {&row}, "server-one");
    });
    ASSERT_EQ(CodeOf(answers), 0);
    EXPECT_EQ(CodeOf(answers->at(0)), 0);
  }
  void SignIn(const std::string& desk_id) const {
    Sql("INSERT INTO staff (staff_code, name, pin_hash) VALUES ('A12', 'somebody', '$argon2id$x')");
    Sql("INSERT INTO operator_sign_in (desk_id, staff_code, idle_seconds) VALUES ('" + desk_id + "', 'A12', 900)");
  }
  Event OfDesk() const {
    Event event;
    event.action = "handoff.shown_again";
    event.desk_id = desk_one_;
    event.actor = "desk";
    return event;
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(EventStatementsTest, AnEventHoldsAllThatItsWriterKnows) {
  Event event = OfDesk();
  event.press_id = crypto::NewUuid();
  event.code = 2003;
  event.detail = "why";
  event.account_id = "W0000001";
  event.institution_code = "1311234567";
  event.role = "receiver";
  event.authentication = "certificate";
  event.operator_code = "B7";
  event.inquiry_id = "inquiry";
  event.shown = "insurance,notes";
  event.seconds = 12;
  event.file_name = "OQSsiquc01res.xml";
  event.file_sha256 = std::string(64, 'a');
  event.destination = "oqs_folder";
  event.source_address = "192.0.2.7";
  event.trace_id = kTrace;
  Write(event);
  EXPECT_EQ(Sql("SELECT concat_ws('|', action, owner, desk_id, press_id, code, detail, account_id, institution_code, "
                "actor, role, authentication, operator_code, inquiry_id, shown, seconds, file_name, file_sha256, "
                "destination, source_address, trace_id, clock_state) FROM audit_event"),
            "handoff.shown_again|server-one|" + desk_one_ + "|" + UuidText(*event.press_id) +
                "|2003|why|W0000001|1311234567|desk|receiver|certificate|B7|inquiry|insurance,notes|12|"
                "OQSsiquc01res.xml|" +
                std::string(64, 'a') + "|oqs_folder|192.0.2.7|" + kTrace + "|" + std::string(audit::ClockState()));
}

TEST_F(EventStatementsTest, AnEventAboutAPressIsOfTheAccountThatPressed) {
  Event event = OfDesk();
  event.press_id = crypto::NewUuid();
  const std::string press = UuidText(*event.press_id);
  Sql("INSERT INTO press (press_id, desk_id, institution_code, account_id, method, owner, resumed) VALUES ('" + press +
      "', '" + desk_one_ + "', '1311234567', 'W0000001', 'pin', 'server-one', false)");
  constexpr char kAccount[] =
      "SELECT concat_ws('|', account_id, institution_code) FROM audit_event ORDER BY sequence DESC LIMIT 1";
  Write(event);
  EXPECT_EQ(Sql(kAccount), "W0000001|1311234567");
  event.desk_id = desk_two_;
  Write(event);
  EXPECT_EQ(Sql(kAccount), "") << "another desk names this press";
}

TEST_F(EventStatementsTest, WhatAnEventDoesNotSayIsNull) {
  Write({.action = "app.started", .desk_id = {}, .press_id = {}, .code = 0, .detail = {}});
  EXPECT_EQ(Sql("SELECT num_nonnulls(desk_id, press_id, detail, account_id, institution_code, actor, authentication, "
                "operator_code, inquiry_id, shown, seconds, file_name, file_sha256, destination, source_address, "
                "trace_id) || role FROM audit_event"),
            "0server");
}

TEST_F(EventStatementsTest, WhoActsOnTheThreadIsInTheRow) {
  const TraceScope trace(kTrace);
  const audit::Acting acting({"administrator", "password+totp", "192.0.2.7"});
  Event event;
  event.action = "account.suspended";
  event.actor = "ada@clinic.example";
  Write(event);
  EXPECT_EQ(Sql(kFromWhere), std::string("administrator|password+totp|192.0.2.7|") + kTrace);
}

TEST_F(EventStatementsTest, ADesksActIsOfTheOperatorWhoIsSignedInThere) {
  const audit::Acting acting({"desk", "certificate", "192.0.2.7"});
  Write(OfDesk());
  EXPECT_EQ(Sql(kFromWhere), "desk|certificate|192.0.2.7");
  SignIn(desk_one_);
  Write(OfDesk());
  EXPECT_EQ(Sql(kFromWhere), "operator|certificate+pin|A12|192.0.2.7");
  Sql("UPDATE operator_sign_in SET last_used_at = clock_timestamp() - interval '1 hour'");
  Write(OfDesk());
  EXPECT_EQ(Sql(kFromWhere), "desk|certificate|192.0.2.7") << "idle for too long";
}

TEST_F(EventStatementsTest, TheServersActAtADeskIsNotTheOperators) {
  SignIn(desk_one_);
  Event event = OfDesk();
  event.actor = "server";
  Write(event);
  EXPECT_EQ(Sql(kFromWhere), "server");
}

TEST_F(EventStatementsTest, TextsAreCutAtACharacterAndHoldNoControls) {
  Event event = OfDesk();
  event.detail = "line\nbreak\ttab\x7f" + std::string(audit::kDetailBytesMax, 'x');
  event.destination = std::string(254, 'd') + "診";
  Write(event);
  EXPECT_EQ(Sql("SELECT octet_length(detail) || ' ' || left(detail, 15) FROM audit_event"), "2048 line break tab ");
  EXPECT_EQ(Sql("SELECT destination FROM audit_event"), std::string(254, 'd'));
}

TEST_F(EventStatementsTest, AnOutcomeRepeatsWhatItsIntentKnew) {
  CheckIntent intent = Intent();
  intent.source_address = "192.0.2.7";
  intent.trace_id = kTrace;
  intent.inquiry_id = ToHex(intent.press_id);
  intent.operator_needed = true;
  SignIn(desk_one_);
  WriteRow(intent);
  WriteRow(OutcomeOf(intent, 1));
  const std::string expected = "operator|certificate+pin|A12|192.0.2.7|" + std::string(kTrace) + "|" +
                               ToHex(intent.press_id) + "|" + std::string(audit::ClockState());
  EXPECT_EQ(Sql("SELECT string_agg(DISTINCT concat_ws('|', role, authentication, operator_code, source_address, "
                "trace_id, inquiry_id, clock_state), ' ') || ' ' || count(*) FROM audit_event"),
            expected + " 2");
}

TEST_F(EventStatementsTest, APressThatIsTakenOverHasTheTraceOfItsNewRun) {
  CheckIntent intent = Intent();
  intent.trace_id = "first";
  WriteRow(intent);
  intent.trace_id = "second";
  WriteRow(intent);
  WriteRow(OutcomeOf(intent, 2));
  EXPECT_EQ(Sql("SELECT string_agg(trace_id, ' ' ORDER BY sequence) FROM audit_event"), "first second second");
}

TEST_F(EventStatementsTest, AnInquiryByFileIsTheReceiptComputers) {
  CheckIntent intent = Intent();
  intent.by_file = true;
  WriteRow(intent);
  EXPECT_EQ(Sql(kFromWhere), "receipt_computer|file_system");
}

// "Who looked at this patient" over a change of the key, an answer of two insurances and other widths: one query.
TEST_F(EventStatementsTest, ASearchFindsRowsOfEveryKeyAndEveryInsuranceOfAnAnswer) {
  const audit::KeyedHash before(Bytes(32, 1)), now(Bytes(32, 2), {Bytes(32, 1)});
  const audit::Insurance one{"  138057", "１２", "５６７８", "01"}, other{"06139992", "", "77", ""};
  for (const audit::KeyedHash* key : {&before, &now}) {
    CheckIntent intent = Intent();
    WriteRow(intent);
    CheckOutcome outcome = OutcomeOf(intent, 1);
    outcome.insurance_hash = audit::InsuranceHashes(*key, {other, one});
    WriteRow(outcome);
  }
  const auto found = [&](const audit::KeyedHash& key, const audit::Insurance& sought) {
    return Sql("SELECT count(*) FROM audit_event WHERE string_to_array(insurance_hash, ',') && '" +
               TextArray(audit::InsuranceHashesOfAllEpochs(key, {sought})) + "'::text[]");
  };
  EXPECT_EQ(found(now, {"138057", "12", "5678", "1"}), "2");
  EXPECT_EQ(found(now, {"06139992", "", "７７", ""}), "2");
  EXPECT_EQ(found(now, {"06139992", "", "78", ""}), "0");
  EXPECT_EQ(found(before, {"138057", "12", "5678", "1"}), "1") << "the old key alone";
}

}  // namespace
}  // namespace madoguchi::store
