// SPDX-License-Identifier: Apache-2.0
#include "server/console/application_service.h"

#include <atomic>

#include "contract/crypto/random.h"
#include "server/account/application_courier.h"
#include "server/account/https_national_accounts.h"
#include "server/account/mail_courier.h"
#include "server/account/manual_national_accounts.h"
#include "tests/server/console/console_fixture.h"
#include "tests/server/outbound/tls_server.h"

namespace madoguchi::console {
namespace {

using outbound::test::Answered;
using outbound::test::Reaction;

constexpr char kAcceptedTwo[] =
    R"({"state":"accepted","issued_on":"2026-11-22","accounts":[{"account":"W0000021","password":"Abcd2345","activation_code":"123456789012"},)"
    R"({"account":"W0000022","password":"Efgh2345","activation_code":"210987654321"}]})";

// The national side over real TLS; what it answers is set by each test.
class ApplicationServiceTest : public ConsoleTest {
 protected:
  ApplicationServiceTest() {
    Sql("UPDATE institution SET category = 'paper_claims', name = '窓口'");
    Serve({&service_});
    stub_ = v1::ApplicationService::NewStub(Channel());
  }
  ~ApplicationServiceTest() override { StopServing(); }
  static v1::ApplyRequest Request() {
    v1::ApplyRequest request;
    request.set_institution_code(kInstitution);
    request.set_kind(v1::USE);
    request.set_applicant("試験　花子");
    request.set_bank_account_last4("7391");
    request.set_staff_count(10);
    request.set_devices(2);
    request.set_terms_version(account::kTermsVersion);
    request.set_request_id(UuidText(crypto::NewUuid()));
    return request;
  }
  grpc::Status Apply(const v1::ApplyRequest& request) {
    return stub_->Apply(As(Session(kAda)).get(), request, &applied_);
  }
  v1::Application Listed() {
    v1::ListApplicationsResponse response;
    EXPECT_TRUE(stub_->List(As(Session(kAud)).get(), {}, &response).ok());
    return response.applications_size() == 0 ? v1::Application() : response.applications(0);
  }
  bool Tick() {
    Sql("UPDATE application SET next_poll_at = clock_timestamp() WHERE next_poll_at IS NOT NULL");
    const auto done = courier_.Tick(Deadline::In(std::chrono::seconds(30)));
    EXPECT_TRUE(done.ok());
    return done.ok() && *done;
  }
  Reaction Answer(const outbound::test::Request& request) {
    if (status_ != 200)
      return Answered(status_, "application/problem+json", R"({"type":"fault_injected","title":"x"})");
    if (request.path == "/v1/applications") return Answered(200, "application/json", R"({"receipt":"R-000001"})");
    if (request.path == "/v1/applications/withdraw")
      return Answered(200, "application/json", R"({"state":"withdrawn"})");
    return Answered(200, "application/json", decision_);
  }
  std::atomic<int> status_{200};
  std::string decision_ = R"({"state":"open"})";
  outbound::test::Authority authority_;
  outbound::test::TlsServer portal_{
      authority_.files(), [this](const outbound::test::Request& request, std::size_t) { return Answer(request); }};
  account::HttpsNationalAccounts national_{portal_.url(), authority_.files()};
  account::Applications applications_{{store_->applications(), national_, store_->trail(), seal_, {}}};
  account::ApplicationCourier courier_{{store_->applications(), national_, seal_, keyed_hash_}};
  ApplicationService service_{*guard_, applications_};
  std::unique_ptr<v1::ApplicationService::Stub> stub_;
  v1::ApplyResponse applied_;
};

TEST_F(ApplicationServiceTest, GoesFromApplicationToIssuedAccountsAndTheMailThatSaysSo) {
  ASSERT_EQ(CodeOfCall(Apply(Request())), 0);
  EXPECT_EQ(applied_.application().state(), v1::SUBMITTED);
  EXPECT_EQ(Count("application WHERE bank_last4_sealed IS NOT NULL"), 1);
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().receipt(), "R-000001");
  EXPECT_NE(portal_.requests().at(0).body.find(R"("bank_account_last4":"7391")"), std::string::npos);
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().state(), v1::SUBMITTED);
  decision_ = kAcceptedTwo;
  EXPECT_TRUE(Tick());
  const v1::Application application = Listed();
  EXPECT_EQ(application.state(), v1::ACCEPTED);
  EXPECT_EQ(application.accounts_issued(), 2U);
  EXPECT_EQ(application.accounts_free(), 2U);
  EXPECT_EQ(application.history_size(), 3);
  EXPECT_EQ(Count("application WHERE bank_last4_sealed IS NOT NULL"), 0);
  EXPECT_EQ(Count("sealed_sheet WHERE account_id IN ('W0000021', 'W0000022')"), 2);
  const std::string mail = MailText("application.accepted");
  EXPECT_NE(mail.find("受付が完了"), std::string::npos);
  EXPECT_TRUE(mail.find("Abcd2345") == std::string::npos && mail.find("123456789012") == std::string::npos);
  const std::string sealed_hex = Sql("SELECT encode(sealed, 'hex') FROM sealed_sheet WHERE account_id = 'W0000021'");
  const auto opened = account::OpenSheet(seal_, "W0000021", *FromHex(sealed_hex));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->password, "Abcd2345");
}

TEST_F(ApplicationServiceTest, RefusesTheTwentyFirstDeviceWithTheWayOn) {
  v1::ApplyRequest request = Request();
  request.set_devices(21);
  const grpc::Status status = Apply(request);
  EXPECT_EQ(CodeOfCall(status), static_cast<int>(ErrorCode::kApplicationTooManyDevices));
  ASSERT_EQ(RefusalOf(status).problems_size(), 1);
  EXPECT_NE(RefusalOf(status).problems(0).text_ja().find("追加申請"), std::string::npos);
  EXPECT_EQ(Events("account.application_refused"), 1);
}

TEST_F(ApplicationServiceTest, AnUnreachableNationalSideLosesNothing) {
  status_ = 503;
  ASSERT_EQ(CodeOfCall(Apply(Request())), 0);
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().receipt(), "");
  EXPECT_EQ(Sql("SELECT next_poll_at > clock_timestamp() FROM application"), "t");
  status_ = 200;
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().receipt(), "R-000001");
}

TEST_F(ApplicationServiceTest, ARejectionBringsItsReasonAndANotice) {
  decision_ = R"({"state":"rejected","reason":"書類が足りません"})";
  ASSERT_EQ(CodeOfCall(Apply(Request())), 0);
  EXPECT_TRUE(Tick());
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().state(), v1::REJECTED);
  EXPECT_EQ(Listed().reason(), "書類が足りません");
  EXPECT_EQ(Count("notice WHERE kind = 'application.rejected'"), 1);
}

TEST_F(ApplicationServiceTest, ASubmissionThatTheNationalSideDoesNotTakeIsARejectionAndMayBeMadeAnew) {
  status_ = 400;
  ASSERT_EQ(CodeOfCall(Apply(Request())), 0);
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().state(), v1::REJECTED);
  EXPECT_NE(Listed().reason().find("もう一度申請"), std::string::npos);
  EXPECT_EQ(Count("notice WHERE kind = 'application.rejected'"), 1);
  EXPECT_EQ(CodeOfCall(Apply(Request())), 0);
}

TEST_F(ApplicationServiceTest, AnAcceptanceWithoutAccountsTellsNobodyToPrintSheets) {
  decision_ = R"({"state":"accepted","issued_on":"2026-11-22","accounts":[]})";
  v1::ApplyRequest request = Request();
  request.set_kind(v1::END_OF_USE);
  request.set_effective_on("2099-03-31");
  ASSERT_EQ(CodeOfCall(Apply(request)), 0);
  EXPECT_TRUE(Tick());
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().state(), v1::ACCEPTED);
  EXPECT_EQ(Sql("SELECT ends_on FROM institution WHERE code = '1311234567'"), "2099-03-31");
  EXPECT_EQ(MailText("application.accepted").find("印刷"), std::string::npos);
  EXPECT_EQ(Sql("SELECT kind FROM notice"), "application.agreed");
}

TEST_F(ApplicationServiceTest, MoreAccountsThanAskedForAreNotTaken) {
  decision_ = kAcceptedTwo;
  v1::ApplyRequest request = Request();
  request.set_devices(1);
  ASSERT_EQ(CodeOfCall(Apply(request)), 0);
  EXPECT_TRUE(Tick());
  EXPECT_TRUE(Tick());
  EXPECT_EQ(Listed().state(), v1::SUBMITTED);
  EXPECT_EQ(Count("device_account WHERE account_id = 'W0000021'"), 0);
}

TEST_F(ApplicationServiceTest, IsWithdrawnThereAndHere) {
  ASSERT_EQ(CodeOfCall(Apply(Request())), 0);
  EXPECT_TRUE(Tick());
  v1::WithdrawApplicationRequest request;
  request.set_institution_code(kInstitution);
  request.set_application_id(applied_.application().application_id());
  v1::WithdrawApplicationResponse response;
  ASSERT_EQ(CodeOfCall(stub_->Withdraw(As(Session(kAda)).get(), request, &response)), 0);
  EXPECT_EQ(response.application().state(), v1::WITHDRAWN);
  EXPECT_EQ(portal_.requests().back().path, "/v1/applications/withdraw");
  EXPECT_EQ(CodeOfCall(stub_->Withdraw(As(Session(kAda)).get(), request, &response)),
            static_cast<int>(ErrorCode::kStateNotPossible));
}

TEST_F(ApplicationServiceTest, InManualModeAnApplicationStaysADraftThatNobodyIsToldOf) {
  account::ManualNationalAccounts manual;
  account::Applications applications({store_->applications(), manual, store_->trail(), seal_, {}});
  account::ApplicationRequest request;
  request.request_id = UuidText(crypto::NewUuid());
  request.institution_code = kInstitution;
  request.applicant = "試験";
  request.bank_last4 = "7391";
  request.staff_count = request.devices = 1;
  request.terms_version = account::kTermsVersion;
  request.by = kAda;
  account::Problems problems;
  const auto applied = applications.Apply(request, problems, store::Soon());
  ASSERT_TRUE(applied.ok());
  EXPECT_EQ(applied->state, account::ApplicationState::kDraft);
  EXPECT_TRUE(Tick());
  EXPECT_TRUE(portal_.requests().empty());
}

}  // namespace
}  // namespace madoguchi::console
