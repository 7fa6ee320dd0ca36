// SPDX-License-Identifier: Apache-2.0
// The whole service over mutual TLS with certificates of a facility CA of its own. The check is played by a function of
// each test.
#include "server/desk/desk_service.h"

#include <gmock/gmock.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>

#include <future>
#include <semaphore>

#include "contract/card_script_wire.h"
#include "contract/channel_credentials.h"
#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "contract/files.h"
#include "server/audit/event.h"
#include "server/card/scripts.h"
#include "server/identity/facility_ca.h"
#include "server/identity/server_certificate.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/test_request.h"

namespace madoguchi::desk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kWaitMax{20};
constexpr const char* kPassphrase = "correct horse battery";

int Number(ErrorCode code) {
  return static_cast<int>(code);
}

class FewDesks final : public Directory {
 public:
  Result<DeskRecord> LoadDesk(const DeskQuery& query, Deadline) override {
    const std::lock_guard lock(mutex_);
    asked_ = query;
    if (refusal_) return Error{*refusal_, "test", {}};
    return DeskRecord{query.desk_id, "窓口1", query.institution_code.empty() ? "1311234567" : query.institution_code,
                      account_};
  }
  Result<void> RecordArrival(const DeskQuery&, const Arrival& arrival, Deadline) override {
    const std::lock_guard lock(mutex_);
    arrival_ = arrival;
    return {};
  }
  void Refuse(ErrorCode code) {
    const std::lock_guard lock(mutex_);
    refusal_ = code;
  }
  void MoveTo(const std::string& account) {
    const std::lock_guard lock(mutex_);
    account_ = account;
  }
  DeskQuery asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  Arrival arrival() {
    const std::lock_guard lock(mutex_);
    return arrival_;
  }

 private:
  std::mutex mutex_;
  std::optional<ErrorCode> refusal_;  // guarded by mutex_, like all below
  std::string account_ = "W0000001";
  DeskQuery asked_;
  Arrival arrival_;
};

// Keeps events and lets a test wait for one.
class EventTrail final : public audit::Trail {
 public:
  Result<audit::IntentReceipt> RecordIntent(const audit::CheckIntent&, Deadline) override {
    return audit::IntentReceipt{};
  }
  Result<void> RecordOutcome(const audit::CheckOutcome&, Deadline) override { return {}; }
  Result<void> RecordEvent(const audit::Event& event, Deadline) override {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    }
    changed_.notify_all();
    return {};
  }
  bool WaitFor(const std::string& action, int code) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWaitMax, [&] {
      return std::any_of(events_.begin(), events_.end(),
                         [&](const auto& one) { return one.action == action && one.code == code; });
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<audit::Event> events_;  // guarded by mutex_
};

// One desk that says what a test wants. Reads block until something comes or the call's deadline.
class TestDesk {
 public:
  explicit TestDesk(const std::shared_ptr<grpc::Channel>& channel) : stub_(v1::DeskService::NewStub(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() + kWaitMax);
    stream_ = stub_->Connect(&context_);
  }
  ~TestDesk() {
    context_.TryCancel();
    v1::ServerMessage rest;
    while (stream_->Read(&rest)) {
    }
    static_cast<void>(stream_->Finish());
  }
  TestDesk(const TestDesk&) = delete;
  TestDesk& operator=(const TestDesk&) = delete;

  void Send(v1::DeskMessage message) {
    message.set_sequence(++sequence_);
    SendAsIs(message);
  }
  void SendAsIs(const v1::DeskMessage& message) { stream_->Write(message); }
  v1::ServerMessage Receive() {
    v1::ServerMessage message;
    if (!stream_->Read(&message)) return {};
    EXPECT_EQ(message.sequence(), ++received_);
    return message;
  }
  void Hello(const std::string& agent = std::string(kAgentInstanceBytes, 'a'),
             std::uint32_t version = limits::kProtocolVersion) {
    v1::DeskMessage message;
    message.mutable_hello()->set_protocol_min(version);
    message.mutable_hello()->set_protocol_max(version);
    message.mutable_hello()->set_agent_version("0.1.0");
    message.mutable_hello()->set_agent_instance(agent);
    Send(std::move(message));
  }
  v1::Welcome Enter(const std::string& agent = std::string(kAgentInstanceBytes, 'a')) {
    Hello(agent);
    return Receive().welcome();
  }
  Bytes Press(Bytes press_id = crypto::NewUuid()) {
    v1::DeskMessage message;
    message.mutable_press()->set_press_id(std::string(AsText(press_id)));
    message.mutable_press()->set_method(v1::PIN);
    message.mutable_press()->set_remaining_ms(15000);
    Send(std::move(message));
    return press_id;
  }
  void Heartbeat() {
    v1::DeskMessage message;
    message.mutable_heartbeat();
    Send(std::move(message));
  }
  void Answer(const v1::RunScript& run, std::uint32_t epoch) {
    v1::DeskMessage message;
    v1::ScriptResult& result = *message.mutable_script_result();
    result.set_press_id(run.press_id());
    result.set_epoch(epoch);
    result.set_script_number(run.script_number());
    result.mutable_answers()->add_steps()->set_status_word(0x9000);
    Send(std::move(message));
  }
  // The code of the Goodbye; what comes before it is passed over. 0: the stream ended without one.
  int Goodbye() {
    for (;;) {
      const v1::ServerMessage message = Receive();
      if (message.has_goodbye()) return message.goodbye().code();
      if (message.content_case() == v1::ServerMessage::CONTENT_NOT_SET) return 0;
    }
  }
  v1::CheckAnswer CheckAnswer() {
    for (;;) {
      v1::ServerMessage message = Receive();
      if (message.has_check_answer()) return message.check_answer();
      if (message.content_case() == v1::ServerMessage::CONTENT_NOT_SET) return {};
    }
  }
  void HangUp() { context_.TryCancel(); }
  // PEM of the certificate the server showed.
  std::string Shown() const {
    const auto certificates = context_.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
    return certificates.empty() ? "" : std::string(certificates[0].data(), certificates[0].size());
  }

 private:
  std::unique_ptr<v1::DeskService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::DeskMessage, v1::ServerMessage>> stream_;
  std::uint64_t sequence_ = 0;
  std::uint64_t received_ = 0;
};

CardScript ProofScript() {
  return card::PinProofScript(Bytes(32, 0x55));
}

class DeskServiceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { wire::RequireTls13(); }

  void SetUp() override {
    ASSERT_TRUE(identity::FacilityCa::Create(directory_, kPassphrase, {{"localhost"}, {}}).ok());
    ca_ = identity::FacilityCa::Load(directory_, kPassphrase).value();
    const identity::IdentityFiles files(directory_);
    auto credentials = wire::ServerCredentials({files.root, files.server, files.server_key}, true);
    ASSERT_TRUE(credentials.ok());
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kMessageBytesMax));
    builder.AddListeningPort("127.0.0.1:0", *credentials, &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_TRUE(server_);
    MakeCertificate("a", crypto::NewUuid());
  }
  void TearDown() override {
    service_.RefusePresses();
    service_.WaitForPresses(Deadline::In(kWaitMax));
    service_.SayGoodbye();
    server_->Shutdown(std::chrono::system_clock::now() + kWaitMax);
    server_->Wait();
    checks_.Stop();
  }
  void MakeCertificate(const std::string& name, const Bytes& desk_id) {
    const identity::TestRequest request = identity::MakeRequest();
    const auto issued = ca_->IssueDesk(request.der, UuidText(desk_id));
    ASSERT_TRUE(issued.ok());
    ASSERT_TRUE(WriteFileWhole(folder_.File(name + ".pem"), issued->certificate_pem, false).ok());
    ASSERT_TRUE(WriteFileWhole(folder_.File(name + ".key"), request.key_pem, true).ok());
  }
  std::shared_ptr<grpc::Channel> Channel(const std::string& name = "a") {
    wire::TlsFiles files{identity::IdentityFiles(directory_).root, folder_.File(name + ".pem"),
                         folder_.File(name + ".key")};
    if (name.empty()) files = {files.root_file, "", ""};
    auto credentials = wire::ClientCredentials(files);
    EXPECT_TRUE(credentials.ok());
    return grpc::CreateChannel("localhost:" + std::to_string(port_), *credentials);
  }

  static check::Outcome Refusal(const Error& error) { return {error, {}}; }

  TestFolder folder_;
  const std::string directory_ = folder_.File("identity");
  std::unique_ptr<identity::FacilityCa> ca_;
  FewDesks desks_;
  EventTrail trail_;
  telemetry::Metrics metrics_;
  std::atomic<bool> alive_{true};
  check::CheckPool checks_{1, 1};
  // What a check does; the default is refused at once.
  Surroundings::RunCheck run_check_ = [](const check::Press&, check::CardChannel&, Deadline) {
    return Refusal({ErrorCode::kNotAMyNumberCard, "", {}});
  };
  DeskService service_{{desks_, trail_, checks_, metrics_,
                        [this](const check::Press& press, check::CardChannel& channel, Deadline deadline) {
                          return run_check_(press, channel, deadline);
                        },
                        seconds(15), "0.1.0", card::OpeningScript(), [this] { return alive_.load(); }, true}};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(DeskServiceTest, WelcomesADeskByItsCertificateAndHandsItTheOpeningScript) {
  const Bytes id = crypto::NewUuid();
  MakeCertificate("b", id);
  TestDesk desk(Channel("b"));
  const v1::Welcome welcome = desk.Enter();
  EXPECT_EQ(welcome.desk_id(), UuidText(id));
  EXPECT_EQ(welcome.institution_code(), "1311234567");
  EXPECT_EQ(welcome.account_id(), "W0000001");
  EXPECT_FALSE(welcome.sight_allowed());
  EXPECT_EQ(*wire::FromMessage(welcome.opening_script()), card::OpeningScript());
}

TEST_F(DeskServiceTest, AsksTheDirectoryForTheCertificateAndTheCodeAndTellsItWhoCame) {
  TestDesk desk(Channel());
  v1::DeskMessage message;
  v1::Hello& hello = *message.mutable_hello();
  hello.set_protocol_min(limits::kProtocolVersion);
  hello.set_protocol_max(limits::kProtocolVersion);
  hello.set_agent_version("0.2.0");
  hello.set_agent_instance(std::string(kAgentInstanceBytes, 'a'));
  hello.set_reader("Reader 00 01");
  hello.set_institution_code("1331234567");
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Receive().welcome().institution_code(), "1331234567");
  const auto der = crypto::DerFromPem(*ReadSmallFile(folder_.File("a.pem")));
  const auto digest = crypto::Sha256(*der);
  EXPECT_EQ(desks_.asked().certificate_sha256, Bytes(digest.begin(), digest.end()));
  EXPECT_EQ(desks_.asked().institution_code, "1331234567");
  EXPECT_EQ(desks_.arrival().address, "127.0.0.1");
  EXPECT_EQ(desks_.arrival().terminal_version, "0.2.0");
  EXPECT_EQ(desks_.arrival().reader, "Reader 00 01");
}

TEST_F(DeskServiceTest, RefusesAHelloWithAControlCharacter) {
  TestDesk desk(Channel());
  v1::DeskMessage message;
  message.mutable_hello()->set_protocol_min(limits::kProtocolVersion);
  message.mutable_hello()->set_protocol_max(limits::kProtocolVersion);
  message.mutable_hello()->set_agent_instance(std::string(kAgentInstanceBytes, 'a'));
  message.mutable_hello()->set_reader(std::string("Reader\0one", 10));
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kMessageInvalid));
}

TEST_F(DeskServiceTest, EndsTheStreamOfADeskThatWasRevokedMeanwhileAndNoOther) {
  const Bytes id = crypto::NewUuid();
  MakeCertificate("b", id);
  TestDesk one(Channel("b")), other(Channel());
  one.Enter();
  other.Enter();
  desks_.Refuse(ErrorCode::kDeskNotActive);
  const Stopwatch since;
  service_.Recheck(UuidText(id));
  EXPECT_EQ(one.Goodbye(), Number(ErrorCode::kDeskNotActive));
  EXPECT_LT(since.elapsed(), seconds(1));
  other.Heartbeat();
  EXPECT_TRUE(other.Receive().has_heartbeat());
}

TEST_F(DeskServiceTest, LooksAtEveryStreamAgainWhenItCannotBeSaidWhichDeskWasChanged) {
  TestDesk desk(Channel());
  desk.Enter();
  desks_.Refuse(ErrorCode::kCertificateNotAccepted);
  service_.Recheck({});
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kCertificateNotAccepted));
}

TEST_F(DeskServiceTest, EndsAStreamWhoseAccountIsAnotherOneNow) {
  TestDesk desk(Channel());
  desk.Enter();
  desks_.MoveTo("W0000002");
  service_.Recheck({});
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kChangedMeanwhile));
}

TEST_F(DeskServiceTest, KeepsAStreamWhenTheDirectoryCannotBeAsked) {
  TestDesk desk(Channel());
  desk.Enter();
  desks_.Refuse(ErrorCode::kDatabaseUnreachable);
  service_.Recheck({});
  desks_.Refuse(ErrorCode::kDeskNotActive);
  service_.Recheck({});  // comes after the first: what ends the stream is this one
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kDeskNotActive));
}

TEST_F(DeskServiceTest, RefusesPressesWhileTheDatabaseIsSilentAndTakesThemAgainAfter) {
  TestDesk desk(Channel());
  desk.Enter();
  alive_ = false;
  desk.Press();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kDatabaseSilent));
  alive_ = true;
  desk.Press();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kNotAMyNumberCard));
}

TEST_F(DeskServiceTest, ShowsItsRenewedCertificateToTheNextDeskAndKeepsTheStreamsThatAreOpen) {
  TestDesk open(Channel());
  open.Enter();
  const auto renewed = identity::RenewServerCertificate(*ca_, directory_,
                                                        std::chrono::system_clock::now() + std::chrono::hours(24 * 60));
  ASSERT_TRUE(renewed.ok());
  ASSERT_TRUE(*renewed);
  MakeCertificate("b", crypto::NewUuid());
  TestDesk next(Channel("b"));
  next.Enter();
  EXPECT_NE(next.Shown(), open.Shown());
  EXPECT_EQ(*crypto::DerFromPem(next.Shown()),
            *crypto::DerFromPem(*ReadSmallFile(identity::IdentityFiles(directory_).server)));
  open.Heartbeat();
  EXPECT_TRUE(open.Receive().has_heartbeat());
}

TEST_F(DeskServiceTest, LetsNoConsoleIn) {
  const auto console = ca_->IssueConsole(UuidText(crypto::NewUuid()));
  ASSERT_TRUE(WriteFileWhole(folder_.File("console.pem"), console->issued.certificate_pem, false).ok());
  ASSERT_TRUE(WriteFileWhole(folder_.File("console.key"), console->key_pem, true).ok());
  TestDesk desk(Channel("console"));
  desk.Hello();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kDeskUnknown));
}

TEST_F(DeskServiceTest, LetsNobodyInWithoutACertificate) {
  TestDesk desk(Channel(""));
  desk.Hello();
  EXPECT_EQ(desk.Receive().content_case(), v1::ServerMessage::CONTENT_NOT_SET);
}

TEST_F(DeskServiceTest, WantsAHelloFirst) {
  TestDesk desk(Channel());
  desk.Heartbeat();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kHelloExpected));
}

TEST_F(DeskServiceTest, WantsOneHelloOnly) {
  TestDesk desk(Channel());
  desk.Enter();
  desk.Hello();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kHelloExpected));
}

TEST_F(DeskServiceTest, RefusesAVersionItDoesNotSpeak) {
  TestDesk desk(Channel());
  desk.Hello(std::string(kAgentInstanceBytes, 'a'), limits::kProtocolVersion + 1);
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kProtocolVersionUnsupported));
}

TEST_F(DeskServiceTest, ClosesAStreamWhoseNumbersBreak) {
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message;
  message.set_sequence(3);
  message.mutable_heartbeat();
  desk.SendAsIs(message);
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kSequenceBroken));
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskProtocolBroken, Number(ErrorCode::kSequenceBroken)));
}

TEST_F(DeskServiceTest, TellsADeskThatIsNotActiveSo) {
  desks_.Refuse(ErrorCode::kDeskNotActive);
  TestDesk desk(Channel());
  desk.Hello();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kDeskNotActive));
}

TEST_F(DeskServiceTest, AnswersEveryHeartbeat) {
  TestDesk desk(Channel());
  desk.Enter();
  for (int i = 0; i < 3; ++i) {
    desk.Heartbeat();
    EXPECT_TRUE(desk.Receive().has_heartbeat());
  }
}

TEST_F(DeskServiceTest, LetsTheNewestStreamOfADeskWin) {
  TestDesk older(Channel());
  older.Enter();
  TestDesk newer(Channel());
  EXPECT_EQ(newer.Enter().desk_name(), "窓口1");
  EXPECT_EQ(older.Goodbye(), Number(ErrorCode::kStreamSuperseded));
}

TEST_F(DeskServiceTest, ClosesBothAgentsThatTakeTurnsAndRecordsIt) {
  std::vector<std::unique_ptr<TestDesk>> turns;
  for (int i = 0; i < 3; ++i) {
    turns.push_back(std::make_unique<TestDesk>(Channel()));
    turns.back()->Enter(std::string(kAgentInstanceBytes, i % 2 == 0 ? 'a' : 'b'));
  }
  TestDesk last(Channel());
  last.Hello(std::string(kAgentInstanceBytes, 'b'));
  EXPECT_EQ(last.Goodbye(), Number(ErrorCode::kStreamsAlternate));
  EXPECT_EQ(turns.back()->Goodbye(), Number(ErrorCode::kStreamsAlternate));
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskStreamsAlternate, Number(ErrorCode::kStreamsAlternate)));
}

TEST_F(DeskServiceTest, TakesAPressThroughOneCardTripToItsAnswer) {
  run_check_ = [](const check::Press& press, check::CardChannel& channel, Deadline deadline) {
    EXPECT_EQ(press.caller.account_id, "W0000001");
    EXPECT_EQ(press.certificate_sha256.size(), 32U);
    EXPECT_TRUE(press.operator_needed);
    const auto answers = channel.Run(ProofScript(), 1, deadline);
    if (!answers) return Refusal(answers.error());
    check::CheckResult result;
    result.certificate_days_left = 40;
    check::Facts facts;
    facts.card_trips = 1;
    return check::Outcome{std::move(result), facts};
  };
  TestDesk desk(Channel());
  desk.Enter();
  const Bytes press_id = desk.Press();
  EXPECT_EQ(desk.Receive().press_accepted().press_id(), AsText(press_id));
  const v1::ServerMessage message = desk.Receive();
  const v1::RunScript& run = message.run_script();
  EXPECT_EQ(*wire::FromMessage(run.script()), ProofScript());
  desk.Answer(run, run.epoch());
  const v1::CheckAnswer answer = desk.CheckAnswer();
  EXPECT_TRUE(answer.has_answer());
  EXPECT_EQ(answer.press_id(), AsText(press_id));
  EXPECT_EQ(answer.facts().card_trips_after_press(), 1U);
}

TEST_F(DeskServiceTest, TellsTheDeskTheCodeOfARefusalAndTheTriesLeft) {
  run_check_ = [](const check::Press&, check::CardChannel&, Deadline) {
    return Refusal({ErrorCode::kPinWrong, "only for the log", 2});
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  const v1::CheckAnswer answer = desk.CheckAnswer();
  EXPECT_EQ(answer.refusal().code(), Number(ErrorCode::kPinWrong));
  EXPECT_EQ(answer.refusal().tries_left(), 2U);
}

TEST_F(DeskServiceTest, ClosesAStreamThatAnswersAScriptItWasNotSent) {
  std::promise<ErrorCode> told;
  run_check_ = [&told](const check::Press&, check::CardChannel& channel, Deadline deadline) {
    const auto answers = channel.Run(ProofScript(), 1, deadline);
    told.set_value(answers ? ErrorCode::kInternalError : answers.error().code);
    return Refusal({ErrorCode::kDeskGone, "", {}});
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  desk.Receive();
  const v1::ServerMessage message = desk.Receive();
  desk.Answer(message.run_script(), message.run_script().epoch() + 1);
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kScriptAnswersInvalid));
  EXPECT_EQ(told.get_future().get(), ErrorCode::kScriptAnswersInvalid);
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskScriptAnswersInvalid, Number(ErrorCode::kScriptAnswersInvalid)));
}

TEST_F(DeskServiceTest, EndsTheWaitOfACheckWhenItsDeskGoes) {
  std::promise<ErrorCode> told;
  run_check_ = [&told](const check::Press&, check::CardChannel& channel, Deadline deadline) {
    const auto answers = channel.Run(ProofScript(), 1, deadline);
    told.set_value(answers ? ErrorCode::kInternalError : answers.error().code);
    return Refusal({ErrorCode::kDeskGone, "", {}});
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  desk.Receive();
  EXPECT_TRUE(desk.Receive().has_run_script());
  desk.HangUp();
  auto future = told.get_future();
  ASSERT_EQ(future.wait_for(kWaitMax), std::future_status::ready);
  EXPECT_EQ(future.get(), ErrorCode::kDeskGone);
}

// Checks that wait until the test lets them go.
class HeldChecks {
 public:
  Surroundings::RunCheck Function() {
    return [this](const check::Press&, check::CardChannel&, Deadline) {
      entered_.release();
      released_.wait();
      return check::Outcome{Error{ErrorCode::kNotAMyNumberCard, "", {}}, {}};
    };
  }
  void WaitUntilEntered() { entered_.acquire(); }
  void Release() { release_.set_value(); }

 private:
  std::counting_semaphore<16> entered_{0};
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
};

TEST_F(DeskServiceTest, HasOneOpenPressPerDeskAndKnowsItWhenItComesAgain) {
  HeldChecks held;
  run_check_ = held.Function();
  TestDesk desk(Channel());
  desk.Enter();
  const Bytes first = desk.Press();
  EXPECT_EQ(desk.Receive().press_accepted().press_id(), AsText(first));
  desk.Press(first);
  EXPECT_EQ(desk.Receive().press_accepted().press_id(), AsText(first));
  const Bytes second = desk.Press();
  const v1::CheckAnswer refused = desk.CheckAnswer();
  EXPECT_EQ(refused.press_id(), AsText(second));
  EXPECT_EQ(refused.refusal().code(), Number(ErrorCode::kPressAlreadyOpen));
  held.Release();
  EXPECT_EQ(desk.CheckAnswer().press_id(), AsText(first));
}

TEST_F(DeskServiceTest, AnswersBusyAtOnceWhenEveryPlaceIsTaken) {
  HeldChecks held;
  run_check_ = held.Function();
  std::vector<std::unique_ptr<TestDesk>> desks;
  // One place on a thread, one in the queue: of three presses one is busy, whichever thread is quick.
  int busy = 0;
  for (const char* name : {"b", "c", "d"}) {
    MakeCertificate(name, crypto::NewUuid());
    desks.push_back(std::make_unique<TestDesk>(Channel(name)));
    desks.back()->Enter();
    desks.back()->Press();
    EXPECT_TRUE(desks.back()->Receive().has_press_accepted());
  }
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskPressRefused, Number(ErrorCode::kServerBusy)));
  held.Release();
  for (const auto& desk : desks) busy += desk->CheckAnswer().refusal().code() == Number(ErrorCode::kServerBusy) ? 1 : 0;
  EXPECT_GE(busy, 1);
  EXPECT_LE(busy, 2);
}

TEST_F(DeskServiceTest, RecordsWhatADeskRefusedToDo) {
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message;
  message.mutable_policy_refusal()->set_step(2);
  message.mutable_policy_refusal()->set_header(std::string("\x00\x20\x00\x80", 4));
  desk.Send(std::move(message));
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskPolicyRefusal, Number(ErrorCode::kCommandRefusedByPolicy)));
  EXPECT_THAT(metrics_.Text(), testing::HasSubstr("madoguchi_desk_policy_refusals_total 1"));
}

TEST_F(DeskServiceTest, ClosesAStreamOnAMessageOfTheWrongShape) {
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press(Bytes(15, 1));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kMessageInvalid));
}

TEST_F(DeskServiceTest, SurvivesAMessageThatIsTooLarge) {
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message;
  message.mutable_press()->set_press_id(std::string(2 * limits::kMessageBytesMax, 'x'));
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Goodbye(), 0);
  TestDesk again(Channel());
  EXPECT_EQ(again.Enter().protocol(), limits::kProtocolVersion);
}

TEST_F(DeskServiceTest, FinishesOpenPressesBeforeItSaysGoodbye) {
  HeldChecks held;
  run_check_ = held.Function();
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  EXPECT_TRUE(desk.Receive().has_press_accepted());
  held.WaitUntilEntered();
  service_.RefusePresses();
  EXPECT_FALSE(service_.WaitForPresses(Deadline::In(milliseconds(1))));
  held.Release();
  EXPECT_TRUE(service_.WaitForPresses(Deadline::In(kWaitMax)));
  service_.SayGoodbye();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kNotAMyNumberCard));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kServerStopping));
}

TEST_F(DeskServiceTest, RefusesPressesAndNewStreamsWhileItStops) {
  TestDesk desk(Channel());
  desk.Enter();
  service_.RefusePresses();
  desk.Press();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kServerStopping));
  TestDesk late(Channel());
  late.Hello();
  EXPECT_EQ(late.Goodbye(), Number(ErrorCode::kServerStopping));
}

}  // namespace
}  // namespace madoguchi::desk
