// SPDX-License-Identifier: Apache-2.0
#include "server/identity/expiry_watch.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "tests/proto/contract/crypto/test_certificates.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/few_certificates.h"

namespace madoguchi::identity {
namespace {

TEST(NationalCertificate, RaisesANoticeThirtyDaysBeforeItsEndAndAfter) {
  const TestFolder folder;
  const auto key = crypto::MakeEcKey();
  const std::time_t end = 1900000000;  // 2030-03-17
  ASSERT_TRUE(WriteFileWhole(folder.File("national.pem"),
                             crypto::PemOf(crypto::MakeCertificate({.not_after = end}, key, key)), false)
                  .ok());
  FewCertificates book;
  const auto watch = [&](std::chrono::hours before) {
    const auto found =
        WatchNationalCertificate(folder.File("national.pem"), book, Deadline::In(std::chrono::seconds(5)),
                                 std::chrono::system_clock::from_time_t(end) - before);
    return found && *found == std::chrono::system_clock::from_time_t(end);
  };
  EXPECT_TRUE(watch(std::chrono::hours(24 * 31)));
  EXPECT_TRUE(book.notices.empty());
  EXPECT_TRUE(watch(std::chrono::hours(24 * 30)));
  EXPECT_TRUE(watch(std::chrono::hours(-24)));
  const std::pair<std::string, std::string> notice{"national_certificate.ends", "2030-03-17"};
  EXPECT_EQ(book.notices, (std::vector<std::pair<std::string, std::string>>{notice, notice}));
}

TEST(NationalCertificate, ThatCannotBeReadIsAnError) {
  FewCertificates book;
  EXPECT_FALSE(WatchNationalCertificate("/nowhere", book, Deadline::In(std::chrono::seconds(5))).ok());
}

}  // namespace
}  // namespace madoguchi::identity
