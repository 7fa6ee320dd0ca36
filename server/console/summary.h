// SPDX-License-Identifier: Apache-2.0
// What the second person reads before they approve: the act in words and every field of the request that is neither
// secret nor a person's name, in Japanese and English. Nothing is cut: an act too long to be shown cannot be approved.
// Thread: any.
#pragma once
#include <google/protobuf/message.h>

#include <string>

#include "contract/result.h"

namespace madoguchi::console {

struct Summary {
  std::string ja, en;
};

// FIELD_INVALID: more than kSummaryMax characters.
Result<Summary> Summarise(const std::string& method, const google::protobuf::Message& request);

}  // namespace madoguchi::console
