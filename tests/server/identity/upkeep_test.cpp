// SPDX-License-Identifier: Apache-2.0
#include "server/identity/upkeep.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "contract/files.h"
#include "server/audit/event.h"
#include "server/identity/x509.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/few_certificates.h"

namespace madoguchi::identity {
namespace {

constexpr const char* kPassphrase = "correct horse battery";

class LastEvent final : public audit::Trail {
 public:
  Result<audit::IntentReceipt> RecordIntent(const audit::CheckIntent&, Deadline) override {
    return audit::IntentReceipt{};
  }
  Result<void> RecordOutcome(const audit::CheckOutcome&, Deadline) override { return {}; }
  Result<void> RecordEvent(const audit::Event& event, Deadline) override {
    action = event.action;
    return {};
  }
  std::string action;
};

class UpkeepTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(FacilityCa::Create(directory_, kPassphrase, {{"localhost"}, {}}).ok());
    ca_ = FacilityCa::Load(directory_, kPassphrase).value();
  }
  void Look(const std::string& national) {
    LookAfterCertificates(
        {*ca_, directory_, national, book_, trail_,
         [this](const std::string& which, std::chrono::system_clock::time_point end) { ends_[which] = end; }});
  }
  TestFolder folder_;
  const std::string directory_ = folder_.File("identity");
  std::unique_ptr<FacilityCa> ca_;
  FewCertificates book_;
  LastEvent trail_;
  std::map<std::string, std::chrono::system_clock::time_point> ends_;
};

TEST_F(UpkeepTest, TellsTheEndsAndLeavesAFreshCertificateAlone) {
  Look(IdentityFiles(directory_).server);  // 90 days: no notice yet
  EXPECT_EQ(ends_.size(), 3U);
  EXPECT_EQ(trail_.action, "");
  EXPECT_TRUE(book_.notices.empty());
}

TEST_F(UpkeepTest, RenewsWhatIsDueAndRecordsIt) {
  // One whose life is over.
  const IdentityFiles files(directory_);
  const KeyHandle root_key = KeyFromPem(*ReadSmallFile(files.root_key), kPassphrase);
  const CertificateHandle root = CertificateFromPem(*ReadSmallFile(files.root));
  const KeyHandle key = KeyFromPem(*ReadSmallFile(files.server_key), "");
  const CertificateHandle short_lived =
      MakeCertificate({"localhost", std::chrono::hours(0), {{NID_subject_alt_name, "DNS:localhost"}}}, key.get(),
                      root.get(), root_key.get());
  ASSERT_TRUE(WriteFileWhole(files.server, CertificatePem(short_lived.get()), false).ok());
  Look("");
  EXPECT_EQ(trail_.action, audit::action::kIdentityServerRenewed);
  EXPECT_GT(ends_["server"], std::chrono::system_clock::now() + std::chrono::hours(24 * 89));
}

TEST_F(UpkeepTest, GoesOnWhenOneFileCannotBeRead) {
  std::filesystem::remove(IdentityFiles(directory_).server);
  Look("/nowhere");
  EXPECT_EQ(ends_.size(), 1U);
  EXPECT_EQ(ends_.count("facility_ca"), 1U);
}

}  // namespace
}  // namespace madoguchi::identity
