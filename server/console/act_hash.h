// SPDX-License-Identifier: Apache-2.0
// What an approval is of: SHA-256 over the method's name, a zero byte and the request without its approval_id,
// serialised deterministically (same program, same bytes: an approval lives for minutes and dies with an update).
// Thread: any.
#pragma once
#include <google/protobuf/message.h>

#include <string>

#include "contract/bytes.h"

namespace madoguchi::console {

Bytes ActHash(const std::string& method, const google::protobuf::Message& request);
// The value of a text field of this name; empty when the message has none.
std::string TextField(const google::protobuf::Message& message, const std::string& name);

}  // namespace madoguchi::console
