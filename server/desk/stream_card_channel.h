// SPDX-License-Identifier: Apache-2.0
// StreamCardChannel: the card of one press, reached over its desk's stream. Knows no gRPC: it is given a function that
// sends. Thread: Run on the check's thread; Deliver and Close from reactions, never blocking. Ownership: shared by the
// session and the check's job.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "madoguchi/v1/check.pb.h"
#include "server/check/card_channel.h"

namespace madoguchi::desk {

class StreamCardChannel final : public check::CardChannel {
 public:
  using SendScript = std::function<void(v1::RunScript script)>;
  StreamCardChannel(Bytes press_id, SendScript send) : press_id_(std::move(press_id)), send_(std::move(send)) {}

  // DESK_GONE or the code given to Close · CHECK_DEADLINE.
  Result<ScriptAnswers> Run(const CardScript& script, std::uint32_t epoch, Deadline deadline) override;
  bool gone() const override;
  // SCRIPT_ANSWERS_INVALID: not the answers to the one script that is out, or out of shape. Answers that come after the
  // check gave up waiting are the desk's right, and dropped.
  Result<void> Deliver(const v1::ScriptResult& result);
  // Ends the wait, now and for ever.
  void Close(ErrorCode reason);
  // Time that Run spent waiting for the desk, all calls.
  std::chrono::microseconds waited() const;

 private:
  // The one script that is out.
  struct Out {
    std::uint32_t epoch;
    std::uint32_t number;
    bool awaited;  // false: the check gave up
  };
  const Bytes press_id_;
  const SendScript send_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t last_number_ = 0;  // guarded by mutex_, like all below
  std::optional<Out> out_;
  std::optional<ScriptAnswers> answers_;
  std::optional<ErrorCode> closed_;
  std::chrono::microseconds waited_{0};
};

}  // namespace madoguchi::desk
