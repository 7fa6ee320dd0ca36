// SPDX-License-Identifier: Apache-2.0
#include "server/desk/stream_card_channel.h"

#include <utility>

#include "contract/card_script_wire.h"

namespace madoguchi::desk {

Result<ScriptAnswers> StreamCardChannel::Run(const CardScript& script, std::uint32_t epoch, Deadline deadline) {
  const Stopwatch watch;
  v1::RunScript message;
  message.set_press_id(std::string(AsText(press_id_)));
  message.set_epoch(epoch);
  *message.mutable_script() = wire::ToMessage(script);
  message.set_remaining_ms(static_cast<std::uint32_t>(deadline.remaining().count()));

  std::unique_lock lock(mutex_);
  if (closed_) return Error{*closed_, "before the script was sent", {}};
  if (deadline.passed()) return Error{ErrorCode::kCheckDeadline, "before the script was sent", {}};
  out_ = Out{epoch, ++last_number_, true};
  answers_.reset();
  message.set_script_number(last_number_);
  // Not under the lock: sending may close the session, and that closes this channel.
  lock.unlock();
  send_(std::move(message));
  lock.lock();

  const bool woken = changed_.wait_until(lock, deadline.at(), [this] { return answers_ || closed_; });
  waited_ += watch.elapsed();
  if (answers_) return std::move(*answers_);
  if (out_) out_->awaited = false;
  if (!woken) return Error{ErrorCode::kCheckDeadline, "the desk did not answer the script in time", {}};
  return Error{*closed_, "while the script was out", {}};
}

Result<void> StreamCardChannel::Deliver(const v1::ScriptResult& result) {
  Result<ScriptAnswers> answers = wire::FromMessage(result.answers());
  if (!answers) return std::move(answers).error();
  const std::lock_guard lock(mutex_);
  const bool expected = out_ && result.press_id() == AsText(press_id_) && result.epoch() == out_->epoch &&
                        result.script_number() == out_->number;
  if (!expected) return Error{ErrorCode::kScriptAnswersInvalid, "not of the script that is out", {}};
  if (out_->awaited) {
    answers_ = std::move(answers).value();
    changed_.notify_all();
  }
  out_.reset();
  return {};
}

bool StreamCardChannel::gone() const {
  const std::lock_guard lock(mutex_);
  return closed_ == ErrorCode::kDeskGone;
}

void StreamCardChannel::Close(ErrorCode reason) {
  const std::lock_guard lock(mutex_);
  if (!closed_) closed_ = reason;
  changed_.notify_all();
}

std::chrono::microseconds StreamCardChannel::waited() const {
  const std::lock_guard lock(mutex_);
  return waited_;
}

}  // namespace madoguchi::desk
