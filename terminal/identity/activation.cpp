// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/activation.h"

#include <grpcpp/client_context.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "contract/crypto/digest.h"
#include "contract/log.h"
#include "madoguchi/v1/enrolment_service.grpc.pb.h"
#include "terminal/identity/certificate_request.h"
#include "terminal/identity/channel.h"
#include "terminal/identity/desk_key.h"
#include "terminal/identity/directory_lock.h"
#include "terminal/identity/kept_ceremony.h"
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

Result<void> Check(const v1::FinishActivationResponse& response, const SecretBytes& key, const std::string& desk_id) {
  for (const std::string* text : {&response.desk_id(), &response.desk_name(), &response.account_id(),
                                  &response.institution_code(), &response.desk_listener()}) {
    if (text->size() > kServerTextBytesMax) return Invalid("a text of the answer is too long");
  }
  TRY_ASSIGN(const bool ours, CertificateIsForKey(response.certificate_pem(), key));
  if (!ours) return Invalid("the certificate is for another key");
  if (!desk_id.empty() && response.desk_id() != desk_id) return Invalid("the certificate is for another desk");
  return {};
}

// Which link or sheet. Keyed, because a code of 12 digits could be guessed from its hash alone. An account that was
// issued anew has another code, and is another activation.
Result<Bytes> ProofDigest(const ActivationOrder& order, const SecretBytes& key) {
  const auto* token = std::get_if<SecretBytes>(&order.proof);
  const SecretBytes& secret = token ? *token : std::get<SheetFields>(order.proof).activation_code;
  TRY_ASSIGN(SecretBytes plain, SecretBytes::Make(secret.size() + 1));
  for (const std::uint8_t character : secret.view()) {
    if (character != '-' && character != ' ' && !plain.Append(character))
      return Error{ErrorCode::kInternalError, "a proof does not fit", {}};
  }
  const crypto::Sha256Digest digest = crypto::HmacSha256(key.view(), plain.view());
  return Bytes(digest.begin(), digest.end());
}

// Finish of this ceremony, which is not asked for again after a refusal.
Result<v1::FinishActivationResponse> Conclude(v1::EnrolmentService::Stub& stub, const std::string& directory,
                                              const KeptCeremony& ceremony, Deadline deadline, CallRefusal& refusal) {
  v1::FinishActivationRequest request;
  request.set_activation_id(ceremony.activation_id);
  request.set_signature(std::string(AsText(ceremony.signature)));
  Result<v1::FinishActivationResponse> answer = Finish(stub, request, deadline, refusal);
  const bool refused = !answer && refusal.by_server && Describe(answer.error().code).kind == ErrorKind::kRefused;
  if (refused) TRY_VOID(ForgetCeremony(directory));
  return answer;
}

// desk_id: which desk it has to be; empty: a new one. Its last question is on disk when it is asked.
Result<v1::FinishActivationResponse> Perform(v1::EnrolmentService::Stub& stub, const ActivationOrder& order,
                                             const SecretBytes& key, const std::string& desk_id, CallRefusal& refusal) {
  TRY_ASSIGN(const Bytes certificate_request, MakeRequest(key));
  const Deadline whole = Deadline::In(kCeremonyWithin);
  TRY_ASSIGN(const v1::BeginActivationResponse begun, Begin(stub, order, certificate_request, whole, refusal));
  if (!desk_id.empty() && begun.desk_id() != desk_id)
    return Error{ErrorCode::kActivationForAnotherDesk, "by the answer to its beginning", {}};
  KeptCeremony ceremony{begun.activation_id(), {}, {}};
  TRY_ASSIGN(ceremony.proof, ProofDigest(order, key));
  TRY_ASSIGN(ceremony.signature, Sign(key, ToSign(begun)));
  TRY_VOID(KeepCeremony(order.directory, ceremony));
  const Deadline deadline = whole.Capped(std::chrono::milliseconds(begun.expires_in_ms()));
  return Conclude(stub, order.directory, ceremony, deadline, refusal);
}

// What came of the same activation when it was started before: its answer, or nothing, and it has to begin anew.
Result<std::optional<v1::FinishActivationResponse>> AskAgain(v1::EnrolmentService::Stub& stub,
                                                             const ActivationOrder& order, const SecretBytes& key,
                                                             const std::string& desk_id, CallRefusal& refusal) {
  TRY_ASSIGN(const Bytes proof, ProofDigest(order, key));
  const std::optional<KeptCeremony> kept = FindCeremony(order.directory, proof);
  if (!kept) return std::optional<v1::FinishActivationResponse>();
  Result<v1::FinishActivationResponse> answer =
      Conclude(stub, order.directory, *kept, Deadline::In(kOneCallWithin), refusal);
  if (!answer && !refusal.by_server) return std::move(answer).error();
  refusal = {};
  if (!answer || !Check(*answer, key, desk_id)) return std::optional<v1::FinishActivationResponse>();
  log::Info("identity", "activation_taken_up");
  return std::optional(std::move(*answer));
}

Result<std::string> PresentDesk(const ActivationOrder& order) {
  TRY_ASSIGN(const PinnedRoot present, PinnedRoot::FromFile(order.root.server(), IdentityFiles(order.directory).root));
  if (present.pem() != order.root.pem())
    return Error{ErrorCode::kServerNotTrusted, "not the root this desk was activated with", {}};
  TRY_ASSIGN(Connection connection, ReadConnection(order.directory));
  if (connection.desk_id.empty())
    return Error{ErrorCode::kDeskIdentityMissing, order.directory + "/connection: no desk_id", {}};
  return std::move(connection.desk_id);
}

}  // namespace

Result<Connection> Activate(const ActivationOrder& order, CallRefusal& refusal) {
  refusal = {};
  if (order.adds_account) {
    TRY_VOID(FindIdentity(order.directory));
  } else {
    TRY_VOID(MakeDirectory(order.directory));
  }
  TRY_ASSIGN(const DirectoryLock alone, DirectoryLock::TakeForCertificate(order.directory));
  if (!order.adds_account) TRY_VOID(RequireNoIdentity(order.directory));
  TRY_ASSIGN(const std::string desk_id, order.adds_account ? PresentDesk(order) : std::string());
  TRY_ASSIGN(const SecretBytes key,
             order.adds_account ? KeyForAddition(order.directory) : KeyForActivation(order.directory));
  const auto stub = v1::EnrolmentService::NewStub(OpenPinnedChannel(order.root));
  TRY_ASSIGN(std::optional<v1::FinishActivationResponse> answer, AskAgain(*stub, order, key, desk_id, refusal));
  if (!answer) {
    TRY_ASSIGN(answer, Perform(*stub, order, key, desk_id, refusal));
  }
  TRY_VOID(Check(*answer, key, desk_id));
  Connection connection{answer->desk_listener(), order.root.server(), answer->institution_code(),
                        answer->account_id(),    answer->desk_id(),   answer->desk_name()};
  TRY_VOID(order.adds_account
               ? StoreAddition(order.directory, answer->certificate_pem())
               : StoreIdentity(order.directory, order.root.pem(), answer->certificate_pem(), connection));
  TRY_VOID(ForgetCeremony(order.directory));
  return connection;
}

}  // namespace madoguchi::identity
