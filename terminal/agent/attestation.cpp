// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/attestation.h"

#include <algorithm>

#include "contract/deadline.h"
#include "terminal/agent/key_choice.h"

namespace madoguchi::agent {
namespace {

constexpr std::string_view kWhoActs =
    "操作する方はどなたですか / who acts?\n"
    "  1 本人 / holder   2 保護者・法定代理人 / guardian   3 介助を受けた本人 / holder with help";
constexpr std::string_view kPhoto =
    "カードの写真と患者さんの顔を見比べてください。カードは患者さんに持っていただきます / compare photo and face; the "
    "patient keeps the card\n"
    "  1 同じ人 / the same person   2 写真のないカード / no photo   3 違う人 / another person";
constexpr std::chrono::milliseconds kLookedMin{1};  // 0 would mean that nobody was asked

}  // namespace

Result<link::Attestation> CompleteAttestation(link::Attestation given, bool may_ask) {
  const auto ask = [may_ask](std::string_view question) -> Result<int> {
    const std::optional<char> key = may_ask ? AskKey(question, "123") : std::nullopt;
    if (!key) return Error{ErrorCode::kAttestationMissing, "--presenter and --attest, or a keyboard", {}};
    return *key - '0';
  };
  if (given.presenter == link::Presenter::kNotSaid) {
    TRY_ASSIGN(const int key, ask(kWhoActs));
    given.presenter = static_cast<link::Presenter>(key);
  }
  if (given.photo == link::PhotoCheck::kNotLooked) {
    const Stopwatch looking;
    TRY_ASSIGN(const int key, ask(kPhoto));
    given.photo = static_cast<link::PhotoCheck>(key);
    given.looked = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(looking.elapsed()), kLookedMin);
  }
  return given;
}

}  // namespace madoguchi::agent
