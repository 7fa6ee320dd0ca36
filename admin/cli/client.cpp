// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "admin/cli/session_file.h"
#include "contract/channel_credentials.h"
#include "madoguchi/v1/facility.pb.h"

namespace madoguchi::cli {
namespace {

constexpr std::size_t kProblemsMax = 100;
constexpr std::array<std::string_view, 3> kHandshakeTexts = {"andshake", "certificate", "Peer name"};
constexpr std::string_view kNotConnected = "failed to connect", kTooLarge = "larger than max";

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Failure FromRefusal(const v1::CallRefusal& refusal, const std::string& text) {
  const std::optional<ErrorCode> code = FindErrorCode(refusal.code());
  Failure failure = Because(code.value_or(ErrorCode::kServerMessageInvalid), text);
  for (const v1::FieldProblem& problem : refusal.problems()) {
    if (failure.problems.size() >= kProblemsMax) break;
    failure.problems.push_back({problem.field(), problem.text_ja(), problem.text_en(), problem.warning()});
  }
  failure.retry_after = std::chrono::milliseconds(refusal.retry_after_ms());
  failure.approval_id = refusal.approval_id();
  return failure;
}

}  // namespace

Done Client::Open() {
  if (channel_) return {};
  if (settings_.server.empty() || settings_.console_directory.empty()) {
    return Usage(
        "--server HOST:PORT と --console DIRECTORY を指定するか、~/.config/madoguchi/admin.conf に書いてください",
        "give --server HOST:PORT and --console DIRECTORY, or write them into ~/.config/madoguchi/admin.conf");
  }
  const std::string& folder = settings_.console_directory;
  Result<std::shared_ptr<grpc::ChannelCredentials>> credentials =
      wire::ClientCredentials({folder + "/facility-ca.pem", folder + "/console.pem", folder + "/console.key"});
  if (!credentials) {
    Failure failure = Because(credentials.error());
    failure.problems.push_back(
        {"--console",
         "サーバーで madoguchi-server add-console "
         "が作ったフォルダー（facility-ca.pem、console.pem、console.key）です。",
         "The folder that madoguchi-server add-console made on the server (facility-ca.pem, console.pem, console.key).",
         false});
    return failure;
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetMaxSendMessageSize(kMessageBytesMax);
  channel_ = grpc::CreateCustomChannel(settings_.server, *credentials, arguments);
  return {};
}

Done Client::Prepare(grpc::ClientContext& context, std::chrono::milliseconds within) {
  context.set_deadline(std::chrono::system_clock::now() + within);
  Result<KeptSession> session = ReadSession(settings_.session_file, settings_.server);
  if (session) {
    context.AddMetadata(kSessionMetadata, session->token);
  } else if (session.error().code != ErrorCode::kSessionInvalid) {
    return Because(session.error());
  }
  return {};
}

Done Client::FromStatus(const grpc::Status& status) {
  if (status.ok()) return {};
  const std::string text = "gRPC " + std::to_string(status.error_code()) + ": " + status.error_message();
  v1::CallRefusal refusal;
  if (!status.error_details().empty() && refusal.ParseFromString(status.error_details()) && refusal.code() != 0)
    return FromRefusal(refusal, text);
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      if (!Holds(text, kNotConnected)) return Because(ErrorCode::kAnswerLost, text);
      return Because(std::any_of(kHandshakeTexts.begin(), kHandshakeTexts.end(),
                                 [&text](std::string_view part) { return Holds(text, part); })
                         ? ErrorCode::kServerNotTrusted
                         : ErrorCode::kServerUnreachable,
                     text);
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Because(Holds(text, kTooLarge) ? ErrorCode::kMessageTooLarge : ErrorCode::kServerBusy, text);
    case grpc::StatusCode::UNIMPLEMENTED:
      return Because(ErrorCode::kProtocolVersionUnsupported, text);
    default:  // deadline passed, cancelled, an exception over there: the act may have been done
      return Because(ErrorCode::kAnswerLost, text);
  }
}

}  // namespace madoguchi::cli
