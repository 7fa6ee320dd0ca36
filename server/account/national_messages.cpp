// SPDX-License-Identifier: Apache-2.0
#include "server/account/national_messages.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "contract/crypto/digest.h"
#include "server/account/limits.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

using nlohmann::json;

constexpr std::size_t kReceiptTextMax = 100;
constexpr std::size_t kReasonTextMax = 500;
constexpr std::size_t kPasswordTextMax = 128;
constexpr std::size_t kTypeTextMax = 64;

std::string Dump(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Error Malformed(const char* what) {
  return {ErrorCode::kNationalAnswerMalformed, std::string("answer about an account or application: ") + what, {}};
}

// Discarded when it is no JSON object; never throws.
json Parsed(const std::string& text) {
  json object = json::parse(text, nullptr, false);
  return object.is_object() ? object : json(json::value_t::discarded);
}

// A text of printable characters within its limit, else nothing.
std::optional<std::string> TextOf(const json& object, const char* name, std::size_t most) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  auto text = found->get<std::string>();
  Problems problems;
  CheckOptionalText(problems, {"", "", ""}, text, most);
  if (!problems.empty()) return std::nullopt;
  return text;
}

bool AreDigits(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<IssuedAccount> IssuedOf(const json& object) {
  if (!object.is_object()) return Malformed("an account is no object");
  const auto account = TextOf(object, "account", 8), password = TextOf(object, "password", kPasswordTextMax),
             code = TextOf(object, "activation_code", kActivationCodeDigits);
  if (!account || account->size() != 8 || account->front() != 'W' || !AreDigits(account->substr(1), 7))
    return Malformed("account");
  if (!password || password->empty()) return Malformed("password");
  if (!code || !AreDigits(*code, kActivationCodeDigits)) return Malformed("activation_code");
  return IssuedAccount{*account, *password, *code};
}

Result<std::vector<IssuedAccount>> IssuedList(const json& object) {
  const auto listed = object.find("accounts");
  if (listed == object.end() || !listed->is_array() || listed->size() > kIssuedPerAnswerMax)
    return Malformed("accounts");
  std::vector<IssuedAccount> accounts;
  std::set<std::string> seen;
  for (const json& entry : *listed) {
    TRY_ASSIGN(IssuedAccount account, IssuedOf(entry));
    if (!seen.insert(account.account_id).second) return Malformed("an account is named twice");
    accounts.push_back(std::move(account));
  }
  return accounts;
}

}  // namespace

std::string SubmitText(const NationalApplication& application) {
  json attachments = json::array();
  for (const NationalApplication::Attachment& file : application.attachments) {
    attachments.push_back(
        {{"file_name", file.file_name}, {"media_type", file.media_type}, {"content", crypto::ToBase64(file.content)}});
  }
  return Dump({{"application", application.application_id},
               {"institution_code", application.institution_code},
               {"kind", application.kind},
               {"applicant", application.applicant},
               {"bank_account_last4", application.bank_last4},
               {"attachments", std::move(attachments)},
               {"staff_count", application.staff_count},
               {"devices", application.devices},
               {"terms_version", application.terms_version},
               {"effective_on", application.effective_on},
               {"moves_to", application.moves_to}});
}

std::string ReceiptText(const std::string& institution_code, const std::string& receipt) {
  return Dump({{"institution_code", institution_code}, {"receipt", receipt}});
}

std::string ActivateText(const NationalBinding& binding, ByteView password, ByteView activation_code) {
  return Dump({{"institution_code", binding.institution_code},
               {"device_account", binding.account_id},
               {"desk", binding.desk_id},
               {"password", std::string(AsText(password))},
               {"activation_code", std::string(AsText(activation_code))}});
}

std::string ReleaseText(const NationalBinding& binding) {
  return Dump({{"institution_code", binding.institution_code},
               {"device_account", binding.account_id},
               {"desk", binding.desk_id}});
}

std::string AccountText(const std::string& institution_code, const std::string& account_id) {
  return Dump({{"institution_code", institution_code}, {"device_account", account_id}});
}

Result<std::string> ReadReceipt(const std::string& text) {
  const json object = Parsed(text);
  if (object.is_discarded()) return Malformed("no JSON object");
  const auto receipt = TextOf(object, "receipt", kReceiptTextMax);
  if (!receipt || receipt->empty()) return Malformed("receipt");
  return *receipt;
}

Result<NationalDecision> ReadDecision(const std::string& text) {
  const json object = Parsed(text);
  if (object.is_discarded()) return Malformed("no JSON object");
  const auto state = TextOf(object, "state", kTypeTextMax);
  NationalDecision decision;
  if (state == "open") return decision;
  if (state == "withdrawn") {
    decision.state = NationalDecision::State::kWithdrawn;
    return decision;
  }
  if (state == "rejected") {
    const auto reason = TextOf(object, "reason", kReasonTextMax);
    if (!reason) return Malformed("reason");
    decision.state = NationalDecision::State::kRejected;
    decision.reason = *reason;
    return decision;
  }
  if (state != "accepted") return Malformed("state");
  const auto issued_on = TextOf(object, "issued_on", 10);
  if (!issued_on || !IsDate(*issued_on)) return Malformed("issued_on");
  decision.state = NationalDecision::State::kAccepted;
  decision.issued_on = *issued_on;
  TRY_ASSIGN(decision.accounts, IssuedList(object));
  return decision;
}

Result<std::optional<IssuedAccount>> ReadReleased(const std::string& text) {
  const json object = Parsed(text);
  if (object.is_discarded() || TextOf(object, "state", kTypeTextMax) != "released") return Malformed("state");
  const auto account = object.find("account");
  if (account == object.end() || account->is_null()) return std::optional<IssuedAccount>{};
  TRY_ASSIGN(IssuedAccount issued, IssuedOf(*account));
  return std::optional(std::move(issued));
}

Result<std::chrono::milliseconds> ReadLock(const std::string& text) {
  const json object = Parsed(text);
  if (object.is_discarded()) return Malformed("no JSON object");
  const auto found = object.find("locked_for_ms");
  if (found == object.end() || !found->is_number_unsigned()) return Malformed("locked_for_ms");
  const auto milliseconds = found->get<std::uint64_t>();
  const std::chrono::milliseconds most = kNationalLockMax;
  if (milliseconds > static_cast<std::uint64_t>(most.count())) return Malformed("locked_for_ms");
  return std::chrono::milliseconds(milliseconds);
}

std::string RefusalType(const std::string& content_type, const std::string& text) {
  if (content_type != "application/problem+json") return "";
  const json object = Parsed(text);
  return object.is_discarded() ? "" : TextOf(object, "type", kTypeTextMax).value_or("");
}

}  // namespace madoguchi::account
