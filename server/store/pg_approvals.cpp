// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_approvals.h"

#include "server/audit/event.h"
#include "server/console/session_book.h"
#include "server/store/array_literal.h"
#include "server/store/console_statements.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

namespace action = audit::action;
using console::ApprovalFacts;
using console::Proposal;

constexpr char kLockProposer[] = "SELECT FROM console_user WHERE user_id = $1 FOR UPDATE";
constexpr char kSameProposal[] = R"(
  SELECT approval_id FROM approval
  WHERE proposer = $1 AND method = $2 AND act_sha256 = decode($3, 'hex') AND used_at IS NULL AND approved IS DISTINCT FROM false
    AND expires_at > clock_timestamp())";
constexpr char kOpenOnes[] =
    "SELECT count(*) FROM approval WHERE proposer = $1 AND used_at IS NULL AND approved IS DISTINCT FROM false AND "
    "expires_at > clock_timestamp()";
constexpr char kPropose[] = R"(
  INSERT INTO approval (proposer, method, act_sha256, summary_ja, summary_en, expires_at, institution_code)
  VALUES ($1, $2, decode($3, 'hex'), $4, $5, clock_timestamp() + $6::bigint * interval '1 second', NULLIF($7, '')) RETURNING approval_id)";
// The rule of two people: another enabled administrator, whose credentials the proposer neither made nor reset lately.
constexpr char kDecide[] = R"(
  UPDATE approval SET approver = second.user_id, decided_at = clock_timestamp(), approved = $3::bool
  FROM console_user AS second
  WHERE approval.approval_id = $1::uuid AND second.user_id = $2 AND second.enabled AND second.role = 'administrator'
    AND approval.approved IS NULL AND approval.used_at IS NULL AND approval.expires_at > clock_timestamp()
    AND ($5::text = '{}' OR approval.institution_code = ANY ($5::text::text[]))
    AND (NOT $3::bool OR (approval.proposer <> second.user_id
      AND NOT (second.credentials_made_by = approval.proposer
               AND second.credentials_made_at > clock_timestamp() - $4::bigint * interval '1 second'))))";

// Times run out whatever became of it.
constexpr char kForgetEnded[] = R"(
  DELETE FROM approval WHERE approval_id IN
    (SELECT approval_id FROM approval WHERE expires_at < clock_timestamp() - $1::bigint * interval '1 second' LIMIT $2::bigint))";

const std::string& ListSql() {
  static const std::string sql =
      "SELECT approval_id, method, summary_ja, summary_en, proposer, COALESCE(approver, '') AS approver, " +
      TimeSql("proposed_at") + " AS proposed_at, " + TimeSql("expires_at") + R"( AS expires_at,
    CASE WHEN used_at IS NOT NULL THEN 'used' WHEN NOT approved THEN 'refused' WHEN expires_at <= clock_timestamp() THEN 'expired'
         WHEN approved THEN 'approved' ELSE 'open' END AS state FROM approval )";
  return sql;
}

ApprovalFacts FactsOf(const pqxx::row& row) {
  const auto text = [&row](const char* column) { return row[column].as<std::string>(); };
  return {text("approval_id"), text("method"),      text("summary_ja"), text("summary_en"), text("proposer"),
          text("approver"),    text("proposed_at"), text("expires_at"), text("state")};
}

Error Invalid(const char* why) {
  return {ErrorCode::kApprovalInvalid, why, {}};
}

std::string About(const std::string& approval_id, const std::string& method) {
  return "approval=" + approval_id + " method=" + method;
}

}  // namespace

Result<std::string> PgApprovals::Propose(const Proposal& proposal, Deadline deadline) {
  const std::string hash = ToHex(proposal.act_sha256);
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::string> {
    transaction.exec_params(kLockProposer, proposal.proposer);
    const pqxx::result same = transaction.exec_params(kSameProposal, proposal.proposer, proposal.method, hash);
    if (!same.empty()) return same[0][0].as<std::string>();
    if (transaction.exec_params1(kOpenOnes, proposal.proposer)[0].as<int>() >= console::kOpenApprovalsMax)
      return Error{ErrorCode::kServerBusy, "too many open approvals of one proposer", {}};
    const std::chrono::seconds valid = console::kApprovalValid;
    const auto id = transaction
                        .exec_params1(kPropose, proposal.proposer, proposal.method, hash, proposal.summary_ja,
                                      proposal.summary_en, valid.count(), proposal.institution_code)[0]
                        .as<std::string>();
    WriteEvent(transaction,
               ConsoleEvent(action::kConsoleApprovalProposed, proposal.proposer, About(id, proposal.method)), owner_);
    return id;
  });
}

Result<void> PgApprovals::Check(const account::Approval& approval, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) { return CheckApproval(transaction, approval); });
}

Result<std::vector<ApprovalFacts>> PgApprovals::List(const console::SecondPerson& person, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<ApprovalFacts>> {
    std::vector<ApprovalFacts> all;
    const pqxx::result rows = transaction.exec_params(
        ListSql() +
            "WHERE $1::text = '{}' OR institution_code = ANY ($1::text::text[]) OR proposer = $2 "
            "ORDER BY approval.proposed_at DESC LIMIT $3::bigint",
        TextArray(person.institution_codes), person.user_id, console::kApprovalsListed);
    for (const pqxx::row& row : rows) all.push_back(FactsOf(row));
    return all;
  });
}

Result<ApprovalFacts> PgApprovals::Decide(const std::string& approval_id, const console::SecondPerson& second,
                                          bool approved, Deadline deadline) {
  if (!UuidFromText(approval_id)) return Invalid("no UUID");
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<ApprovalFacts> {
    const std::chrono::seconds distance = console::kCredentialsDistance;
    if (transaction
            .exec_params(kDecide, approval_id, second.user_id, approved, distance.count(),
                         TextArray(second.institution_codes))
            .affected_rows() == 0)
      return Invalid("unknown, expired or decided; or this person may not be the second");
    ApprovalFacts facts = FactsOf(transaction.exec_params1(ListSql() + "WHERE approval_id = $1::uuid", approval_id));
    const char* word = approved ? action::kConsoleApprovalApproved : action::kConsoleApprovalRefused;
    WriteEvent(transaction, ConsoleEvent(word, second.user_id, About(approval_id, facts.method)), owner_);
    return facts;
  });
}

Result<bool> PgApprovals::ForgetEnded(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<bool> {
    const std::chrono::seconds kept = console::kEndedApprovalsKept;
    return transaction.exec_params(kForgetEnded, kept.count(), console::kForgottenAtOnce).affected_rows() <
           console::kForgottenAtOnce;
  });
}

}  // namespace madoguchi::store
