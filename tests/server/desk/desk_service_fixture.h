// SPDX-License-Identifier: Apache-2.0
// DeskServiceTest: the whole service over mutual TLS with certificates of a facility CA of its own. The check is played
// by a function of each test.
#pragma once

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
#include "server/desk/desk_service.h"
#include "server/identity/facility_ca.h"
#include "server/identity/server_certificate.h"
#include "tests/proto/contract/grpc_of_the_program.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/test_request.h"

namespace madoguchi::desk {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr seconds kWaitMax{20};
inline constexpr const char* kPassphrase = "correct horse battery";

inline int Number(ErrorCode code) {
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
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kWaitMax, [this] { return !held_; });
      events_.push_back(event);
    }
    changed_.notify_all();
    return {};
  }
  // While held, no row gets written.
  void Hold(bool held) {
    {
      const std::lock_guard lock(mutex_);
      held_ = held;
    }
    changed_.notify_all();
  }
  std::optional<audit::Event> WaitFor(const std::string& action, int code) {
    std::unique_lock lock(mutex_);
    const auto is_it = [&](const audit::Event& one) { return one.action == action && one.code == code; };
    changed_.wait_for(lock, kWaitMax, [&] { return std::any_of(events_.begin(), events_.end(), is_it); });
    const auto found = std::find_if(events_.begin(), events_.end(), is_it);
    return found == events_.end() ? std::nullopt : std::optional(*found);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<audit::Event> events_;  // guarded by mutex_
  bool held_ = false;                 // guarded by mutex_
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

inline CardScript ProofScript() {
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
  // What becomes of a report about the screen.
  std::function<Result<void>(const Bytes&, const audit::Event&, Deadline)> record_report_ =
      [](const Bytes&, const audit::Event&, Deadline) { return Result<void>(); };
  DeskService service_{{desks_,
                        trail_,
                        checks_,
                        metrics_,
                        [this](const check::Press& press, check::CardChannel& channel, Deadline deadline) {
                          return run_check_(press, channel, deadline);
                        },
                        seconds(15),
                        "0.1.0",
                        card::OpeningScript(),
                        [this] { return alive_.load(); },
                        {true, false, false, seconds(0), [](const eligibility::Caller&) {},
                         [this](const Bytes& report_id, const audit::Event& event, Deadline deadline) {
                           return record_report_(report_id, event, deadline);
                         }}}};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace madoguchi::desk
