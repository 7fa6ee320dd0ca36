// SPDX-License-Identifier: Apache-2.0
// Cosigner: the other side of a witness (C2SP tlog-witness): keeps the newest checkpoint of one trail in a file, takes
// a newer one only when its proof shows that it goes on from there, and cosigns it (tlog-cosignature). It needs neither
// the trail's database nor its rows, and can run on any machine.
// Thread: one. Ownership: a value of its own. Errors: TRAIL_WITNESS_FAILED, TRAIL_CHECKPOINT_INVALID of its file.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "contract/trail/checkpoint.h"

namespace madoguchi::audit {

inline constexpr std::size_t kAskBytesMax = 8 * 1024;  // as the listener takes
inline constexpr std::size_t kAskHashesMax = 63;       // tlog-witness

class Cosigner {
 public:
  struct Answer {
    int status = 200;
    std::string body;
    const char* content_type = "text/plain; charset=utf-8";
  };
  using Clock = std::function<std::chrono::seconds()>;  // since 1970
  // file: of the newest checkpoint; made with the first. signer: of cosignatures.
  static Result<Cosigner> Open(std::string file, trail::VerifierKey log, trail::Signer signer, Clock clock);
  // POST /add-checkpoint
  Answer Add(std::string_view ask);
  // The newest note with the cosignature; empty: none yet.
  const std::string& note() const { return note_; }

 private:
  Cosigner(std::string file, trail::VerifierKey log, trail::Signer signer, Clock clock);
  std::string file_;
  trail::VerifierKey log_;
  trail::Signer signer_;
  Clock clock_;
  trail::Checkpoint newest_;  // size 0: none yet
  std::string note_;
};

}  // namespace madoguchi::audit
