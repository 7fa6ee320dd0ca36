// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/renewal.h"

#include <grpcpp/client_context.h>
#include <unistd.h>

#include "contract/files.h"
#include "madoguchi/v1/enrolment_service.grpc.pb.h"
#include "terminal/identity/certificate_request.h"
#include "terminal/identity/channel.h"
#include "terminal/identity/desk_account.h"
#include "terminal/identity/directory_lock.h"

namespace madoguchi::identity {
namespace {

constexpr std::string_view kSignedBeginning = "madoguchi.renewal.v1";
constexpr std::chrono::seconds kLateCallWithin{20};
constexpr std::size_t kRequestBytesMax = 4096;

struct Prepared {
  SecretBytes key;
  Bytes request;
};

std::string KeyFile(const std::string& directory) {
  return directory + "/desk.next.key";
}
std::string RequestFile(const std::string& directory) {
  return directory + "/desk.next.csr";
}

// The next key and its request: those of an earlier try, or new ones, on disk. The request is kept as it was signed,
// because the server knows a late renewal by it.
Result<Prepared> Prepare(const std::string& directory) {
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  if (access(RequestFile(directory).c_str(), F_OK) == 0 && access(KeyFile(directory).c_str(), F_OK) == 0) {
    Result<SecretBytes> key = ReadKey(KeyFile(directory));
    const Result<std::string> request = ReadSmallFile(RequestFile(directory), kRequestBytesMax);
    if (key && request) return Prepared{std::move(*key), {request->begin(), request->end()}};
  }
  TRY_ASSIGN(SecretBytes key, MakeKey());
  TRY_ASSIGN(Bytes request, MakeRequest(key));
  TRY_VOID(WriteFileWhole(KeyFile(directory), AsText(key.view()), true));
  TRY_VOID(WriteFileWhole(RequestFile(directory), AsText(request), false));
  return Prepared{std::move(key), std::move(request)};
}

// From here on the new pair is complete and is what FindIdentity gives.
Result<void> Store(const std::string& directory, const std::string& certificate_pem, const SecretBytes& key) {
  TRY_ASSIGN(const bool ours, CertificateIsForKey(certificate_pem, key));
  if (!ours) return Error{ErrorCode::kServerMessageInvalid, "the certificate is for another key", {}};
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  TRY_VOID(WriteFileWhole(directory + "/desk.next.pem", certificate_pem, false));
  return lock.Flush();
}

Bytes ToSign(const Bytes& request) {
  const crypto::Sha256Digest digest = crypto::Sha256(request);
  const ByteView beginning = AsBytes(kSignedBeginning);
  Bytes message(beginning.begin(), beginning.end());
  message.push_back(0);
  message.insert(message.end(), digest.begin(), digest.end());
  return message;
}

}  // namespace

Result<Validity> PresentValidity(const std::string& directory) {
  TRY_ASSIGN(const IdentityFiles files, FindIdentity(directory));
  TRY_ASSIGN(const std::string pem, ReadSmallFile(files.certificate, kCertificatePemBytesMax));
  return ValidityOf(pem);
}

Error AtConnecting(Error error, const std::string& directory) {
  if (error.code != ErrorCode::kServerUnreachable && error.code != ErrorCode::kServerNotTrusted &&
      error.code != ErrorCode::kCertificateNotAccepted)
    return error;
  const Result<Validity> validity = PresentValidity(directory);
  if (!validity || std::chrono::system_clock::now() < validity->not_after) return error;
  return {ErrorCode::kDeskCertificateExpired, error.detail, {}};
}

Result<void> Renew(const std::string& server, const std::string& directory, CallRefusal& refusal) {
  TRY_VOID(FindIdentity(directory));
  TRY_ASSIGN(const DirectoryLock alone, DirectoryLock::TakeForCertificate(directory));
  TRY_ASSIGN(const IdentityFiles files, FindIdentity(directory));
  if (files.renewed) return {};
  TRY_ASSIGN(const std::unique_ptr<DeskAccount> account, DeskAccount::Open(server, directory));
  TRY_ASSIGN(const Prepared next, Prepare(directory));
  const Result<std::string> certificate = account->RenewCertificate(next.request);
  refusal = account->refusal();
  if (!certificate) return certificate.error();
  return Store(directory, *certificate, next.key);
}

Result<LateRenewal> RenewLate(const std::string& enrolment_server, const std::string& directory, CallRefusal& refusal) {
  refusal = {};
  TRY_VOID(FindIdentity(directory));
  TRY_ASSIGN(const DirectoryLock alone, DirectoryLock::TakeForCertificate(directory));
  TRY_ASSIGN(IdentityFiles files, FindIdentity(directory));
  if (files.renewed) {
    TRY_ASSIGN(const Validity validity, PresentValidity(directory));
    if (std::chrono::system_clock::now() < validity.not_after) return LateRenewal{{}, true};
    // Renewed, switched off before its first use, and now out as well: it is the old one of this renewal.
    TRY_VOID(KeepRenewed(directory));
    TRY_ASSIGN(files, FindIdentity(directory));
  }
  TRY_ASSIGN(const PinnedRoot root, PinnedRoot::FromFile(enrolment_server, files.root));
  TRY_ASSIGN(const SecretBytes old_key, ReadKey(files.key));
  TRY_ASSIGN(const std::string old_certificate, ReadSmallFile(files.certificate, kCertificatePemBytesMax));
  TRY_ASSIGN(const Prepared next, Prepare(directory));
  LateRenewal renewal;
  TRY_ASSIGN(renewal.key_fingerprint, KeyFingerprint(next.key));
  v1::RenewLateRequest request;
  request.set_certificate_pem(old_certificate);
  request.set_certificate_request(std::string(AsText(next.request)));
  TRY_ASSIGN(const Bytes signature, Sign(old_key, ToSign(next.request)));
  request.set_signature(std::string(AsText(signature)));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kLateCallWithin);
  v1::RenewLateResponse response;
  const grpc::Status status =
      v1::EnrolmentService::NewStub(OpenPinnedChannel(root))->RenewLate(&context, request, &response);
  if (!status.ok()) {
    Error error = FromCall(status, refusal);
    if (error.code == ErrorCode::kRenewalNotApproved) return renewal;
    // The server refuses this request for good; the next try asks anew, and an administrator sees that.
    if (error.code == ErrorCode::kRenewalRefused) unlink(RequestFile(directory).c_str());
    return error;
  }
  TRY_VOID(Store(directory, response.certificate_pem(), next.key));
  renewal.done = true;
  return renewal;
}

}  // namespace madoguchi::identity
