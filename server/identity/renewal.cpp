// SPDX-License-Identifier: Apache-2.0
#include "server/identity/renewal.h"

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/desk_uri.h"
#include "contract/log.h"
#include "server/identity/certificate_request.h"
#include "server/identity/x509.h"

namespace madoguchi::identity {
namespace {

constexpr const char* kComponent = "identity";

Error Refused(const char* reason) {
  return {ErrorCode::kRenewalRefused, reason, {}};
}

// What the old key has to have signed.
Bytes LateMessage(ByteView request_der) {
  const std::string_view context(kLateRenewalContext, sizeof kLateRenewalContext);  // with its final 0
  Bytes message(context.begin(), context.end());
  const crypto::Sha256Digest digest = crypto::Sha256(request_der);
  message.insert(message.end(), digest.begin(), digest.end());
  return message;
}

// The desk a certificate of ours names; nothing for any other certificate.
Result<std::string> DeskOf(X509* certificate) {
  const std::vector<std::string> uris = OnlyUris(certificate);
  if (uris.size() != 1 || !uris.front().starts_with(kDeskUriPrefix)) return Refused("no certificate of a desk");
  const auto uuid = UuidFromText(std::string_view(uris.front()).substr(kDeskUriPrefix.size()));
  if (!uuid) return Refused("no certificate of a desk");
  return UuidText(*uuid);
}

}  // namespace

Result<std::string> Renewal::Renew(const std::string& desk_id, ByteView certificate_sha256, ByteView request_der,
                                   Deadline deadline) const {
  TRY_ASSIGN(FacilityCa::Issued issued, ca_.IssueDesk(request_der, desk_id));
  TRY_VOID(book_.AddRenewed({desk_id, issued.certificate_sha256, issued.serial, issued.not_after}, certificate_sha256,
                            deadline));
  log::Info(kComponent, "renewed", {{"desk", desk_id}, {"serial", issued.serial}});
  return std::move(issued.certificate_pem);
}

Result<std::string> Renewal::RenewLate(const std::string& certificate_pem, ByteView request_der, ByteView signature,
                                       bool& proved, Deadline deadline) const {
  proved = false;
  TRY_ASSIGN(const KeyHandle key, ReadRequestKey(request_der));
  if (certificate_pem.size() > kCertificatePemBytesMax || signature.size() > kSignatureBytesMax) return Refused("size");
  const CertificateHandle old = CertificateFromPem(certificate_pem);
  if (!old || !ca_.Signed(old.get())) return Refused("not a certificate of this facility");
  TRY_ASSIGN(const std::string desk_id, DeskOf(old.get()));
  if (!VerifiesEcdsa(X509_get0_pubkey(old.get()), LateMessage(request_der), signature))
    return Refused("proof by the old key");
  proved = true;
  TRY_ASSIGN(const Bytes old_der, crypto::DerFromPem(certificate_pem));
  const crypto::Sha256Digest old_sha256 = crypto::Sha256(old_der);
  const crypto::Sha256Digest request_sha256 = crypto::Sha256(request_der);
  TRY_ASSIGN(LateState state, book_.AskLate({desk_id, Bytes(old_sha256.begin(), old_sha256.end()),
                                             Bytes(request_sha256.begin(), request_sha256.end()), KeySha256(key.get())},
                                            deadline));
  if (!state.certificate_pem.empty()) return std::move(state.certificate_pem);
  if (!state.approved) return Error{ErrorCode::kRenewalNotApproved, "desk " + desk_id, {}};
  TRY_ASSIGN(const FacilityCa::Issued issued, ca_.IssueDesk(request_der, desk_id));
  TRY_ASSIGN(std::string pem,
             book_.FinishLate(state.renewal_id, {desk_id, issued.certificate_sha256, issued.serial, issued.not_after},
                              issued.certificate_pem, deadline));
  log::Info(kComponent, "renewed_late", {{"desk", desk_id}, {"serial", issued.serial}});
  return pem;
}

bool IsRenewalDue(const std::string& pem, std::chrono::system_clock::time_point now) {
  const Result<Bytes> der = crypto::DerFromPem(pem);
  if (!der) return true;
  const Result<crypto::CertificateFacts> facts = crypto::ReadCertificate(*der);
  return !facts || now < facts->not_before || now >= facts->not_before + (facts->not_after - facts->not_before) / 3 * 2;
}

}  // namespace madoguchi::identity
