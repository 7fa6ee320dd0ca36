// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/call_refusal.h"

#include <algorithm>

#include "madoguchi/v1/facility.pb.h"
#include "terminal/identity/channel.h"

namespace madoguchi::identity {
namespace {

constexpr std::size_t kDetailsBytesMax = 128 * 1024;
constexpr std::chrono::hours kRetryAfterMax{24};

}  // namespace

Error FromCall(const grpc::Status& status, CallRefusal& refusal) {
  refusal = {};
  v1::CallRefusal told;
  const std::string details = status.error_details();
  if (details.empty() || details.size() > kDetailsBytesMax || !told.ParseFromString(details) || told.code() == 0)
    return FromStatus(status);
  refusal.by_server = true;
  refusal.retry_after =
      std::min<std::chrono::milliseconds>(std::chrono::milliseconds(told.retry_after_ms()), kRetryAfterMax);
  for (const v1::FieldProblem& problem : told.problems()) {
    if (refusal.notes.size() == kFieldNotesMax) break;
    if (problem.field().size() + problem.text_ja().size() + problem.text_en().size() > kFieldNoteBytesMax) continue;
    refusal.notes.push_back({problem.field(), problem.text_ja(), problem.text_en()});
  }
  const std::optional<ErrorCode> known = FindErrorCode(told.code());
  if (!known) return {ErrorCode::kInternalError, "the server answered code " + std::to_string(told.code()), {}};
  return {*known, "answered by the server", {}};
}

}  // namespace madoguchi::identity
