// SPDX-License-Identifier: Apache-2.0
#include "server/console/desk_admin_service.h"

#include <gmock/gmock.h>

#include "contract/crypto/random.h"
#include "contract/crypto/seal.h"
#include "contract/files.h"
#include "server/account/manual_national_accounts.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

crypto::Seal MakeSeal(const std::string& file) {
  EXPECT_TRUE(WriteFileWhole(file, std::string(64, 'b'), true).ok());
  return crypto::Seal::FromKeyFile(file).value();
}

class DeskAdminServiceTest : public ConsoleTest {
 protected:
  DeskAdminServiceTest() {
    for (int i = 11; i <= 13; ++i) {
      const std::string id = "W00000" + std::to_string(i);
      Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('" + id + "', '1311234567')");
      Sql("INSERT INTO activation_code (code_hash, account_id) VALUES ('hash of " + id + "', '" + id + "')");
    }
    Serve({&service_});
    stub_ = v1::DeskAdminService::NewStub(Channel());
    session_ = Session(kAda);
  }
  // All that the stream brought.
  std::vector<v1::PrepareDesksResponse> Prepare(const v1::PrepareDesksRequest& request, grpc::Status& status) {
    const auto context = As(session_);
    const auto reader = stub_->Prepare(context.get(), request);
    return Read(*reader, status);
  }
  static std::vector<v1::PrepareDesksResponse> Read(grpc::ClientReader<v1::PrepareDesksResponse>& reader,
                                                    grpc::Status& status) {
    std::vector<v1::PrepareDesksResponse> all;
    v1::PrepareDesksResponse one;
    while (reader.Read(&one)) all.push_back(one);
    status = reader.Finish();
    return all;
  }

  const crypto::Seal seal_ = MakeSeal(folder_.File("seal.key"));
  account::ManualNationalAccounts national_;
  account::Releases releases_{{store_->releases(), national_, seal_, keyed_hash_}};
  account::DeskAdmin desks_{{store_->desks(), releases_, national_, "clinic.example:8444", Bytes(32, 0x77)}};
  DeskAdminService service_{{*guard_, desks_, store_->certificates(), [](const std::string&) { return false; }}};
  std::unique_ptr<v1::DeskAdminService::Stub> stub_;
  std::string session_;
};

TEST_F(DeskAdminServiceTest, PrepareStreamsALinkAndASheetForEachDesk) {
  v1::PrepareDesksRequest request;
  request.set_institution_code(kInstitution);
  request.add_names("窓口 1");
  request.add_names("窓口 2");
  grpc::Status status;
  const auto all = Prepare(request, status);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::map<std::string, std::string> sheets;
  int links = 0;
  for (const v1::PrepareDesksResponse& part : all) {
    if (!part.link().empty()) {
      ++links;
      EXPECT_TRUE(ParseEnrolmentLink(part.link()).ok());
      EXPECT_EQ(part.desk().activation(), "prepared");
    }
    EXPECT_LE(part.sheet().size(), kSheetChunkBytes);
    sheets[part.file_name()] += part.sheet();
  }
  EXPECT_EQ(links, 2);
  ASSERT_THAT(sheets, SizeIs(2));
  for (const auto& [name, pdf] : sheets) {
    EXPECT_THAT(pdf, StartsWith("%PDF-"));
    EXPECT_THAT(pdf, HasSubstr("%%EOF"));
  }
}

TEST_F(DeskAdminServiceTest, ARefusedPrepareNamesTheFieldAndLeavesNothing) {
  v1::PrepareDesksRequest request;
  request.set_institution_code(kInstitution);
  for (int i = 0; i < 4; ++i) request.add_names("desk " + std::to_string(i));
  request.set_links_only(true);
  grpc::Status status;
  EXPECT_THAT(Prepare(request, status), SizeIs(0));
  EXPECT_EQ(CodeOfCall(status), Number(ErrorCode::kNoFreeAccount));
  ASSERT_EQ(RefusalOf(status).problems_size(), 1);
  EXPECT_EQ(RefusalOf(status).problems(0).field(), "names");
  EXPECT_EQ(Count("desk WHERE name LIKE 'desk _'"), 0);
}

TEST_F(DeskAdminServiceTest, ADeskIsReplacedAndRevokedAndTheListShowsIt) {
  v1::ReplaceDeskRequest replace;
  replace.set_desk_id(desk_one_);
  replace.set_links_only(true);
  const auto context = As(session_);
  const auto reader = stub_->Replace(context.get(), replace);
  grpc::Status status;
  const auto all = Read(*reader, status);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].desk().replaces(), desk_one_);
  v1::RevokeDeskRequest revoke;
  revoke.set_desk_id(desk_two_);
  v1::RevokeDeskResponse revoked;
  EXPECT_TRUE(stub_->Revoke(As(session_).get(), revoke, &revoked).ok());
  EXPECT_EQ(revoked.desk().status(), "revoked");
  v1::ListDesksResponse list;
  ASSERT_TRUE(stub_->List(As(Session(kViv)).get(), {}, &list).ok());
  std::map<std::string, std::string> states;
  for (const v1::Desk& desk : list.desks()) states[desk.desk_id()] = desk.status() + " " + desk.activation();
  EXPECT_EQ(states[desk_one_], "revoked active");
  EXPECT_EQ(states[desk_two_], "revoked active");
  EXPECT_EQ(states[all[0].desk().desk_id()], "active prepared");
}

TEST_F(DeskAdminServiceTest, ALateRenewalIsListedAndDecidedOnce) {
  const std::string key(64, '1');
  Sql("INSERT INTO late_renewal (desk_id, old_certificate_sha256, request_sha256, key_sha256) SELECT desk_id, "
      "certificate_sha256, "
      "decode(repeat('22', 32), 'hex'), decode('" +
      key + "', 'hex') FROM desk_certificate WHERE desk_id = '" + desk_one_ + "'");
  v1::ListRenewalsResponse list;
  ASSERT_TRUE(stub_->ListRenewals(As(session_).get(), {}, &list).ok());
  ASSERT_EQ(list.renewals_size(), 1);
  EXPECT_EQ(list.renewals(0).fingerprint(), GroupedHex(Bytes(32, 0x11)));
  EXPECT_EQ(list.renewals(0).desk_id(), desk_one_);
  v1::ApproveRenewalRequest approve;
  approve.set_renewal_id(list.renewals(0).renewal_id());
  v1::ApproveRenewalResponse approved;
  EXPECT_TRUE(stub_->ApproveRenewal(As(session_).get(), approve, &approved).ok());
  EXPECT_EQ(Sql("SELECT state FROM late_renewal"), "approved");
  EXPECT_EQ(CodeOfCall(stub_->ApproveRenewal(As(session_).get(), approve, &approved)),
            Number(ErrorCode::kChangedMeanwhile));
}

TEST_F(DeskAdminServiceTest, OnlyOneInstitutionsAdministratorSeesItsDesks) {
  Sql("INSERT INTO institution (code) VALUES ('1331234560') ON CONFLICT DO NOTHING");
  constexpr char kOtto[] = "otto@clinic.example";
  AddUser(kOtto, "administrator", {kOtherInstitution});
  v1::ListDesksResponse list;
  ASSERT_TRUE(stub_->List(As(Session(kOtto)).get(), {}, &list).ok());
  EXPECT_EQ(list.desks_size(), 0);
  v1::RevokeDeskRequest revoke;
  revoke.set_desk_id(desk_two_);
  v1::RevokeDeskResponse revoked;
  EXPECT_EQ(CodeOfCall(stub_->Revoke(As(Session(kOtto)).get(), revoke, &revoked)),
            Number(ErrorCode::kInstitutionNotAllowed));
}

}  // namespace
}  // namespace madoguchi::console
