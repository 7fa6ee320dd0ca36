// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/webhook.h"

#include <chrono>

#include "contract/crypto/digest.h"
#include "server/handoff/signature.h"

namespace madoguchi::handoff {
namespace {

std::int64_t UnixSeconds() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

bool MayPass(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

}  // namespace

Result<Delivery> Webhook::Post(const DueRow& row, const Handing& handing, Deadline deadline) {
  outbound::HttpsRequest request;
  request.url = url_;
  request.body = form_.write(handing);
  request.answer_bytes_max = kReceiverAnswerBytesMax;
  request.headers = {
      "Content-Type: " + form_.content_type, "Idempotency-Key: " + row.row_id,
      std::string(kSignatureHeader) + ": " + SignatureOf(signing_key_.view(), UnixSeconds(), request.body)};
  const std::string sha256 = ToHex(crypto::Sha256(AsBytes(request.body)));
  const outbound::HttpsOutcome outcome = client_.Post(request, deadline);
  Wipe({reinterpret_cast<std::uint8_t*>(request.body.data()), request.body.size()});
  if (outcome.fate != outbound::Fate::kAnswered) {
    return Error{ErrorCode::kHandoffReceiverUnreachable, outcome.detail, {}};
  }
  const std::string status = "HTTP " + std::to_string(outcome.status);
  if (outcome.status >= 200 && outcome.status < 300) return Delivery{{}, sha256};
  if (MayPass(outcome.status)) return Error{ErrorCode::kHandoffReceiverUnreachable, status, {}};
  return Error{ErrorCode::kHandoffReceiverRefused, status, {}};
}

}  // namespace madoguchi::handoff
