// SPDX-License-Identifier: Apache-2.0
#include "tests/terminal/identity/clinic_server.h"

#include <grpcpp/security/server_credentials.h>

#include "contract/card_script_wire.h"
#include "contract/channel_credentials.h"
#include "terminal/identity/certificate_request.h"
#include "terminal/identity/desk_key.h"
#include "tests/proto/contract/grpc_of_the_program.h"

namespace madoguchi::identity {

grpc::Status Refuse(ErrorCode code, std::uint32_t retry_after_ms) {
  v1::CallRefusal refusal;
  refusal.set_code(static_cast<int>(code));
  refusal.set_retry_after_ms(retry_after_ms);
  return {grpc::StatusCode::FAILED_PRECONDITION, std::string(Describe(code).name), refusal.SerializeAsString()};
}

grpc::Status TestEnrolment::BeginActivation(grpc::ServerContext*, const v1::BeginActivationRequest* request,
                                            v1::BeginActivationResponse* response) {
  begun.push_back(*request);
  response->set_activation_id("ceremony-" + std::to_string(begun.size()));
  response->set_challenge(challenge);
  response->set_expires_in_ms(expires_in_ms);
  response->set_desk_id(begun_desk);
  return begin;
}

grpc::Status TestEnrolment::FinishActivation(grpc::ServerContext*, const v1::FinishActivationRequest* request,
                                             v1::FinishActivationResponse* response) {
  finished.push_back(*request);
  during_finish();
  if (lost_finishes-- > 0) return {grpc::StatusCode::UNAVAILABLE, "Socket closed"};
  std::string asked = begun.back().certificate_request();
  const Bytes other = MakeRequest(MakeKey().value()).value();
  response->set_certificate_pem(facility_.DeskChain(for_another_key ? ByteView(other) : AsBytes(asked), DeskWish()));
  response->set_desk_id(finished_desk);
  response->set_desk_name("1番窓口");
  response->set_account_id("W0000001");
  response->set_institution_code("0110000001");
  response->set_desk_listener("desk.example:8443");
  return finish;
}

grpc::Status TestEnrolment::RenewLate(grpc::ServerContext*, const v1::RenewLateRequest* request,
                                      v1::RenewLateResponse* response) {
  renewed_late.push_back(*request);
  response->set_certificate_pem(facility_.DeskChain(AsBytes(request->certificate_request()), DeskWish()));
  return renew_late;
}

grpc::Status TestDeskAccount::Status(grpc::ServerContext* context, const v1::DeskStatusRequest*,
                                     v1::DeskStatusResponse* response) {
  for (const grpc::string_ref& pem : context->auth_context()->FindPropertyValues("x509_pem_cert"))
    certificates_seen.emplace_back(pem.data(), pem.size());
  response->set_desk_name("1番窓口");
  for (const auto& [institution_code, account_id] : accounts) {
    v1::DeskAccount& account = *response->add_accounts();
    account.set_account_id(account_id);
    account.set_institution_code(institution_code);
    account.set_active(true);
    account.set_locked_ms(61'000);
  }
  response->set_operator_needed(true);
  return status;
}

grpc::Status TestDeskAccount::LogIn(grpc::ServerContext*, const v1::DeskLogInRequest* request,
                                    v1::DeskLogInResponse* response) {
  log_ins.push_back(*request);
  response->mutable_account()->set_account_id(request->account_id());
  response->mutable_account()->set_logged_in(true);
  return answer;
}

grpc::Status TestDeskAccount::LogOut(grpc::ServerContext*, const v1::DeskLogOutRequest*, v1::DeskLogOutResponse*) {
  ++log_outs;
  return answer;
}

grpc::Status TestDeskAccount::Deregister(grpc::ServerContext*, const v1::DeregisterRequest*,
                                         v1::DeregisterResponse* response) {
  ++deregistered;
  response->set_national_told(true);
  return answer;
}

grpc::Status TestDeskAccount::RenewCertificate(grpc::ServerContext*, const v1::RenewCertificateRequest* request,
                                               v1::RenewCertificateResponse* response) {
  during_renewal();
  response->set_certificate_pem(facility_.DeskChain(AsBytes(request->certificate_request()), DeskWish()));
  return answer;
}

grpc::Status TestDeskCheck::Confirm(grpc::ServerContext*, const v1::ConfirmRequest* request, v1::ConfirmResponse*) {
  confirmed.push_back(*request);
  return answer;
}

grpc::Status TestDeskCheck::ShowAgain(grpc::ServerContext*, const v1::ShowAgainRequest*,
                                      v1::ShowAgainResponse* response) {
  *response = kept;
  return answer;
}

grpc::Status TestDeskCheck::ProposeName(grpc::ServerContext*, const v1::ProposeNameRequest* request,
                                        v1::ProposeNameResponse*) {
  proposed.push_back(*request);
  return answer;
}

grpc::Status TestDeskCheck::ConfirmName(grpc::ServerContext*, const v1::ConfirmNameRequest* request,
                                        v1::ConfirmNameResponse*) {
  names_confirmed.push_back(*request);
  return answer;
}

bool TestDeskStreams::AnswerPress(const v1::Press& press, std::uint64_t& sequence,
                                  grpc::ServerReaderWriter<v1::ServerMessage, v1::DeskMessage>& stream) {
  std::size_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    presses_.push_back(press);
    number = presses_.size();
  }
  std::vector<v1::ServerMessage> answers;
  if (on_press) answers = on_press(press, number);
  for (v1::ServerMessage& answer : answers) {
    answer.set_sequence(++sequence);
    stream.Write(answer);
  }
  return !answers.empty();
}

std::vector<v1::Press> TestDeskStreams::presses() const {
  const std::lock_guard lock(mutex_);
  return presses_;
}

std::size_t TestDeskStreams::streams() const {
  const std::lock_guard lock(mutex_);
  return seen_.size();
}

grpc::Status TestDeskStreams::Connect(grpc::ServerContext* context,
                                      grpc::ServerReaderWriter<v1::ServerMessage, v1::DeskMessage>* stream) {
  v1::DeskMessage message;
  if (!stream->Read(&message)) return grpc::Status::OK;
  v1::ServerMessage answer;
  answer.set_sequence(1);
  answer.mutable_welcome()->set_protocol(message.hello().protocol_max());
  answer.mutable_welcome()->set_institution_code("0110000001");
  answer.mutable_welcome()->set_sight_allowed(sight_allowed);
  answer.mutable_welcome()->set_number_off(number_off);
  for (const v1::Method method : methods) answer.mutable_welcome()->add_methods(method);
  const CardScript opening{.steps = {{TransmitStep{0x00, 0xA4, 0x02, 0x0C, Bytes{0x00, 0x18}}, {{0x9000}}}}};
  *answer.mutable_welcome()->mutable_opening_script() = wire::ToMessage(opening);
  std::string pem;
  for (const grpc::string_ref& one : context->auth_context()->FindPropertyValues("x509_pem_cert"))
    pem.assign(one.data(), one.size());
  bool refused = false;
  {
    const std::lock_guard lock(mutex_);
    refused = !pem.empty() && refused_.starts_with(pem);
  }
  if (refused) {
    answer.mutable_goodbye()->set_code(static_cast<int>(ErrorCode::kCertificateNotAccepted));
    answer.mutable_goodbye()->set_reconnect_after_ms(0);
  }
  stream->Write(answer);
  {
    const std::lock_guard lock(mutex_);
    seen_.emplace_back(std::move(pem), message.hello());
    changed_.notify_all();
  }
  for (std::uint64_t sequence = 1; stream->Read(&message);) {
    if (message.has_press() && !AnswerPress(message.press(), sequence, *stream)) break;
    if (!message.has_heartbeat()) continue;
    v1::ServerMessage heartbeat;
    heartbeat.mutable_heartbeat();
    heartbeat.set_sequence(++sequence);
    stream->Write(heartbeat);
  }
  return grpc::Status::OK;
}

void TestDeskStreams::Refuse(std::string certificate) {
  const std::lock_guard lock(mutex_);
  refused_ = std::move(certificate);
}

std::pair<std::string, v1::Hello> TestDeskStreams::Await(std::size_t number) {
  std::unique_lock lock(mutex_);
  const bool came = changed_.wait_for(lock, std::chrono::seconds(20), [&] { return seen_.size() >= number; });
  return came ? seen_[number - 1] : std::pair<std::string, v1::Hello>();
}

ClinicServer::ClinicServer(const TestFacility& facility) : enrolment(facility), desk_account(facility) {
  const CertificateAndKey own = facility.Server();
  const auto credentials = [&](bool mutual) {
    grpc::SslServerCredentialsOptions options(mutual ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                     : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    if (mutual) options.pem_root_certs = facility.root_pem();
    options.pem_key_cert_pairs.push_back({PemOf(own.key.get()), PemOf(own.certificate.get()) + facility.root_pem()});
    return grpc::SslServerCredentials(options);
  };
  grpc::ServerBuilder open;
  open.AddListeningPort("127.0.0.1:0", credentials(false), &enrolment_port_).RegisterService(&enrolment);
  enrolment_server_ = open.BuildAndStart();
  grpc::ServerBuilder mutual;
  mutual.AddListeningPort("127.0.0.1:0", credentials(true), &desk_port_)
      .RegisterService(&desk_account)
      .RegisterService(&desk_check)
      .RegisterService(&streams);
  desk_server_ = mutual.BuildAndStart();
}

ClinicServer::~ClinicServer() {
  const auto soon = std::chrono::system_clock::now() + std::chrono::seconds(1);
  enrolment_server_->Shutdown(soon);
  desk_server_->Shutdown(soon);
}

}  // namespace madoguchi::identity
