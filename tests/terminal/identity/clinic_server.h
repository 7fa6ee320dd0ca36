// SPDX-License-Identifier: Apache-2.0
// The server's enrolment and account services for tests of the terminal: real gRPC over TLS, answers as the test sets
// them.
#pragma once
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "madoguchi/v1/desk_account_service.grpc.pb.h"
#include "madoguchi/v1/desk_check_service.grpc.pb.h"
#include "madoguchi/v1/desk_service.grpc.pb.h"
#include "madoguchi/v1/enrolment_service.grpc.pb.h"
#include "madoguchi/v1/facility.pb.h"
#include "tests/terminal/identity/test_facility.h"

namespace madoguchi::identity {

grpc::Status Refuse(ErrorCode code, std::uint32_t retry_after_ms = 0);

class TestEnrolment final : public v1::EnrolmentService::Service {
 public:
  explicit TestEnrolment(const TestFacility& facility) : facility_(facility) {}
  grpc::Status BeginActivation(grpc::ServerContext*, const v1::BeginActivationRequest* request,
                               v1::BeginActivationResponse* response) override;
  grpc::Status FinishActivation(grpc::ServerContext*, const v1::FinishActivationRequest* request,
                                v1::FinishActivationResponse* response) override;
  grpc::Status RenewLate(grpc::ServerContext*, const v1::RenewLateRequest* request,
                         v1::RenewLateResponse* response) override;

  // What the next calls answer, and what they were asked.
  grpc::Status begin, finish, renew_late;
  int lost_finishes = 0;  // so many answers do not arrive
  std::uint32_t expires_in_ms = 60'000;
  std::function<void()> during_finish = [] {};
  bool for_another_key = false;
  std::string begun_desk = "11111111-2222-4333-8444-555555555555", finished_desk = begun_desk;
  std::vector<v1::BeginActivationRequest> begun;
  std::vector<v1::FinishActivationRequest> finished;
  std::vector<v1::RenewLateRequest> renewed_late;
  const std::string challenge = std::string(32, '\x5A');

 private:
  const TestFacility& facility_;
};

class TestDeskAccount final : public v1::DeskAccountService::Service {
 public:
  explicit TestDeskAccount(const TestFacility& facility) : facility_(facility) {}
  grpc::Status Status(grpc::ServerContext* context, const v1::DeskStatusRequest*,
                      v1::DeskStatusResponse* response) override;
  grpc::Status LogIn(grpc::ServerContext*, const v1::DeskLogInRequest* request,
                     v1::DeskLogInResponse* response) override;
  grpc::Status LogOut(grpc::ServerContext*, const v1::DeskLogOutRequest*, v1::DeskLogOutResponse*) override;
  grpc::Status Deregister(grpc::ServerContext*, const v1::DeregisterRequest* request,
                          v1::DeregisterResponse* response) override;
  grpc::Status RenewCertificate(grpc::ServerContext*, const v1::RenewCertificateRequest* request,
                                v1::RenewCertificateResponse* response) override;

  grpc::Status answer;  // of every call but Status
  std::function<void()> during_renewal = [] {};
  std::vector<v1::DeskLogInRequest> log_ins;
  std::vector<std::string> certificates_seen;  // PEM of the desk, by Status
  int log_outs = 0, deregistered = 0;
  std::vector<std::pair<std::string, std::string>> accounts{{"0110000001", "W0000001"}};  // institution code, ID
  grpc::Status status;                                                                    // of Status

 private:
  const TestFacility& facility_;
};

class TestDeskCheck final : public v1::DeskCheckService::Service {
 public:
  grpc::Status Confirm(grpc::ServerContext*, const v1::ConfirmRequest* request, v1::ConfirmResponse*) override;
  grpc::Status ShowAgain(grpc::ServerContext*, const v1::ShowAgainRequest*, v1::ShowAgainResponse* response) override;
  grpc::Status ProposeName(grpc::ServerContext*, const v1::ProposeNameRequest* request,
                           v1::ProposeNameResponse*) override;
  grpc::Status ConfirmName(grpc::ServerContext*, const v1::ConfirmNameRequest* request,
                           v1::ConfirmNameResponse*) override;

  grpc::Status answer;  // of every call
  v1::ShowAgainResponse kept;
  std::vector<v1::ConfirmRequest> confirmed;
  std::vector<v1::ProposeNameRequest> proposed;
  std::vector<v1::ConfirmNameRequest> names_confirmed;
};

// Welcomes each stream; then `on_press` says what follows, or the stream listens until the desk ends it.
class TestDeskStreams final : public v1::DeskService::Service {
 public:
  grpc::Status Connect(grpc::ServerContext* context,
                       grpc::ServerReaderWriter<v1::ServerMessage, v1::DeskMessage>* stream) override;
  // Streams with this certificate (PEM) are told that it is not accepted.
  void Refuse(std::string certificate);
  // Of the stream with this number, from 1: its certificate (PEM) and its Hello. Waits for it.
  std::pair<std::string, v1::Hello> Await(std::size_t number);

  // Set before a stream: in the welcome, and what a press (with its number, from 1) is answered. Nothing: the stream is
  // cut at once.
  std::vector<v1::Method> methods;
  bool sight_allowed = false, number_off = false;
  std::function<std::vector<v1::ServerMessage>(const v1::Press& press, std::size_t number)> on_press;
  std::vector<v1::Press> presses() const;
  std::size_t streams() const;  // so far

 private:
  // False: the stream ends.
  bool AnswerPress(const v1::Press& press, std::uint64_t& sequence,
                   grpc::ServerReaderWriter<v1::ServerMessage, v1::DeskMessage>& stream);
  std::vector<v1::Press> presses_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, v1::Hello>> seen_;
  std::string refused_;
};

// The services on two listeners on 127.0.0.1, as in the product.
class ClinicServer {
 public:
  explicit ClinicServer(const TestFacility& facility);
  ~ClinicServer();
  ClinicServer(const ClinicServer&) = delete;
  ClinicServer& operator=(const ClinicServer&) = delete;
  std::string enrolment_address() const { return "127.0.0.1:" + std::to_string(enrolment_port_); }
  std::string desk_address() const { return "127.0.0.1:" + std::to_string(desk_port_); }
  TestEnrolment enrolment;
  TestDeskAccount desk_account;
  TestDeskCheck desk_check;
  TestDeskStreams streams;

 private:
  int enrolment_port_ = 0, desk_port_ = 0;
  std::unique_ptr<grpc::Server> enrolment_server_, desk_server_;
};

}  // namespace madoguchi::identity
