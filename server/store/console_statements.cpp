// SPDX-License-Identifier: Apache-2.0
#include "server/store/console_statements.h"

#include <sstream>

#include "server/audit/event.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

// Approved by somebody who is an enabled administrator still, not used, not expired, of this act and proposer.
constexpr char kUsable[] = R"(
  console_user AS second
  WHERE approval.approval_id = $1::uuid AND approval.proposer = $2 AND approval.method = $3 AND approval.act_sha256 = decode($4, 'hex')
    AND approval.approved AND approval.used_at IS NULL AND approval.expires_at > clock_timestamp()
    AND second.user_id = approval.approver AND second.enabled AND second.role = 'administrator')";

// verb: what is done with the one row, up to the name of the other table.
Result<void> WithApproval(pqxx::work& transaction, const std::string& verb, const account::Approval& approval) {
  const bool usable = UuidFromText(approval.approval_id) &&
                      transaction
                              .exec_params(verb + kUsable, approval.approval_id, approval.proposer, approval.method,
                                           ToHex(approval.act_sha256))
                              .affected_rows() == 1;
  if (!usable)
    return Error{ErrorCode::kApprovalInvalid, "not approved, expired, used, or of another act or proposer", {}};
  return {};
}

}  // namespace

std::vector<std::string> Words(const std::string& array) {
  std::vector<std::string> words;
  if (array.size() < 2) return words;
  std::istringstream stream(array.substr(1, array.size() - 2));
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  return words;
}

void EndSessions(pqxx::work& transaction, const std::string& user_id, ByteView but_token_sha256) {
  transaction.exec_params(
      "UPDATE console_session SET ended_at = clock_timestamp() WHERE user_id = $1 AND ended_at IS NULL AND "
      "token_sha256 <> decode($2, 'hex')",
      user_id, ToHex(but_token_sha256));
}

Result<void> CheckApproval(pqxx::work& transaction, const account::Approval& approval) {
  return WithApproval(transaction, "SELECT FROM approval, ", approval);
}

Result<void> UseApproval(pqxx::work& transaction, const account::Approval& approval, const std::string& owner) {
  if (approval.approval_id.empty()) return {};
  TRY_VOID(WithApproval(transaction, "UPDATE approval SET used_at = clock_timestamp() FROM ", approval));
  WriteEvent(transaction,
             ConsoleEvent(audit::action::kConsoleApprovalUsed, approval.proposer,
                          "approval=" + approval.approval_id + " method=" + approval.method),
             owner);
  return {};
}

audit::Event ConsoleEvent(const char* action, const std::string& actor, std::string detail) {
  audit::Event event;
  event.action = action;
  event.detail = std::move(detail);
  event.actor = actor;
  return event;
}

}  // namespace madoguchi::store
