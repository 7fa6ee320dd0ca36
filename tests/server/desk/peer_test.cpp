// SPDX-License-Identifier: Apache-2.0
#include "server/desk/peer.h"

#include <grpc/grpc_security_constants.h>
#include <gtest/gtest.h>

#include <vector>

namespace madoguchi::desk {
namespace {

// An iterator over nothing: its default constructor is for heirs only.
struct Nothing : grpc::AuthPropertyIterator {};

// What gRPC hands over after a handshake.
class HandshakeResult final : public grpc::AuthContext {
 public:
  HandshakeResult(bool authenticated, std::vector<std::string> uris)
      : authenticated_(authenticated), uris_(std::move(uris)) {}
  bool IsPeerAuthenticated() const override { return authenticated_; }
  std::vector<grpc::string_ref> GetPeerIdentity() const override { return {}; }
  std::string GetPeerIdentityPropertyName() const override { return {}; }
  std::vector<grpc::string_ref> FindPropertyValues(const std::string& name) const override {
    if (name != GRPC_PEER_URI_PROPERTY_NAME) return {};
    return {uris_.begin(), uris_.end()};
  }
  grpc::AuthPropertyIterator begin() const override { return Nothing(); }
  grpc::AuthPropertyIterator end() const override { return Nothing(); }
  void AddProperty(const std::string&, const grpc::string_ref&) override {}
  bool SetPeerIdentityPropertyName(const std::string&) override { return false; }

 private:
  bool authenticated_;
  std::vector<std::string> uris_;
};

constexpr const char* kId = "11111111-2222-4333-8444-55555555aaaa";
const std::string kUri = std::string("urn:madoguchi:desk:") + kId;

TEST(Peer, IsTheDeskOfItsCertificate) {
  EXPECT_EQ(PeerDeskId(HandshakeResult(true, {kUri})), kId);
}

TEST(Peer, IsNamedInLowerCase) {
  EXPECT_EQ(PeerDeskId(HandshakeResult(true, {"urn:madoguchi:desk:11111111-2222-4333-8444-55555555AAAA"})), kId);
}

TEST(Peer, IsNobodyWithoutAVerifiedCertificate) {
  EXPECT_FALSE(PeerDeskId(HandshakeResult(false, {kUri})));
}

TEST(Peer, IsNobodyWithNoneOrTwoNames) {
  EXPECT_FALSE(PeerDeskId(HandshakeResult(true, {})));
  EXPECT_FALSE(PeerDeskId(HandshakeResult(true, {kUri, kUri})));
}

TEST(Peer, IsNobodyWithANameOfAnotherKind) {
  for (const std::string& uri :
       {std::string("https://example.test/") + kId, kUri + "0", std::string("urn:madoguchi:desk:"), "x" + kUri}) {
    EXPECT_FALSE(PeerDeskId(HandshakeResult(true, {uri}))) << uri;
  }
}

TEST(Peer, HasNoCertificateUnlessItWasVerified) {
  EXPECT_TRUE(PeerCertificateSha256(HandshakeResult(false, {kUri})).empty());
  EXPECT_TRUE(PeerCertificateSha256(HandshakeResult(true, {kUri})).empty());
}

}  // namespace
}  // namespace madoguchi::desk
