// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/service_messages.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "contract/crypto/digest.h"

namespace madoguchi::eligibility {
namespace {

using Json = nlohmann::json;

struct Refusal {
  int status;
  std::string_view type;
  ErrorCode code;
};

constexpr Refusal kRefusals[] = {
    {400, "request_invalid", ErrorCode::kNationalRequestRefused},
    {403, "account_not_usable", ErrorCode::kNationalRefusedAccount},
    {403, "account_not_activated_for_desk", ErrorCode::kNationalRefusedAccount},
    {403, "sight_not_allowed", ErrorCode::kNationalRefusedSight},
    {409, "idempotency_conflict", ErrorCode::kNationalKeyConflict},
    {422, "challenge_invalid", ErrorCode::kNationalRefusedChallenge},
    {422, "certificate_untrusted", ErrorCode::kCertificateUntrusted},
    {422, "certificate_expired", ErrorCode::kCertificateExpired},
    {422, "certificate_revoked", ErrorCode::kCertificateRevoked},
    {422, "signature_invalid", ErrorCode::kNationalRefusedSignature},
    {422, "not_registered_for_insurance", ErrorCode::kNotRegisteredForInsurance},
};

// A discarded value when it is too long or not JSON.
Json Parse(std::string_view body) {
  if (body.size() > kJsonBytesMax) return Json(Json::value_t::discarded);
  return Json::parse(body, nullptr, /*allow_exceptions=*/false);
}

// Empty unless `object` is an object with a text of that name.
std::string TextOf(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Bytes that are not UTF-8 cannot reach us from a valid configuration; replacing them keeps dump() from throwing.
std::string Write(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Of(const Caller& caller) {
  return {
      {"institution_code", caller.institution_code}, {"device_account", caller.account_id}, {"desk", caller.desk_id}};
}

// NATIONAL_ANSWER_MALFORMED.
Result<Challenge> ChallengeOf(const Json& json) {
  Challenge challenge{.id = TextOf(json, "challenge_id"), .bytes = {}};
  if (!UuidFromText(challenge.id)) return Error{ErrorCode::kNationalAnswerMalformed, "challenge_id is no UUID", {}};
  auto bytes = crypto::FromBase64(TextOf(json, "challenge"));
  if (!bytes || bytes->size() != kChallengeBytes) {
    return Error{ErrorCode::kNationalAnswerMalformed, "challenge is not 32 bytes in base64", {}};
  }
  challenge.bytes = std::move(*bytes);
  const auto good_for = json.find("expires_in_ms");
  if (good_for != json.end() && good_for->is_number_unsigned()) {
    const std::uint64_t most = static_cast<std::uint64_t>(kChallengeGoodMost.count());
    challenge.good_for = std::chrono::milliseconds(std::min(good_for->get<std::uint64_t>(), most));
  }
  return challenge;
}

}  // namespace

std::string ChallengeRequest(const Caller& caller) {
  return Write(Of(caller));
}

std::string CheckRequest(const Question& question) {
  Json json = Of(question.caller);
  json["press"] = UuidText(question.press_id);
  json["method"] = question.method;
  json["challenge_id"] = question.challenge_id;
  json["certificate"] = crypto::ToBase64(question.certificate);
  json["signature"] = crypto::ToBase64(question.signature);
  return Write(json);
}

std::string SightRequest(const Caller& caller, ByteView certificate, ByteView card_challenge) {
  Json json = Of(caller);
  json["certificate"] = crypto::ToBase64(certificate);
  json["card_challenge"] = crypto::ToBase64(card_challenge);
  return Write(json);
}

std::string OutcomeRequest(const Caller& caller, const std::string& key) {
  Json json = Of(caller);
  json["key"] = key;
  return Write(json);
}

Result<Challenge> ReadChallenge(std::string_view body) {
  return ChallengeOf(Parse(body));
}

Result<SightPermit> ReadSightPermit(std::string_view body) {
  const Json json = Parse(body);
  TRY_ASSIGN(Challenge challenge, ChallengeOf(json));
  auto proof = crypto::FromBase64(TextOf(json, "proof"));
  if (!proof || proof->empty() || proof->size() > kSightProofBytesMax) {
    return Error{ErrorCode::kNationalAnswerMalformed, "proof is not 1 to 255 bytes in base64", {}};
  }
  return SightPermit{std::move(challenge), std::move(*proof)};
}

Result<Became> ReadOutcome(std::string_view body) {
  const std::string state = TextOf(Parse(body), "state");
  if (state == "answered") return Became::kAnswered;
  if (state == "not_seen") return Became::kNotSeen;
  return Error{ErrorCode::kNationalAnswerMalformed, "state is neither answered nor not_seen", {}};
}

Error ReadRefusal(int status, std::string_view content_type, std::string_view body) {
  const std::string type = content_type == "application/problem+json" ? TextOf(Parse(body), "type") : std::string();
  for (const Refusal& refusal : kRefusals) {
    if (refusal.status == status && refusal.type == type) return {refusal.code, type, {}};
  }
  return {ErrorCode::kNationalRequestRefused, "status " + std::to_string(status) + " of no known type", {}};
}

}  // namespace madoguchi::eligibility
