// SPDX-License-Identifier: Apache-2.0
#include "server/console/facility_service.h"

#include "server/account/manual_national_accounts.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

constexpr char kRae[] = "rae@clinic.example";  // administrator of one institution

class FacilityServiceTest : public ConsoleTest {
 protected:
  FacilityServiceTest() {
    AddUser(kRae, "administrator", {kInstitution});
    Serve({&service_});
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
  account::ManualNationalAccounts national_;
  account::Institutions institutions_{{store_->institutions(), national_, store_->trail(), seal_, keyed_hash_}};
  FacilityService service_{*guard_, institutions_};
  std::unique_ptr<v1::FacilityService::Stub> stub_;
  v1::RegisterInstitutionResponse registered_;
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
  v1::MoveInstitutionRequest request;
  request.set_institution_code(kInstitution);
  request.set_to_code(kOtherInstitution);
  request.set_on("2100-01-01");
  v1::MoveInstitutionResponse response;
  EXPECT_EQ(CodeOfCall(stub_->MoveInstitution(As(Session(kAda)).get(), request, &response)),
            static_cast<int>(ErrorCode::kApprovalNeeded));
  EXPECT_EQ(Count("institution WHERE moves_to IS NOT NULL"), 0);
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
