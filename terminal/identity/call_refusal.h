// SPDX-License-Identifier: Apache-2.0
// What a server's refusal of a call says besides its code (v1.CallRefusal in the status details), as plain values.
#pragma once
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>
#include <vector>

#include "contract/error.h"

namespace madoguchi::identity {

inline constexpr std::size_t kFieldNotesMax = 100;
inline constexpr std::size_t kFieldNoteBytesMax = 600;

struct FieldNote {
  std::string field, text_ja, text_en;
};

struct CallRefusal {
  bool by_server = false;                    // false: the call did not get that far
  std::chrono::milliseconds retry_after{0};  // of a lock: how long it still lasts
  std::vector<FieldNote> notes;
};

// The code the server named, else that of the transport (channel.h). Precondition: not OK.
Error FromCall(const grpc::Status& status, CallRefusal& refusal);

}  // namespace madoguchi::identity
