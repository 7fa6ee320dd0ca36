// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/script_runner.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

#include "contract/crypto/digest.h"

namespace madoguchi::relay {
namespace {

constexpr std::uint16_t kOk = 0x9000;
constexpr std::uint16_t kNotReady =
    0x6F00;  // a card's first answer after power may be this (reference/jpki-card.md §3)
constexpr std::array<std::uint8_t, 4> kEmptyVerify = {0x00, 0x20, 0x00, 0x80};
// RFC 8017 §9.2 note 1: DigestInfo of SHA-256 before the 32 bytes of the hash.
constexpr std::array<std::uint8_t, 19> kSha256DigestInfo = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                                            0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

bool IsBlocked(std::uint16_t status_word) {
  return status_word == 0x63C0 || status_word == 0x6984 || status_word == 0x6983;
}
bool IsTries(std::uint16_t status_word) {
  return (status_word & 0xFFF0) == 0x63C0;
}

std::string Shown(std::uint16_t status_word) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04X", static_cast<unsigned>(status_word));
  return text.data();
}

bool Accepted(const Step& step, std::uint16_t status_word) {
  return std::any_of(step.accepted.begin(), step.accepted.end(),
                     [status_word](const StatusPattern& pattern) { return pattern.Accepts(status_word); });
}

Bytes DigestInfo(const PressAtCard& press, const SignedChallenge& challenge) {
  const crypto::Sha256Digest digest =
      crypto::Sha256(SignatureInput(press.institution_code, challenge.challenge, press.press_id));
  Bytes info(kSha256DigestInfo.begin(), kSha256DigestInfo.end());
  info.insert(info.end(), digest.begin(), digest.end());
  return info;
}

// ISO 7816-4 §5.1, cases 1 to 4 with short Lc and Le.
Bytes Command(const TransmitStep& step, ByteView data) {
  Bytes apdu = {step.cla, step.ins, step.p1, step.p2};
  if (!data.empty()) {
    apdu.push_back(static_cast<std::uint8_t>(data.size()));
    apdu.insert(apdu.end(), data.begin(), data.end());
  }
  if (step.expected_bytes != 0) apdu.push_back(static_cast<std::uint8_t>(step.expected_bytes));  // 256 is written 00
  return apdu;
}

bool IsPinVerify(const Step& step) {
  const auto* transmit = std::get_if<TransmitStep>(&step.action);
  return transmit != nullptr && std::holds_alternative<PinSlot>(transmit->data);
}

// What an unaccepted status word is called.
Error Unaccepted(const Step& step, std::uint16_t status_word) {
  if (IsPinVerify(step) && IsBlocked(status_word)) return {ErrorCode::kPinBlocked, Shown(status_word), 0};
  if (IsPinVerify(step) && IsTries(status_word))
    return {ErrorCode::kPinWrong, Shown(status_word), status_word & 0x000F};
  return {ErrorCode::kCardStatusUnexpected, Shown(status_word), {}};
}

RefusedStep Describe(const Step& step, std::size_t number) {
  if (const auto* transmit = std::get_if<TransmitStep>(&step.action)) {
    return {number, {transmit->cla, transmit->ins, transmit->p1, transmit->p2}, 0};
  }
  return {number, {}, std::get<ReadFileStep>(step.action).file_id};
}

}  // namespace

ScriptRun ScriptRunner::RunOpening(const CardScript& script) {
  policy_.Begin(Occasion::kOpening);
  return Run(script, nullptr);
}

ScriptRun ScriptRunner::RunProof(const CardScript& script, const PressAtCard& press) {
  if (press_id_ != press.press_id) policy_.Begin(press.occasion);
  press_id_ = press.press_id;
  return Run(script, &press);
}

ScriptRun ScriptRunner::Run(const CardScript& script, const PressAtCard* press) {
  ScriptRun run;
  tries_left_.reset();
  port_failed_ = false;
  const auto stop = [&run](Error error) {
    run.answers.stopped = error.code;
    run.error = std::move(error);
  };
  if (Result<void> valid = CheckScript(script); !valid) stop(std::move(valid).error());
  for (std::size_t i = 0; i < script.steps.size() && !run.error; ++i) {
    const Step& step = script.steps[i];
    exchange_.StartStep();
    Result<CardAnswer> answer = std::visit(
        [&](const auto& action) -> Result<CardAnswer> {
          TRY_VOID(policy_.Admit(action));
          if constexpr (std::is_same_v<std::decay_t<decltype(action)>, TransmitStep>) {
            return RunStep(action, press);
          } else {
            return RunStep(action);
          }
        },
        step.action);
    if (!answer) {
      if (answer.error().code == ErrorCode::kCommandRefusedByPolicy) run.refused = Describe(step, i);
      stop(std::move(answer).error());
      break;
    }
    const auto on_card = static_cast<std::uint32_t>(exchange_.on_card().count());
    run.answers.steps.push_back({answer->status_word, std::move(answer->data), on_card, exchange_.apdus()});
    if (Accepted(step, answer->status_word)) continue;
    stop(Unaccepted(step, answer->status_word));
    if (run.error->tries_left) tries_left_ = run.error->tries_left;
  }
  run.answers.tries_left = tries_left_;
  if (run.error) run.error->tries_left = tries_left_;
  run.session_lost = port_failed_;
  return run;
}

Result<CardAnswer> ScriptRunner::SendBytes(const TransmitStep& step, ByteView apdu) {
  policy_.Sent(step);
  Result<CardAnswer> answer = exchange_.Send(apdu);
  if (answer && first_command_ && answer->status_word == kNotReady && step.ins == 0xA4) answer = exchange_.Send(apdu);
  first_command_ = false;
  if (answer) {
    policy_.Answered(step, answer->status_word);
  } else {
    port_failed_ = true;
  }
  return answer;
}

Result<CardAnswer> ScriptRunner::RunStep(const TransmitStep& step, const PressAtCard* press) {
  if (std::holds_alternative<NoData>(step.data)) return SendBytes(step, Command(step, {}));
  if (const auto* literal = std::get_if<Bytes>(&step.data)) return SendBytes(step, Command(step, *literal));
  // The policy has refused slot and signature outside of a press already.
  if (press == nullptr) return Error{ErrorCode::kInternalError, "a step of a press without press", {}};
  if (std::holds_alternative<PinSlot>(step.data)) return Verify(step, *press);
  return SendBytes(step, Command(step, DigestInfo(*press, std::get<SignedChallenge>(step.data))));
}

Result<CardAnswer> ScriptRunner::RunStep(const ReadFileStep& step) {
  const TransmitStep select = {
      0x00,
      0xA4,
      0x02,
      0x0C,
      Bytes{static_cast<std::uint8_t>(step.file_id >> 8), static_cast<std::uint8_t>(step.file_id)},
      0};
  TRY_ASSIGN(CardAnswer selected, RunStep(select, nullptr));
  if (selected.status_word != kOk) return selected;
  Result<CardAnswer> file = ReadCurrentFile(exchange_, step, extended_);
  if (!file) port_failed_ = true;
  return file;
}

// The desk's own fresh look: a try is never spent without knowing how many are left.
Result<void> ScriptRunner::LookAtTries(const PressAtCard& press) {
  Result<CardAnswer> look = exchange_.Send(kEmptyVerify);
  if (!look) {
    port_failed_ = true;
    return std::move(look).error();
  }
  const std::uint16_t status_word = look->status_word;
  if (status_word == 0x6A88) return Error{ErrorCode::kPinDisabled, Shown(status_word), {}};
  if (IsBlocked(status_word)) {
    tries_left_ = 0;
    return Error{ErrorCode::kPinBlocked, Shown(status_word), 0};
  }
  // 9000 would mean that somebody else's VERIFY still counts: power-down clears it, then the check can be made.
  if (!IsTries(status_word))
    return Error{ErrorCode::kCardStatusUnexpected, "look at the tries: " + Shown(status_word), {}};
  tries_left_ = status_word & 0x000F;
  if (*tries_left_ == 1 && !press.last_try_agreed) return Error{ErrorCode::kPinLastTry, "not agreed to", 1};
  return {};
}

Result<CardAnswer> ScriptRunner::Verify(const TransmitStep& step, const PressAtCard& press) {
  TRY_VOID(LookAtTries(press));
  if (press.pin == nullptr) return Error{ErrorCode::kPinCancelled, "no PIN for this press", {}};
  TRY_ASSIGN(SecretBytes command, press.pin->TakeAsCommand({step.cla, step.ins, step.p1, step.p2}));
  Result<CardAnswer> answer = SendBytes(step, command.view());
  command.Clear();
  return answer;
}

}  // namespace madoguchi::relay
