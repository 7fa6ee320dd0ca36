// SPDX-License-Identifier: Apache-2.0
#include "server/console/facility_service.h"

#include "server/account/manual_national_accounts.h"
#include "server/console/approval_service.h"
#include "server/console/totp.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

const Bytes kSecret(20, 0x55);
constexpr char kRae[] = "rae@clinic.example";  // administrator of one institution

class FacilityServiceTest : public ConsoleTest {
 protected:
  FacilityServiceTest() {
    AddUser(kRae, "administrator", {kInstitution});
    GiveCredentials(kBen, "a long enough password", kSecret);
    Serve({&service_, &approvals_});
    stub_ = v1::FacilityService::NewStub(Channel());
  }
  ~FacilityServiceTest() override { StopServing(); }
  static v1::RegisterInstitutionRequest Request() {
    v1::RegisterInstitutionRequest request;
    request.set_type(v1::MEDICAL);
    request.set_prefecture(1);
    request.set_code("0113710");  // its check digit should be 9
    request.set_name("窓口診療所");
    request.set_founder("試験　花子");
    request.set_phone("011-000-0000");
    request.set_category(v1::PAPER_CLAIMS);
    request.set_applicant_surname("試験");
    request.set_applicant_given_name("花子");
    request.set_applicant_mail("Hanako@clinic.example");
    return request;
  }
  grpc::Status Register(const std::string& user, const v1::RegisterInstitutionRequest& request) {
    return stub_->RegisterInstitution(As(Session(user)).get(), request, &registered_);
  }
  static v1::MoveInstitutionRequest Move(const std::string& on) {
    v1::MoveInstitutionRequest request;
    request.set_institution_code(kInstitution);
    request.set_to_code(kOtherInstitution);
    request.set_on(on);
    return request;
  }
  grpc::Status AskToMove(const v1::MoveInstitutionRequest& request) {
    return stub_->MoveInstitution(As(Session(kAda)).get(), request, &moved_);
  }
  // As a second administrator does it, with a fresh code.
  int Approve(const std::string& approval_id) {
    const std::int64_t now = std::stoll(Sql("SELECT extract(epoch FROM clock_timestamp())::bigint"));
    v1::ApproveRequest request;
    request.set_approval_id(approval_id);
    request.set_code(TotpCode(kSecret, now / kTotpStepSeconds).value());
    v1::ApproveResponse response;
    return CodeOfCall(v1::ApprovalService::NewStub(Channel())->Approve(As(Session(kBen)).get(), request, &response));
  }
  void Tick() { ASSERT_TRUE(institutions_.Tick(store::Soon()).ok()); }
  std::string Day(int from_today) {
    return Sql("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date + " + std::to_string(from_today));
  }
  int AccountsOf(const char* code) {
    return Count(std::string("device_account WHERE institution_code = '") + code + "'");
  }

  account::ManualNationalAccounts national_;
  account::Institutions institutions_{{store_->institutions(), national_, store_->trail(), seal_, keyed_hash_}};
  FacilityService service_{*guard_, institutions_};
  std::unique_ptr<v1::FacilityService::Stub> stub_;
  v1::RegisterInstitutionResponse registered_;
  v1::MoveInstitutionResponse moved_;
  Proof proof_{store_->sessions(), keyed_hash_, seal_};
  BreakGlass break_glass_{{store_->break_glass(), keyed_hash_, seal_, [] {}}};
  ApprovalService approvals_{{*guard_, store_->approvals(), proof_, break_glass_}};
};

TEST_F(FacilityServiceTest, RegistersAnInstitutionWarnsOfItsCheckDigitAndMailsTheFirstPassword) {
  ASSERT_EQ(CodeOfCall(Register(kAda, Request())), 0);
  EXPECT_EQ(registered_.institution().institution_code(), "0110113710");
  EXPECT_EQ(registered_.institution().category(), v1::PAPER_CLAIMS);
  ASSERT_EQ(registered_.warnings_size(), 1);
  EXPECT_EQ(registered_.warnings(0).field(), "code");
  EXPECT_EQ(registered_.user_id(), "hanako@clinic.example");
  EXPECT_TRUE(registered_.mail_queued());
  EXPECT_NE(MailText("user.first_password").find("hanako@clinic.example"), std::string::npos);
  EXPECT_EQ(Events("account.institution_registered"), 1);
  EXPECT_EQ(Count("console_user WHERE user_id = 'hanako@clinic.example' AND password_must_change AND "
                  "credentials_made_by = 'ada@clinic.example'"),
            1);
}

TEST_F(FacilityServiceTest, NamesTheWrongFieldsAndRecordsTheRefusal) {
  v1::RegisterInstitutionRequest request = Request();
  request.set_founder("half width");
  request.set_name(std::string("a\u202E") + "b");
  const grpc::Status status = Register(kAda, request);
  EXPECT_EQ(CodeOfCall(status), static_cast<int>(ErrorCode::kFieldInvalid));
  ASSERT_GE(RefusalOf(status).problems_size(), 2);
  EXPECT_EQ(RefusalOf(status).problems(0).field(), "name");
  EXPECT_EQ(Events("account.institution_refused"), 1);
  EXPECT_EQ(Count("institution WHERE code = '0110113710'"), 0);
}

TEST_F(FacilityServiceTest, OnlyAnAdministratorOfEveryInstitutionRegistersOne) {
  EXPECT_EQ(CodeOfCall(Register(kRae, Request())), static_cast<int>(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(CodeOfCall(Register(kViv, Request())), static_cast<int>(ErrorCode::kRoleNotAllowed));
}

TEST_F(FacilityServiceTest, ShowsAUserOnlyTheirOwnInstitutions) {
  v1::ListInstitutionsResponse all, own;
  ASSERT_TRUE(stub_->ListInstitutions(As(Session(kAda)).get(), {}, &all).ok());
  ASSERT_TRUE(stub_->ListInstitutions(As(Session(kRae)).get(), {}, &own).ok());
  EXPECT_GT(all.institutions_size(), 1);
  ASSERT_EQ(own.institutions_size(), 1);
  EXPECT_EQ(own.institutions(0).institution_code(), kInstitution);
  EXPECT_EQ(own.institutions(0).accounts_active(), 2U);
}

TEST_F(FacilityServiceTest, SetsAStartDateAndSaysSoInTheTrail) {
  v1::SetStartDateRequest request;
  request.set_institution_code(kInstitution);
  request.set_starts_on("2026-13-01");
  v1::SetStartDateResponse response;
  EXPECT_EQ(CodeOfCall(stub_->SetStartDate(As(Session(kAda)).get(), request, &response)),
            static_cast<int>(ErrorCode::kFieldInvalid));
  request.set_starts_on("2026-12-01");
  ASSERT_EQ(CodeOfCall(stub_->SetStartDate(As(Session(kAda)).get(), request, &response)), 0);
  EXPECT_EQ(response.institution().starts_on(), "2026-12-01");
  EXPECT_EQ(Events("account.institution_start_set"), 1);
}

TEST_F(FacilityServiceTest, AMoveWaitsForASecondPerson) {
  EXPECT_EQ(CodeOfCall(AskToMove(Move("2100-01-01"))), static_cast<int>(ErrorCode::kApprovalNeeded));
  EXPECT_EQ(Count("institution WHERE moves_to IS NOT NULL"), 0);
}

TEST_F(FacilityServiceTest, AMoveThatTwoAdministratorsDecidedMovesEveryAccountOnItsDayAndNotBefore) {
  Sql("UPDATE institution SET name = '新しい窓口' WHERE code = '1331234560'");
  const std::string code_digits = "123456789012";
  const auto hash = [&](const std::string& institution) {
    return account::ActivationCodeHash(keyed_hash_, institution, "W0000031", AsBytes(code_digits));
  };
  const auto sealed = account::SealSheet(seal_, "W0000031", account::SheetSecrets("Abcd2345", code_digits));
  ASSERT_TRUE(sealed.ok());
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000031', '1311234567'), ('W0000032', "
      "'1311234567')");
  Sql("INSERT INTO activation_code (code_hash, account_id) VALUES ('" + hash(kInstitution) + "', 'W0000031')");
  Sql("INSERT INTO sealed_sheet (account_id, sealed, source, sealed_until) VALUES ('W0000031', '\\x" + ToHex(*sealed) +
      "', 'import', now() + interval '1 day'), ('W0000032', '\\x00', 'import', now() + interval '1 day')");
  Sql("INSERT INTO activation_code (code_hash, account_id) VALUES ('unreadable', 'W0000032')");
  Sql("INSERT INTO device_account (account_id, institution_code, state) VALUES ('W0000033', '1311234567', 'ended')");

  v1::MoveInstitutionRequest request = Move(Day(1));
  const grpc::Status proposed = AskToMove(request);
  ASSERT_EQ(CodeOfCall(proposed), static_cast<int>(ErrorCode::kApprovalNeeded));
  request.set_approval_id(RefusalOf(proposed).approval_id());
  ASSERT_EQ(Approve(request.approval_id()), 0);
  ASSERT_EQ(CodeOfCall(AskToMove(request)), 0);
  EXPECT_EQ(moved_.accounts(), 4U);
  EXPECT_EQ(moved_.institution().moves_on(), Day(1));
  EXPECT_EQ(CodeOfCall(AskToMove(request)), static_cast<int>(ErrorCode::kApprovalInvalid));
  Tick();
  EXPECT_EQ(AccountsOf(kOtherInstitution), 0);

  Sql("UPDATE institution SET moves_on = moves_on - 1 WHERE moves_on IS NOT NULL");
  Sql("UPDATE application SET effective_on = effective_on - 1 WHERE moves_to IS NOT NULL");
  Tick();
  EXPECT_EQ(AccountsOf(kOtherInstitution), 4);
  EXPECT_EQ(AccountsOf(kInstitution), 1);  // the ended one
  EXPECT_EQ(Count("device_account WHERE institution_code = '1331234560' AND state = 'active' AND desk_id IS NOT NULL"),
            2);
  EXPECT_EQ(Sql("SELECT code_hash FROM activation_code WHERE void_at IS NULL AND spent_at IS NULL"),
            hash(kOtherInstitution));
  EXPECT_EQ(Count("account_step WHERE event = 'move' AND by = 'server'"), 4);
  EXPECT_EQ(Events("account.institution_moved"), 1);
  Tick();
  EXPECT_EQ(Events("account.institution_moved"), 1);
}

TEST_F(FacilityServiceTest, SpeaksNoticesInJapaneseAndEnglish) {
  Sql("INSERT INTO notice (kind, about) VALUES ('category.ends', '1311234567 2027-01-31')");
  v1::ListNoticesResponse response;
  ASSERT_TRUE(stub_->ListNotices(As(Session(kViv)).get(), {}, &response).ok());
  ASSERT_EQ(response.notices_size(), 1);
  EXPECT_NE(response.notices(0).text_ja().find("医療機関コード 1311234567"), std::string::npos);
  EXPECT_NE(response.notices(0).text_en().find("ends on 2027-01-31"), std::string::npos);
  EXPECT_FALSE(response.notices(0).read());
}

}  // namespace
}  // namespace madoguchi::console
