// SPDX-License-Identifier: Apache-2.0
// Over real TLS without client certificate, on a real database.
#include "server/identity/enrolment_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <future>

#include "contract/channel_credentials.h"
#include "contract/crypto/digest.h"
#include "madoguchi/v1/facility.pb.h"
#include "server/store/pg_certificates.h"
#include "server/store/pg_trail.h"
#include "tests/proto/contract/grpc_of_the_program.h"
#include "tests/server/store/activation_fixture.h"

namespace madoguchi::account {
namespace {

using testing::HasSubstr;
using testing::Not;

class EnrolmentServiceTest : public ActivationTest {
 protected:
  EnrolmentServiceTest() {
    const identity::IdentityFiles files(folder_.File("identity"));
    grpc::ServerBuilder builder;
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
    builder.SetMaxReceiveMessageSize(identity::kEnrolmentMessageBytesMax);
    builder.SetResourceQuota(grpc::ResourceQuota("enrolment").SetMaxThreads(identity::kEnrolmentThreadsMax));
    builder.AddListeningPort(
        "127.0.0.1:0", wire::ServerCredentials({files.root, files.server, files.server_key}, false).value(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = NewStub();
  }
  ~EnrolmentServiceTest() override { server_->Shutdown(); }
  std::unique_ptr<v1::EnrolmentService::Stub> NewStub() {
    const identity::IdentityFiles files(folder_.File("identity"));
    grpc::ChannelArguments own;
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return v1::EnrolmentService::NewStub(grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(port_), wire::ClientCredentials({files.root, "", ""}).value(), own));
  }
  static grpc::Status Begin(v1::EnrolmentService::Stub& stub, const v1::BeginActivationRequest& request,
                            v1::BeginActivationResponse& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    // gRPC 1.51 looks at errno late after connect(2) and now and then takes a connection under way for a failed one.
    context.set_wait_for_ready(true);
    return stub.BeginActivation(&context, request, &response);
  }
  static grpc::Status Finish(v1::EnrolmentService::Stub& stub, const v1::BeginActivationResponse& begun,
                             const identity::TestRequest& pc, v1::FinishActivationResponse& response) {
    const Bytes challenge(begun.challenge().begin(), begun.challenge().end());
    v1::FinishActivationRequest request;
    request.set_activation_id(begun.activation_id());
    request.set_signature(std::string(AsText(SignatureOf({begun.activation_id(), challenge, {}}, pc))));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    return stub.FinishActivation(&context, request, &response);
  }
  static v1::BeginActivationRequest ByToken(const Bytes& token, const identity::TestRequest& pc) {
    v1::BeginActivationRequest request;
    request.set_token(ToHex(token));
    request.set_certificate_request(std::string(AsText(pc.der)));
    return request;
  }
  v1::BeginActivationRequest BySheet(const std::string& password) {
    v1::BeginActivationRequest request;
    request.mutable_sheet()->set_institution_code(kInstitution);
    request.mutable_sheet()->set_account_id("W0000011");
    request.mutable_sheet()->set_password(password);
    request.mutable_sheet()->set_activation_code(CodeOfAccount("W0000011"));
    request.set_desk_name("受付");
    request.set_certificate_request(std::string(AsText(pc_.der)));
    return request;
  }
  static v1::CallRefusal RefusalOf(const grpc::Status& status) {
    v1::CallRefusal refusal;
    refusal.ParseFromString(status.error_details());
    return refusal;
  }

  store::PgTrail trail_{server_url(), "server-one", limit_};
  store::PgCertificates book_{pool_, "server-one"};
  const identity::Renewal renewal_{*ca_, book_};
  identity::EnrolmentService service_{*activation_, renewal_, trail_, "clinic.example:8443"};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::EnrolmentService::Stub> stub_;
  v1::BeginActivationResponse begun_;
  v1::FinishActivationResponse activated_;
};

TEST_F(EnrolmentServiceTest, ActivatesADeskByTokenAndTellsItWhereToGoOn) {
  Issue("W0000011");
  const std::string desk = Prepare("窓口 1", {"W0000011"}, token_);
  ASSERT_TRUE(Begin(*stub_, ByToken(token_, pc_), begun_).ok());
  EXPECT_EQ(begun_.expires_in_ms(), 60'000U);
  const grpc::Status finished = Finish(*stub_, begun_, pc_, activated_);
  ASSERT_TRUE(finished.ok()) << finished.error_message();
  EXPECT_EQ(activated_.desk_id(), desk);
  EXPECT_EQ(activated_.desk_name(), "窓口 1");
  EXPECT_EQ(activated_.account_id(), "W0000011");
  EXPECT_EQ(activated_.institution_code(), kInstitution);
  EXPECT_EQ(activated_.desk_listener(), "clinic.example:8443");
  EXPECT_THAT(activated_.certificate_pem(), HasSubstr("BEGIN CERTIFICATE"));
}

TEST_F(EnrolmentServiceTest, TwentyDesksAtOnceAreActivatedWithoutBeingSentAway) {
  std::vector<Bytes> tokens;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "W00000" + std::to_string(11 + i);
    Issue(id);
    tokens.push_back(Bytes(32, static_cast<std::uint8_t>(i + 1)));
    Prepare("desk " + id, {id}, tokens.back());
  }
  const Stopwatch watch;
  std::vector<std::future<std::string>> desks;
  for (const Bytes& token : tokens) {
    desks.push_back(std::async(std::launch::async, [&] {
      const identity::TestRequest pc = identity::MakeRequest();
      const auto stub = NewStub();
      v1::BeginActivationResponse begun;
      v1::FinishActivationResponse activated;
      const grpc::Status first = Begin(*stub, ByToken(token, pc), begun);
      if (!first.ok()) return first.error_message();
      return Finish(*stub, begun, pc, activated).error_message();
    }));
  }
  for (auto& desk : desks) EXPECT_EQ(desk.get(), "");
  EXPECT_LT(watch.elapsed(), std::chrono::seconds(60));
  EXPECT_EQ(Count("device_account WHERE state = 'active' AND account_id > 'W0000010'"), 20);
}

TEST_F(EnrolmentServiceTest, AWrongTokenIsNotFoundAndInTheTrail) {
  const grpc::Status refused = Begin(*stub_, ByToken(token_, pc_), begun_);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(RefusalOf(refused).code(), Number(ErrorCode::kEnrolmentTokenInvalid));
  v1::BeginActivationRequest crooked = ByToken(token_, pc_);
  for (const std::string& token : {std::string(), std::string(64, 'g'), std::string(62, 'a')}) {
    crooked.set_token(token);
    EXPECT_EQ(RefusalOf(Begin(*stub_, crooked, begun_)).code(), Number(ErrorCode::kEnrolmentTokenInvalid));
  }
  EXPECT_EQ(Count("audit_event WHERE action = 'identity.token_refused'"), 4);
}

TEST_F(EnrolmentServiceTest, ALockSaysHowLongItLasts) {
  Issue("W0000011");
  grpc::Status refused;
  for (int i = 0; i < 5; ++i) refused = Begin(*stub_, BySheet("wrong"), begun_);
  EXPECT_EQ(RefusalOf(refused).code(), Number(ErrorCode::kLogInLocked));
  EXPECT_GT(RefusalOf(refused).retry_after_ms(), 29U * 60 * 1000);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.log_in_refused'"), 5);
  EXPECT_EQ(Count("audit_event WHERE action = 'identity.activation_refused'"), 0);  // not twice
}

TEST_F(EnrolmentServiceTest, AFloodIsToldToWaitAndLeavesNoRows) {
  v1::BeginActivationRequest crooked = ByToken(token_, pc_);
  crooked.set_token("aa");  // refused before the database is asked: nothing slows the flood down
  int busy = 0;
  for (int i = 0; i < identity::kEnrolmentCallsBurst + 40; ++i) {
    const grpc::Status refused = Begin(*stub_, crooked, begun_);
    if (refused.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) continue;
    ++busy;
    EXPECT_EQ(RefusalOf(refused).code(), Number(ErrorCode::kServerBusy));
    EXPECT_GT(RefusalOf(refused).retry_after_ms(), 0U);
  }
  EXPECT_GT(busy, 0);
  EXPECT_EQ(Count("audit_event WHERE code = 1401"), 0);
}

TEST_F(EnrolmentServiceTest, AFloodOfWrongTokensDoesNotFillTheTrail) {
  const Stopwatch watch;
  for (int i = 0; i < identity::kEnrolmentCallsBurst; ++i) {
    EXPECT_EQ(RefusalOf(Begin(*stub_, ByToken(token_, pc_), begun_)).code(), Number(ErrorCode::kEnrolmentTokenInvalid));
  }
  const int rows = Count("audit_event WHERE action = 'identity.token_refused'");
  EXPECT_GE(rows, identity::kRefusalRowsBurst);
  EXPECT_LE(rows, identity::kRefusalRowsBurst + 1 + watch.elapsed() / identity::kRefusalRowEvery);
}

TEST_F(EnrolmentServiceTest, TheSameFinishGivesTheSameCertificateAlsoLater) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  ASSERT_TRUE(Begin(*stub_, ByToken(token_, pc_), begun_).ok());
  ASSERT_TRUE(Finish(*stub_, begun_, pc_, activated_).ok());
  Sql("UPDATE activation SET expires_at = now() - interval '1 day', heal_at = now() - interval '1 day'");
  ASSERT_TRUE(activation_->Heal().ok());
  v1::FinishActivationResponse again;
  ASSERT_TRUE(Finish(*stub_, begun_, pc_, again).ok());
  EXPECT_EQ(again.SerializeAsString(), activated_.SerializeAsString());
  EXPECT_EQ(RefusalOf(Finish(*stub_, begun_, identity::MakeRequest(), again)).code(),
            Number(ErrorCode::kActivationRefused));
}

TEST_F(EnrolmentServiceTest, ALateRenewalThatIsRefusedIsInTheTrailOnceWithItsDesk) {
  Issue("W0000011");
  const std::string desk = Prepare("desk", {"W0000011"}, token_);
  ASSERT_TRUE(Begin(*stub_, ByToken(token_, pc_), begun_).ok());
  ASSERT_TRUE(Finish(*stub_, begun_, pc_, activated_).ok());
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk + "'");
  const identity::TestRequest next = identity::MakeRequest();
  std::string message("madoguchi.renewal.v1");
  message += '\0';
  message += AsText(crypto::Sha256(next.der));
  v1::RenewLateRequest request;
  request.set_certificate_pem(activated_.certificate_pem());
  request.set_certificate_request(std::string(AsText(next.der)));
  const auto ask = [&](const Bytes& signature) {
    request.set_signature(std::string(AsText(signature)));
    v1::RenewLateResponse response;
    grpc::ClientContext context;
    return RefusalOf(stub_->RenewLate(&context, request, &response)).code();
  };
  EXPECT_EQ(ask(identity::SignWith(pc_.key_pem, AsBytes(message))), Number(ErrorCode::kRenewalRefused));
  EXPECT_EQ(Sql("SELECT string_agg(desk_id::text, ',') FROM audit_event WHERE action = 'identity.renewal_refused'"),
            desk);
  EXPECT_EQ(ask(identity::SignWith(next.key_pem, AsBytes(message))), Number(ErrorCode::kRenewalRefused));
  EXPECT_EQ(Count("audit_event WHERE action = 'identity.renewal_refused'"), 2);
}

TEST_F(EnrolmentServiceTest, SecretsAreRepeatedNowhere) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  testing::internal::CaptureStderr();
  static_cast<void>(Begin(*stub_, BySheet("wrong-secret"), begun_));
  static_cast<void>(Begin(*stub_, BySheet(PasswordOf("W0000011")), begun_));
  static_cast<void>(Finish(*stub_, begun_, pc_, activated_));
  static_cast<void>(Begin(*stub_, ByToken(token_, pc_), begun_));
  const std::string logged = testing::internal::GetCapturedStderr();
  const std::string kept =
      Sql("SELECT string_agg(t::text, ' ') FROM (SELECT audit_event::text AS t FROM audit_event UNION ALL "
          "SELECT activation::text FROM activation UNION ALL SELECT log_in_failure::text FROM log_in_failure) AS x");
  for (const std::string& secret :
       {std::string("wrong-secret"), PasswordOf("W0000011"), CodeOfAccount("W0000011"), ToHex(token_)}) {
    EXPECT_THAT(logged, Not(HasSubstr(secret)));
    EXPECT_THAT(kept, Not(HasSubstr(secret)));
    EXPECT_THAT(kept, Not(HasSubstr(ToHex(AsBytes(secret)))));
  }
}

}  // namespace
}  // namespace madoguchi::account
