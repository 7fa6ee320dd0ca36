// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_certificates.h"

#include "contract/bytes.h"
#include "server/audit/event.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using identity::BookEntry;
using identity::LateState;

// The desk's row is locked: two renewals of one desk come one after the other, and none slips past a revocation.
constexpr char kLockDesk[] = "SELECT status FROM desk WHERE desk_id = $1::uuid FOR NO KEY UPDATE";

constexpr char kOldAccepted[] = R"(
  SELECT count(*) FROM desk_certificate
  WHERE certificate_sha256 = decode($2, 'hex') AND desk_id = $1::uuid AND revoked_at IS NULL AND not_after > clock_timestamp())";

constexpr char kLive[] = R"(
  SELECT count(*) FROM desk_certificate WHERE desk_id = $1::uuid AND revoked_at IS NULL AND not_after > clock_timestamp())";

constexpr char kEnter[] = R"(
  INSERT INTO desk_certificate (certificate_sha256, desk_id, serial, not_after, issued_for, replaces)
  VALUES (decode($1, 'hex'), $2::uuid, $3, to_timestamp($4::bigint), $5, decode($6, 'hex')))";

constexpr char kFindLate[] = R"(
  SELECT renewal_id, state, coalesce(certificate_pem, '') AS certificate_pem FROM late_renewal WHERE request_sha256 = decode($1, 'hex'))";

constexpr char kRenewableLate[] = R"(
  SELECT count(*) FROM desk_certificate
  WHERE certificate_sha256 = decode($2, 'hex') AND desk_id = $1::uuid AND revoked_at IS NULL
    AND not_after > clock_timestamp() - $3::bigint * interval '1 day')";

// One open request per desk: the newest counts, a desk cannot fill the list.
constexpr char kForgetOpen[] = R"(
  UPDATE late_renewal SET state = 'refused', decided_by = 'desk', decided_at = clock_timestamp()
  WHERE desk_id = $1::uuid AND state = 'open')";

constexpr char kOpenLate[] = R"(
  INSERT INTO late_renewal (desk_id, old_certificate_sha256, request_sha256, key_sha256)
  VALUES ($1::uuid, decode($2, 'hex'), decode($3, 'hex'), decode($4, 'hex')) RETURNING renewal_id)";

constexpr char kListLate[] = R"(
  SELECT renewal_id, desk.desk_id, desk.name,
         to_char(requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS requested_at,
         to_char(old.not_after AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS expired_at, encode(key_sha256, 'hex') AS key_sha256
  FROM late_renewal JOIN desk USING (desk_id) JOIN desk_certificate AS old ON old.certificate_sha256 = old_certificate_sha256
  WHERE state = 'open' ORDER BY late_renewal.requested_at LIMIT $1)";

constexpr char kDecideLate[] = R"(
  UPDATE late_renewal SET state = $2, decided_by = $3, decided_at = clock_timestamp()
  WHERE renewal_id = $1::uuid AND state = 'open' RETURNING desk_id)";

std::int64_t Seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool DeskIsActive(pqxx::work& transaction, const std::string& desk_id) {
  const pqxx::result rows = transaction.exec_params(kLockDesk, desk_id);
  return !rows.empty() && rows[0][0].as<std::string>() == "active";
}

int CountOf(const pqxx::result& rows) {
  return rows[0][0].as<int>();
}

void Enter(pqxx::work& transaction, const BookEntry& entry, const char* issued_for, const std::string& replaces_hex) {
  transaction.exec_params(kEnter, ToHex(entry.certificate_sha256), entry.desk_id, entry.serial,
                          Seconds(entry.not_after), issued_for, replaces_hex);
}

audit::Event EventOf(const char* action, const std::string& desk_id, const std::string& detail, const char* actor,
                     int code = 0) {
  return {.action = action, .desk_id = desk_id, .press_id = {}, .code = code, .detail = detail, .actor = actor};
}

Error Refused(const char* why) {
  return {ErrorCode::kRenewalRefused, why, {}};
}

}  // namespace

Result<void> PgCertificates::RecordRefusal(const std::string& desk_id, const Error& error, Deadline deadline) {
  const Result<void> recorded = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    WriteEvent(
        transaction,
        EventOf(audit::action::kIdentityRenewalRefused, desk_id, error.detail, "desk", static_cast<int>(error.code)),
        owner_);
    return {};
  });
  return recorded ? Result<void>(error) : recorded;
}

Result<void> PgCertificates::AddRenewed(const BookEntry& entry, ByteView replaces, Deadline deadline) {
  const std::string old_hex = ToHex(replaces);
  const Result<void> added = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (!DeskIsActive(transaction, entry.desk_id)) return Error{ErrorCode::kDeskNotActive, "renewal", {}};
    if (CountOf(transaction.exec_params(kOldAccepted, entry.desk_id, old_hex)) == 0) {
      return Error{ErrorCode::kCertificateNotAccepted, "renewal with a certificate that does not count", {}};
    }
    if (CountOf(transaction.exec_params(kLive, entry.desk_id)) >=
        static_cast<int>(identity::kLiveCertificatesPerDesk)) {
      return Refused("too many certificates were asked for and not used");
    }
    Enter(transaction, entry, "renewal", old_hex);
    WriteEvent(transaction,
               EventOf(audit::action::kIdentityCertificateRenewed, entry.desk_id, "serial=" + entry.serial, "desk"),
               owner_);
    return {};
  });
  if (added || Describe(added.error().code).kind != ErrorKind::kRefused) return added;
  return RecordRefusal(entry.desk_id, added.error(), deadline);
}

Result<LateState> PgCertificates::AskLate(const identity::LateRequest& request, Deadline deadline) {
  const std::string old_hex = ToHex(request.old_certificate_sha256), request_hex = ToHex(request.request_sha256);
  Result<LateState> asked = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<LateState> {
    if (!DeskIsActive(transaction, request.desk_id)) return Refused("the desk is not active");
    if (CountOf(transaction.exec_params(kRenewableLate, request.desk_id, old_hex,
                                        static_cast<std::int64_t>(identity::kLateRenewalMax.count()))) == 0) {
      return Refused("the certificate is unknown, revoked, or ran out too long ago");
    }
    const pqxx::result found = transaction.exec_params(kFindLate, request_hex);
    if (!found.empty()) {
      const auto state = found[0]["state"].as<std::string>();
      if (state == "refused") return Refused("an administrator refused, or the desk asked anew");
      return LateState{found[0]["renewal_id"].as<std::string>(), state == "approved",
                       found[0]["certificate_pem"].as<std::string>()};
    }
    transaction.exec_params(kForgetOpen, request.desk_id);
    const pqxx::result opened =
        transaction.exec_params(kOpenLate, request.desk_id, old_hex, request_hex, ToHex(request.key_sha256));
    WriteEvent(transaction, EventOf(audit::action::kIdentityLateRenewalAsked, request.desk_id, "", "desk"), owner_);
    return LateState{opened[0][0].as<std::string>(), false, {}};
  });
  if (asked || Describe(asked.error().code).kind != ErrorKind::kRefused) return asked;
  TRY_VOID(RecordRefusal(request.desk_id, asked.error(), deadline));
  return asked;
}

Result<std::string> PgCertificates::FinishLate(const std::string& renewal_id, const BookEntry& entry,
                                               const std::string& certificate_pem, Deadline deadline) {
  Result<std::string> finished = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::string> {
    if (!DeskIsActive(transaction, entry.desk_id)) return Refused("the desk is not active");
    const pqxx::result rows = transaction.exec_params(
        "SELECT state, coalesce(certificate_pem, '') AS pem, encode(old_certificate_sha256, 'hex') AS old FROM "
        "late_renewal "
        "WHERE renewal_id = $1::uuid AND desk_id = $2::uuid FOR UPDATE",
        renewal_id, entry.desk_id);
    if (rows.empty()) return Refused("unknown");
    const auto state = rows[0]["state"].as<std::string>();
    if (state == "done") return rows[0]["pem"].as<std::string>();
    if (state != "approved") return Refused("not approved");
    Enter(transaction, entry, "late_renewal", rows[0]["old"].as<std::string>());
    transaction.exec_params("UPDATE late_renewal SET state = 'done', certificate_pem = $2 WHERE renewal_id = $1::uuid",
                            renewal_id, certificate_pem);
    WriteEvent(transaction,
               EventOf(audit::action::kIdentityLateRenewalIssued, entry.desk_id, "serial=" + entry.serial, "desk"),
               owner_);
    return certificate_pem;
  });
  if (finished || Describe(finished.error().code).kind != ErrorKind::kRefused) return finished;
  TRY_VOID(RecordRefusal(entry.desk_id, finished.error(), deadline));
  return finished;
}

Result<std::vector<identity::OpenRenewal>> PgCertificates::ListLate(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<identity::OpenRenewal>> {
    std::vector<identity::OpenRenewal> open;
    for (const pqxx::row& row :
         transaction.exec_params(kListLate, static_cast<std::int64_t>(identity::kOpenRenewalsMax))) {
      open.push_back({row["renewal_id"].as<std::string>(), row["desk_id"].as<std::string>(),
                      row["name"].as<std::string>(), row["requested_at"].as<std::string>(),
                      row["expired_at"].as<std::string>(), row["key_sha256"].as<std::string>()});
    }
    return open;
  });
}

Result<void> PgCertificates::DecideLate(const std::string& renewal_id, bool refuse, const std::string& by,
                                        Deadline deadline) {
  if (!UuidFromText(renewal_id)) return Error{ErrorCode::kChangedMeanwhile, "not a renewal id", {}};
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result rows = transaction.exec_params(kDecideLate, renewal_id, refuse ? "refused" : "approved", by);
    if (rows.empty()) return Error{ErrorCode::kChangedMeanwhile, "not open any more", {}};
    WriteEvent(transaction,
               EventOf(audit::action::kIdentityLateRenewalDecided, rows[0][0].as<std::string>(),
                       refuse ? "refused" : "approved", by.c_str()),
               owner_);
    return {};
  });
}

Result<void> PgCertificates::RaiseNotice(const std::string& kind, const std::string& about, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params("INSERT INTO notice (kind, about) VALUES ($1, $2) ON CONFLICT DO NOTHING", kind, about);
    return {};
  });
}

}  // namespace madoguchi::store
