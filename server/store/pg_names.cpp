// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_names.h"

#include <optional>

#include "server/audit/event.h"
#include "server/store/activation_statements.h"
#include "server/store/array_literal.h"
#include "server/store/kept_statements.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using handoff::NameSubject;
using handoff::SealedName;

constexpr char kFind[] = R"(
  SELECT person_hash, coalesce(encode(sealed_name, 'hex'), '') AS confirmed, coalesce(encode(sealed_proposal, 'hex'), '') AS proposal
  FROM name_mapping WHERE person_hash = ANY ($1::text[]))";
// Names were looked up after the press was opened: a proposal that is older stood beside the result.
constexpr char kSubject[] = R"(
  SELECT subject.person_hash, coalesce(encode(sealed_name, 'hex'), '') AS confirmed, coalesce(encode(sealed_proposal, 'hex'), '') AS proposal,
         coalesce(proposed_at < press.opened_at, true) AS shown, coalesce(proposed_by, '') AS proposed_by
  FROM name_subject AS subject JOIN press USING (press_id) LEFT JOIN name_mapping USING (person_hash)
  WHERE press_id = $1::uuid AND result = $2 AND subject.desk_id = $3::uuid AND subject.at > clock_timestamp() - make_interval(hours => $4))";
// The mappings are counted and added to by one at a time.
constexpr char kLockNames[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.names'))";
constexpr char kCount[] = "SELECT count(*) FROM name_mapping WHERE person_hash <> $1";
constexpr char kPropose[] = R"(
  INSERT INTO name_mapping (person_hash, sealed_proposal, proposed_by, proposed_at) VALUES ($1, decode($2, 'hex'), $3, clock_timestamp())
  ON CONFLICT (person_hash) DO UPDATE
    SET sealed_proposal = excluded.sealed_proposal, proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at)";
constexpr char kProposal[] = R"(
  SELECT encode(sealed_proposal, 'hex') AS proposal, proposed_by FROM name_mapping
  WHERE person_hash = $1 AND sealed_proposal IS NOT NULL FOR UPDATE)";
constexpr char kConfirm[] = R"(
  UPDATE name_mapping SET sealed_name = sealed_proposal, confirmed_by = $2, confirmed_proposal_of = proposed_by, confirmed_at = clock_timestamp(),
    sealed_proposal = NULL, proposed_by = NULL, proposed_at = NULL WHERE person_hash = $1)";
constexpr char kRemove[] = "DELETE FROM name_mapping WHERE person_hash = $1";

SealedName NameOf(const pqxx::row& row) {
  return {row["person_hash"].as<std::string>(), FromHex(row["confirmed"].as<std::string>()).value_or(Bytes{}),
          FromHex(row["proposal"].as<std::string>()).value_or(Bytes{})};
}

Result<std::string> Operator(pqxx::work& transaction, const NameSubject& subject) {
  std::string staff_code = OperatorAt(transaction, subject.desk_id);
  if (staff_code.empty()) return Error{ErrorCode::kOperatorNeeded, "desk " + subject.desk_id, {}};
  return staff_code;
}

void Note(pqxx::work& transaction, const char* action, const NameSubject& subject, ErrorCode code,
          const std::string& staff_code, const std::string& detail, const std::string& owner) {
  WriteEvent(transaction,
             {action, subject.desk_id, subject.press_id, static_cast<int>(code),
              "result=" + std::to_string(subject.result) + detail, "", "", "staff:" + staff_code},
             owner);
}

}  // namespace

Result<std::vector<SealedName>> PgNames::Find(const std::vector<std::string>& person_hashes, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<SealedName>> {
    std::vector<SealedName> names;
    for (const pqxx::row& row : transaction.exec_params(kFind, TextArray(person_hashes))) names.push_back(NameOf(row));
    return names;
  });
}

Result<SealedName> PgNames::Subject(const NameSubject& subject, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<SealedName> {
    TRY_ASSIGN(const std::string staff_code, Operator(transaction, subject));
    const pqxx::result rows = transaction.exec_params(kSubject, UuidText(subject.press_id), subject.result,
                                                      subject.desk_id, static_cast<int>(kNameSubjectKept.count()));
    if (rows.empty()) return Error{ErrorCode::kResultGone, "no such result of this desk", {}};
    SealedName known = NameOf(rows[0]);
    known.shown = rows[0]["shown"].as<bool>();
    known.by_self = rows[0]["proposed_by"].as<std::string>() == staff_code;
    return known;
  });
}

Result<void> PgNames::Propose(const NameSubject& subject, const std::string& person_hash, ByteView sealed,
                              Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_ASSIGN(const std::string staff_code, Operator(transaction, subject));
    transaction.exec(kLockNames);
    if (transaction.exec_params(kCount, person_hash)[0][0].as<int>() >= handoff::kNameMappingsMax)
      return Error{ErrorCode::kFieldInvalid, "there are as many names as there may be", {}};
    transaction.exec_params(kPropose, person_hash, ToHex(sealed), staff_code);
    Note(transaction, audit::action::kHandoffNameProposed, subject, ErrorCode{}, staff_code, "", owner_);
    return {};
  });
}

Result<void> PgNames::Confirm(const NameSubject& subject, const std::string& person_hash, ByteView proposal,
                              Deadline deadline) {
  std::optional<Error> refused;  // that it was refused has to be committed
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    refused.reset();
    TRY_ASSIGN(const std::string staff_code, Operator(transaction, subject));
    const pqxx::result rows = transaction.exec_params(kProposal, person_hash);
    const std::string by = rows.empty() ? std::string() : rows[0]["proposed_by"].as<std::string>();
    if (rows.empty() || by == staff_code) {
      refused = Error{ErrorCode::kNameMappingRefused, rows.empty() ? "nothing is proposed" : "by the same person", {}};
      Note(transaction, audit::action::kHandoffNameRefused, subject, refused->code, staff_code, "", owner_);
      return {};
    }
    if (rows[0]["proposal"].as<std::string>() != ToHex(proposal))
      return Error{ErrorCode::kChangedMeanwhile, "another name is proposed", {}};
    transaction.exec_params(kConfirm, person_hash, staff_code);
    Note(transaction, audit::action::kHandoffNameConfirmed, subject, ErrorCode{}, staff_code,
         " proposed_by=staff:" + by, owner_);
    return {};
  }));
  if (refused) return *std::move(refused);
  return {};
}

Result<void> PgNames::Remove(const NameSubject& subject, const std::string& person_hash, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_ASSIGN(const std::string staff_code, Operator(transaction, subject));
    if (transaction.exec_params(kRemove, person_hash).affected_rows() == 0)
      return Error{ErrorCode::kNameMappingRefused, "there is none", {}};
    Note(transaction, audit::action::kHandoffNameRemoved, subject, ErrorCode{}, staff_code, "", owner_);
    return {};
  });
}

}  // namespace madoguchi::store
