// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/card_at_desk.h"

#include <algorithm>
#include <array>

#include "contract/limits.h"

namespace madoguchi::agent {
namespace {

constexpr std::chrono::seconds kOpenWithin{10};  // longer than limits::kReaderHeldRetry
constexpr std::uint8_t kVerify = 0x20;
// Blocked in the ways cards say it, and no PIN at all (docs/decisions/0005).
constexpr std::array<std::uint16_t, 4> kPinOver = {0x63C0, 0x6983, 0x6984, 0x6A88};

// Of the files alone: a challenge is another one each time.
crypto::Sha256Digest Fingerprint(const CardScript& script, const ScriptAnswers& answers) {
  Bytes told;
  for (std::size_t i = 0; i < std::min(script.steps.size(), answers.steps.size()); ++i) {
    const Bytes& data = answers.steps[i].data;
    if (std::holds_alternative<ReadFileStep>(script.steps[i].action)) told.insert(told.end(), data.begin(), data.end());
  }
  return crypto::Sha256(told);
}

// The card said at the look of the opening script that there is no PIN, or none any more.
bool PinIsOver(const CardScript& script, const ScriptAnswers& answers) {
  for (std::size_t i = 0; i < std::min(script.steps.size(), answers.steps.size()); ++i) {
    const auto* step = std::get_if<TransmitStep>(&script.steps[i].action);
    if (step == nullptr || step->ins != kVerify || !std::holds_alternative<NoData>(step->data)) continue;
    const std::uint16_t said = answers.steps[i].status_word;
    if (std::find(kPinOver.begin(), kPinOver.end(), said) != kPinOver.end()) return true;
  }
  return false;
}

}  // namespace

relay::ScriptRun CardAtDesk::TryOpening(const reader::ReaderState& reader, const link::Welcome& welcome,
                                        relay::ExtendedApdu extended) {
  Release();
  relay::ScriptRun run;
  Result<std::unique_ptr<reader::CardSession>> session =
      reader::CardSession::Open(reader.name, Deadline::In(kOpenWithin));
  if (!session) {
    run.session_lost = true;
    run.error = std::move(session).error();
    return run;
  }
  session_ = std::move(*session);
  if (session_->extended_by_reader() == false) extended = relay::ExtendedApdu::kImpossible;
  runner_ = std::make_unique<relay::ScriptRunner>(*session_, welcome.sight_allowed, extended);
  return runner_->RunOpening(welcome.opening_script);
}

Result<void> CardAtDesk::Open(const reader::ReaderState& reader, const link::Welcome& welcome) {
  if (learned_.size() > reader::kReadersMax) learned_.clear();
  relay::ExtendedApdu& learned = learned_.try_emplace(reader.name, relay::ExtendedApdu::kUnknown).first->second;
  const Stopwatch watch;
  relay::ScriptRun run = TryOpening(reader, welcome, learned);
  // The session broke while an extended command was under way: either the card was pulled or the reader knows no such
  // command. A new session with short commands tells. Nothing was verified in the broken one.
  if (run.session_lost && runner_ && learned != relay::ExtendedApdu::kImpossible &&
      runner_->extended() == relay::ExtendedApdu::kImpossible) {
    relay::ScriptRun again = TryOpening(reader, welcome, relay::ExtendedApdu::kImpossible);
    if (!again.session_lost) run = std::move(again);
  }
  if (run.session_lost) {
    Release();
    return *run.error;
  }
  learned = runner_->extended();
  opening_ = std::move(run);
  opening_.answers.run_us = static_cast<std::uint32_t>(watch.elapsed().count());
  script_ = welcome.opening_script;
  fingerprint_ = Fingerprint(script_, opening_.answers);
  pin_is_over_ = PinIsOver(script_, opening_.answers);
  identity_ = CardIdentity{reader.name, reader.card_events};
  release_at_ = Deadline::In(limits::kCardHeldUnusedMax);
  return {};
}

void CardAtDesk::Release() {
  runner_.reset();
  session_.reset();
  opening_ = {};
  release_at_ = Deadline(Deadline::Clock::time_point::max());
}

relay::ScriptRun CardAtDesk::RunProof(const CardScript& script, const relay::PressAtCard& press) {
  relay::ScriptRun run = runner_->RunProof(script, press);
  if (script.last || run.session_lost) {
    runner_.reset();
    session_.reset();
  }
  return run;
}

}  // namespace madoguchi::agent
