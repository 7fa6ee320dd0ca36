// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/enrolment.h"

#include <grpcpp/client_context.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "contract/files.h"
#include "madoguchi/v1/enrolment_service.grpc.pb.h"
#include "terminal/identity/certificate_request.h"
#include "terminal/identity/channel.h"

namespace madoguchi::identity {
namespace {

constexpr std::size_t kCertificatePemBytesMax = 32 * 1024;

bool Exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

Result<void> MakeDirectory(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error{ErrorCode::kConfigFileUnwritable, directory + ": errno " + std::to_string(errno), {}};
  }
  if (chmod(directory.c_str(), 0700) != 0) return Error{ErrorCode::kConfigFileUnwritable, directory + ": not ours", {}};
  return {};
}

Error FromEnrolStatus(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND:
      return {ErrorCode::kEnrolmentTokenInvalid, "refused by the server", {}};
    case grpc::StatusCode::INVALID_ARGUMENT:
      return {ErrorCode::kCertificateRequestInvalid, "refused by the server", {}};
    default:
      return FromStatus(status);
  }
}

Result<v1::EnrolResponse> Ask(const EnrolOrder& order, const Bytes& request_der, Deadline deadline) {
  TRY_ASSIGN(const std::shared_ptr<grpc::Channel> channel, OpenChannel(order.server, {order.root_file, "", ""}));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + deadline.remaining());
  v1::EnrolRequest request;
  request.set_token(std::string(AsText(order.token.view())));
  request.set_certificate_request(std::string(AsText(request_der)));
  v1::EnrolResponse response;
  const grpc::Status status = v1::EnrolmentService::NewStub(channel)->Enrol(&context, request, &response);
  std::string& token = *request.mutable_token();
  Wipe({reinterpret_cast<std::uint8_t*>(token.data()), token.size()});
  if (!status.ok()) return FromEnrolStatus(status);
  if (response.certificate_pem().empty() || response.certificate_pem().size() > kCertificatePemBytesMax) {
    return Error{ErrorCode::kServerMessageInvalid, "no certificate in the answer", {}};
  }
  return response;
}

}  // namespace

Result<EnrolledDesk> Enrol(const EnrolOrder& order, Deadline deadline) {
  const IdentityFiles files(order.directory);
  for (const std::string& file : {files.root, files.certificate, files.key}) {
    if (Exists(file)) return Error{ErrorCode::kIdentityExists, file, {}};
  }
  if (order.token.size() != kTokenCharacters) return Error{ErrorCode::kEnrolmentTokenInvalid, "not 64 characters", {}};
  Result<std::string> root = ReadSmallFile(order.root_file);
  if (!root) return Error{ErrorCode::kFacilityRootMissing, root.error().detail, {}};
  TRY_VOID(MakeDirectory(order.directory));
  TRY_ASSIGN(const KeyAndRequest made, MakeKeyAndRequest());
  TRY_ASSIGN(const v1::EnrolResponse response, Ask(order, made.request_der, deadline));
  // The certificate comes last: a directory without it is no identity yet.
  TRY_VOID(WriteFileWhole(files.key, AsText(made.key_pem.view()), true));
  TRY_VOID(WriteFileWhole(files.root, *root, false));
  TRY_VOID(WriteFileWhole(files.certificate, response.certificate_pem(), false));
  return EnrolledDesk{response.desk_id(), response.desk_name()};
}

Result<IdentityFiles> FindIdentity(const std::string& directory) {
  IdentityFiles files(directory);
  for (const std::string& file : {files.root, files.certificate, files.key}) {
    if (!Exists(file)) return Error{ErrorCode::kDeskIdentityMissing, file, {}};
  }
  return files;
}

}  // namespace madoguchi::identity
