// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_certificates.h"

#include "contract/crypto/digest.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using identity::BookEntry;

Bytes Digest(const std::string& text) {
  const auto digest = crypto::Sha256(AsBytes(text));
  return {digest.begin(), digest.end()};
}

class PgCertificatesTest : public StoreTest {
 protected:
  BookEntry Entry(const std::string& name) const {
    return {desk_one_, Digest(name), "0a", std::chrono::system_clock::now() + std::chrono::hours(24 * 90)};
  }
  Bytes Old() const { return CertificateOf(desk_one_); }
  identity::LateRequest Late(const std::string& name = "request") const {
    return {desk_one_, Old(), Digest(name), Digest(name + " key")};
  }
  void Expire(const std::string& ago) {
    Sql("UPDATE desk_certificate SET not_after = now() - interval '" + ago + "' WHERE desk_id = '" + desk_one_ + "'");
  }
  std::string Actions() const { return Sql("SELECT string_agg(action, ',' ORDER BY sequence) FROM audit_event"); }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgCertificates book_{pool_, "server-one"};
};

TEST_F(PgCertificatesTest, EntersARenewedCertificateBesideTheOldOne) {
  ASSERT_EQ(CodeOf(book_.AddRenewed(Entry("new"), Old(), Soon())), 0);
  EXPECT_EQ(Count("desk_certificate WHERE desk_id = '" + desk_one_ + "' AND revoked_at IS NULL"), 2);
  EXPECT_EQ(Sql("SELECT issued_for || '|' || (replaces = '\\x" + ToHex(Old()) +
                "')::text FROM desk_certificate WHERE serial = '0a'"),
            "renewal|true");
  EXPECT_EQ(Actions(), "identity.certificate_renewed");
}

TEST_F(PgCertificatesTest, RenewsOnlyWithACertificateThatCountsAndLeavesARow) {
  EXPECT_EQ(CodeOf(book_.AddRenewed(Entry("new"), CertificateOf(desk_two_), Soon())),
            Number(ErrorCode::kCertificateNotAccepted));
  Expire("1 second");
  EXPECT_EQ(CodeOf(book_.AddRenewed(Entry("new"), Old(), Soon())), Number(ErrorCode::kCertificateNotAccepted));
  Sql("UPDATE desk SET status = 'revoked'");
  EXPECT_EQ(CodeOf(book_.AddRenewed(Entry("new"), Old(), Soon())), Number(ErrorCode::kDeskNotActive));
  EXPECT_EQ(Actions(), "identity.renewal_refused,identity.renewal_refused,identity.renewal_refused");
  EXPECT_EQ(Count("desk_certificate WHERE serial = '0a'"), 0);
}

TEST_F(PgCertificatesTest, GivesADeskOnlySoManyThatItDoesNotUse) {
  for (std::size_t i = 1; i < identity::kLiveCertificatesPerDesk; ++i) {
    ASSERT_EQ(CodeOf(book_.AddRenewed(Entry(std::to_string(i)), Old(), Soon())), 0);
  }
  EXPECT_EQ(CodeOf(book_.AddRenewed(Entry("one more"), Old(), Soon())), Number(ErrorCode::kRenewalRefused));
}

TEST_F(PgCertificatesTest, TakesALateRenewalThroughItsApproval) {
  Expire("400 days");
  const auto asked = book_.AskLate(Late(), Soon());
  ASSERT_EQ(CodeOf(asked), 0);
  EXPECT_FALSE(asked->approved);
  EXPECT_EQ(book_.AskLate(Late(), Soon())->renewal_id, asked->renewal_id);  // found, not opened twice
  EXPECT_EQ(CodeOf(book_.FinishLate(asked->renewal_id, Entry("new"), "PEM", Soon())),
            Number(ErrorCode::kRenewalRefused));

  const auto open = book_.ListLate(Soon());
  ASSERT_EQ(open->size(), 1u);
  EXPECT_EQ(open->front().desk_name, "desk one");
  EXPECT_EQ(open->front().key_sha256, ToHex(Digest("request key")));
  ASSERT_EQ(CodeOf(book_.DecideLate(asked->renewal_id, false, "admin@example.test", Soon())), 0);
  EXPECT_EQ(CodeOf(book_.DecideLate(asked->renewal_id, true, "admin@example.test", Soon())),
            Number(ErrorCode::kChangedMeanwhile));
  EXPECT_TRUE(book_.ListLate(Soon())->empty());

  EXPECT_TRUE(book_.AskLate(Late(), Soon())->approved);
  EXPECT_EQ(*book_.FinishLate(asked->renewal_id, Entry("new"), "PEM", Soon()), "PEM");
  EXPECT_EQ(*book_.FinishLate(asked->renewal_id, Entry("newer"), "another PEM", Soon()), "PEM");
  EXPECT_EQ(book_.AskLate(Late(), Soon())->certificate_pem, "PEM");
  EXPECT_EQ(Count("desk_certificate WHERE issued_for = 'late_renewal'"), 1);
  EXPECT_EQ(Actions(),
            "identity.late_renewal_asked,identity.renewal_refused,identity.late_renewal_decided,"
            "identity.late_renewal_issued");
  EXPECT_EQ(Sql("SELECT actor FROM audit_event WHERE action = 'identity.late_renewal_decided'"), "admin@example.test");
}

TEST_F(PgCertificatesTest, RefusesALateRenewalAfterTwoYearsOfARevokedOneAndOfARevokedDesk) {
  Expire("731 days");
  EXPECT_EQ(CodeOf(book_.AskLate(Late(), Soon())), Number(ErrorCode::kRenewalRefused));
  Expire("10 days");
  Sql("UPDATE desk_certificate SET revoked_at = now()");
  EXPECT_EQ(CodeOf(book_.AskLate(Late(), Soon())), Number(ErrorCode::kRenewalRefused));
  Sql("UPDATE desk_certificate SET revoked_at = NULL");
  Sql("UPDATE desk SET status = 'revoked'");
  EXPECT_EQ(CodeOf(book_.AskLate(Late(), Soon())), Number(ErrorCode::kRenewalRefused));
  EXPECT_EQ(Count("late_renewal"), 0);
}

TEST_F(PgCertificatesTest, ADeskThatAsksAnewGivesUpWhatItAskedBefore) {
  Expire("10 days");
  const auto first = book_.AskLate(Late("one"), Soon());
  const auto second = book_.AskLate(Late("two"), Soon());
  ASSERT_EQ(book_.ListLate(Soon())->size(), 1u);
  EXPECT_EQ(book_.ListLate(Soon())->front().renewal_id, second->renewal_id);
  EXPECT_EQ(CodeOf(book_.DecideLate(first->renewal_id, false, "admin", Soon())), Number(ErrorCode::kChangedMeanwhile));
  EXPECT_EQ(CodeOf(book_.AskLate(Late("one"), Soon())), Number(ErrorCode::kRenewalRefused));
}

TEST_F(PgCertificatesTest, ARefusedLateRenewalStaysRefused) {
  Expire("10 days");
  const auto asked = book_.AskLate(Late(), Soon());
  ASSERT_EQ(CodeOf(book_.DecideLate(asked->renewal_id, true, "admin", Soon())), 0);
  EXPECT_EQ(CodeOf(book_.AskLate(Late(), Soon())), Number(ErrorCode::kRenewalRefused));
  EXPECT_EQ(CodeOf(book_.DecideLate("x", true, "admin", Soon())), Number(ErrorCode::kChangedMeanwhile));
}

TEST_F(PgCertificatesTest, RaisesANoticeOnce) {
  ASSERT_EQ(CodeOf(book_.RaiseNotice("national_certificate.ends", "2027-01-01", Soon())), 0);
  ASSERT_EQ(CodeOf(book_.RaiseNotice("national_certificate.ends", "2027-01-01", Soon())), 0);
  EXPECT_EQ(Count("notice"), 1);
}

}  // namespace
}  // namespace madoguchi::store
