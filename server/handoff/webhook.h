// SPDX-License-Identifier: Apache-2.0
// Webhook: posts a result to one receiver in the facility's network, over HTTPS with mutual TLS (server/outbound),
// signed (signature.h). `Idempotency-Key: <row id>` is the same in every attempt for one result: a receiver that has it
// answers 2xx again.
//   2xx                          delivered
//   408 425 429, 5xx, no answer  HANDOFF_RECEIVER_UNREACHABLE: tried again
//   anything else                HANDOFF_RECEIVER_REFUSED: stopped
// Thread: any; blocks up to the deadline. Never the body, nor what the receiver says, in a log.
#pragma once
#include <functional>
#include <string>

#include "contract/secret_bytes.h"
#include "server/handoff/courier.h"
#include "server/outbound/https_client.h"

namespace madoguchi::handoff {

inline constexpr std::size_t kReceiverAnswerBytesMax = 64 * 1024;  // it is not read
inline constexpr char kJsonType[] = "application/json";
inline constexpr char kFhirType[] = "application/fhir+json";

// A body and what it is.
struct Form {
  std::string content_type;
  std::function<std::string(const Handing& handing)> write;
};

class Webhook {
 public:
  Webhook(std::string url, outbound::HttpsFiles files, SecretBytes signing_key, Form form)
      : url_(std::move(url)), client_(std::move(files)), signing_key_(std::move(signing_key)), form_(std::move(form)) {}
  Result<Delivery> Post(const DueRow& row, const Handing& handing, Deadline deadline);

 private:
  const std::string url_;
  outbound::HttpsClient client_;
  const SecretBytes signing_key_;
  const Form form_;
};

}  // namespace madoguchi::handoff
