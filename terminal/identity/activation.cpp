// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/activation.h"

#include <grpcpp/client_context.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "contract/log.h"
#include "madoguchi/v1/enrolment_service.grpc.pb.h"
#include "terminal/identity/certificate_request.h"
#include "terminal/identity/channel.h"
#include "terminal/identity/desk_key.h"
#include "terminal/identity/secret_text.h"

namespace madoguchi::identity {
namespace {

constexpr std::string_view kSignedBeginning = "madoguchi.activation.v1";
constexpr std::size_t kActivationIdBytesMax = 64;
constexpr std::size_t kChallengeBytes = 32;
constexpr std::size_t kServerTextBytesMax = 512;

void SetDeadline(grpc::ClientContext& context, Deadline deadline) {
  context.set_deadline(std::chrono::system_clock::now() + deadline.remaining());
}

Error Invalid(const char* why) {
  return {ErrorCode::kServerMessageInvalid, why, {}};
}

Result<v1::BeginActivationResponse> Begin(v1::EnrolmentService::Stub& stub, const ActivationOrder& order,
                                          const Bytes& certificate_request, Deadline deadline, CallRefusal& refusal) {
  grpc::ClientContext context;
  SetDeadline(context, deadline.Capped(kOneCallWithin));
  v1::BeginActivationRequest request;
  request.set_certificate_request(std::string(AsText(certificate_request)));
  request.set_desk_name(order.desk_name);
  v1::BeginActivationResponse response;
  grpc::Status status;
  if (const auto* token = std::get_if<SecretBytes>(&order.proof)) {
    const SecretText sent(*request.mutable_token(), *token);
    status = stub.BeginActivation(&context, request, &response);
  } else {
    const auto& fields = std::get<SheetFields>(order.proof);
    v1::IssuedSecrets& sheet = *request.mutable_sheet();
    sheet.set_institution_code(fields.institution_code);
    sheet.set_account_id(fields.account_id);
    const SecretText password(*sheet.mutable_password(), fields.password);
    const SecretText code(*sheet.mutable_activation_code(), fields.activation_code);
    status = stub.BeginActivation(&context, request, &response);
  }
  if (!status.ok()) return FromCall(status, refusal);
  if (response.activation_id().empty() || response.activation_id().size() > kActivationIdBytesMax ||
      response.challenge().size() != kChallengeBytes)
    return Invalid("challenge");
  return response;
}

Bytes ToSign(const v1::BeginActivationResponse& begun) {
  std::string message(kSignedBeginning);
  message += '\0';
  message += begun.activation_id();
  message += begun.challenge();
  const ByteView bytes = AsBytes(message);
  return {bytes.begin(), bytes.end()};
}

// Waits without anybody to wake it: between two tries of the same call.
void Pause(Deadline until) {
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock lock(mutex);
  nobody.wait_until(lock, until.at(), [] { return false; });
}

// The same request until an answer comes: the server gives the same one, and the ceremony's end is the end of asking.
Result<v1::FinishActivationResponse> Finish(v1::EnrolmentService::Stub& stub,
                                            const v1::FinishActivationRequest& request, Deadline deadline,
                                            CallRefusal& refusal) {
  for (;;) {
    grpc::ClientContext context;
    SetDeadline(context, deadline.Capped(kOneCallWithin));
    context.set_wait_for_ready(true);
    v1::FinishActivationResponse response;
    const grpc::Status status = stub.FinishActivation(&context, request, &response);
    if (status.ok()) return response;
    Error error = FromCall(status, refusal);
    const bool may_help = !refusal.by_server && error.code == ErrorCode::kServerUnreachable;
    if (!may_help || deadline.passed()) return error;
    log::Report("identity", "activation_asked_again", error);
    Pause(deadline.Capped(kAskAgainAfter));
  }
}

Result<void> Check(const v1::FinishActivationResponse& response, const SecretBytes& key) {
  for (const std::string* text : {&response.desk_id(), &response.desk_name(), &response.account_id(),
                                  &response.institution_code(), &response.desk_listener()}) {
    if (text->size() > kServerTextBytesMax) return Invalid("a text of the answer is too long");
  }
  TRY_ASSIGN(const bool ours, CertificateIsForKey(response.certificate_pem(), key));
  if (!ours) return Invalid("the certificate is for another key");
  return {};
}

}  // namespace

Result<Connection> Activate(const ActivationOrder& order, CallRefusal& refusal) {
  refusal = {};
  TRY_VOID(MakeDirectory(order.directory));
  TRY_VOID(RequireNoIdentity(order.directory));
  TRY_ASSIGN(const SecretBytes key, KeyForActivation(order.directory));
  TRY_ASSIGN(const Bytes certificate_request, MakeRequest(key));
  const auto stub = v1::EnrolmentService::NewStub(OpenPinnedChannel(order.root));
  const Deadline whole = Deadline::In(kCeremonyWithin);
  TRY_ASSIGN(const v1::BeginActivationResponse begun, Begin(*stub, order, certificate_request, whole, refusal));
  const Deadline deadline = whole.Capped(std::chrono::milliseconds(begun.expires_in_ms()));
  v1::FinishActivationRequest request;
  request.set_activation_id(begun.activation_id());
  TRY_ASSIGN(const Bytes signature, Sign(key, ToSign(begun)));
  request.set_signature(std::string(AsText(signature)));
  TRY_ASSIGN(const v1::FinishActivationResponse response, Finish(*stub, request, deadline, refusal));
  TRY_VOID(Check(response, key));
  Connection connection{response.desk_listener(), order.root.server(), response.institution_code(),
                        response.account_id(),    response.desk_id(),  response.desk_name()};
  TRY_VOID(StoreIdentity(order.directory, order.root.pem(), response.certificate_pem(), connection));
  return connection;
}

}  // namespace madoguchi::identity
