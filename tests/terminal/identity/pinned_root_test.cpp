// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/pinned_root.h"

#include <gtest/gtest.h>

#include <csignal>

#include "contract/enrolment_link.h"
#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/test_facility.h"

namespace madoguchi::identity {
namespace {

class PinnedRootTest : public testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
  IsPinned Exactly(const Bytes& digest) const {
    return [digest](ByteView other) { return std::equal(digest.begin(), digest.end(), other.begin(), other.end()); };
  }
  Result<PinnedRoot> Fetch(const RecordingServer& server) const {
    return PinnedRoot::Fetch(server.address(), Exactly(facility_.root_sha256()), Deadline::In(kRootFetchedWithin));
  }
  // Refused, and the server never got beyond the handshake.
  void ExpectNotTrusted(RecordingServer& server) const {
    EXPECT_EQ(Fetch(server).error().code, ErrorCode::kServerNotTrusted);
    server.AwaitEnded(1);
    EXPECT_EQ(server.application_bytes(), 0U);
  }
  const TestFacility facility_, other_;
};

TEST_F(PinnedRootTest, IsFetchedFromTheServerThatHoldsWhatTheLinkNames) {
  RecordingServer server(facility_.Server(), {facility_.root()});
  const Result<PinnedRoot> root = Fetch(server);
  ASSERT_TRUE(root.ok()) << root.error().detail;
  EXPECT_EQ(root->pem(), facility_.root_pem());
  EXPECT_EQ(root->server(), server.address());
  server.AwaitEnded(1);
  EXPECT_EQ(server.handshakes(), 1);
  EXPECT_EQ(server.application_bytes(), 0U);
}

TEST_F(PinnedRootTest, IsFetchedByTheFingerprintOfAConnectionCode) {
  const RecordingServer server(facility_.Server(), {facility_.root()});
  const ConnectionCode code =
      ParseConnectionCode(FormatConnectionCode(server.address(), facility_.root_sha256()).value()).value();
  const IsPinned is_pinned = [&code](ByteView digest) { return code.Names(digest); };
  EXPECT_TRUE(PinnedRoot::Fetch(code.server, is_pinned, Deadline::In(kRootFetchedWithin)).ok());
  const RecordingServer impostor(other_.Server(), {other_.root()});
  EXPECT_EQ(PinnedRoot::Fetch(impostor.address(), is_pinned, Deadline::In(kRootFetchedWithin)).error().code,
            ErrorCode::kServerNotTrusted);
}

TEST_F(PinnedRootTest, IsNotAnotherRootAndNothingIsSentToItsServer) {
  RecordingServer server(other_.Server(), {other_.root()});
  ExpectNotTrusted(server);
}

TEST_F(PinnedRootTest, IsNotFetchedFromAServerThatOnlyShowsItBesideAStrangersCertificate) {
  RecordingServer server(other_.Server(), {other_.root(), facility_.root()});
  ExpectNotTrusted(server);
}

TEST_F(PinnedRootTest, IsNotFetchedFromAServerOfAnotherName) {
  RecordingServer server(facility_.Server("DNS:elsewhere.example"), {facility_.root()});
  ExpectNotTrusted(server);
}

TEST_F(PinnedRootTest, IsNotFetchedThroughACertificateInBetween) {
  const CertificateAndKey between = facility_.Intermediate();
  RecordingServer server(TestFacility::IssuedBy(between, ServerWish("IP:127.0.0.1")),
                         {between.certificate.get(), facility_.root()});
  ExpectNotTrusted(server);
}

TEST_F(PinnedRootTest, IsNotFetchedFromADeskThatPlaysServer) {
  Wish wish = DeskWish();
  wish.extensions.back().second = "IP:127.0.0.1";
  RecordingServer server(facility_.Issue(wish), {facility_.root()});
  ExpectNotTrusted(server);
}

TEST_F(PinnedRootTest, IsNotFetchedFromAServerWhoseCertificateRanOut) {
  Wish wish = ServerWish("IP:127.0.0.1");
  wish.from_seconds = -7200;
  wish.to_seconds = -3600;
  RecordingServer server(facility_.Issue(wish), {facility_.root()});
  ExpectNotTrusted(server);
}

TEST_F(PinnedRootTest, IsNotFetchedOverTls12) {
  RecordingServer server(facility_.Server(), {facility_.root()}, TLS1_2_VERSION);
  ExpectNotTrusted(server);
}

TEST_F(PinnedRootTest, DoesNotMindACertificateThatHasNothingToDoWithIt) {
  const RecordingServer server(facility_.Server(), {other_.root(), facility_.root()});
  EXPECT_TRUE(Fetch(server).ok());
}

TEST_F(PinnedRootTest, IsNotThereWhenNobodyAnswersOrTheServerIsNoHostAndPort) {
  const auto code = [this](const std::string& server) {
    return PinnedRoot::Fetch(server, Exactly(facility_.root_sha256()), Deadline::In(kRootFetchedWithin)).error().code;
  };
  EXPECT_EQ(code("127.0.0.1:1"), ErrorCode::kServerUnreachable);
  EXPECT_EQ(code("no port"), ErrorCode::kEnrolmentLinkInvalid);
}

TEST_F(PinnedRootTest, ComesFromAFileOnlyWhenThatHoldsACertificate) {
  const TestFolder folder;
  ASSERT_TRUE(WriteFileWhole(folder.File("root.pem"), facility_.root_pem(), false).ok());
  ASSERT_TRUE(WriteFileWhole(folder.File("no.pem"), "nothing", false).ok());
  EXPECT_EQ(PinnedRoot::FromFile("localhost:1", folder.File("root.pem"))->pem(), facility_.root_pem());
  EXPECT_EQ(PinnedRoot::FromFile("localhost:1", folder.File("no.pem")).error().code, ErrorCode::kFacilityRootMissing);
  EXPECT_EQ(PinnedRoot::FromFile("localhost:1", folder.File("none")).error().code, ErrorCode::kFacilityRootMissing);
}

}  // namespace
}  // namespace madoguchi::identity
