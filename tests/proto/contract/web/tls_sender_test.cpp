// SPDX-License-Identifier: Apache-2.0
#include "contract/web/tls_sender.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/proto/contract/web/silent_peer.h"

namespace madoguchi::web {
namespace {

using test::SilentPeer;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using Does = test::SilentPeer::Does;
using std::chrono::milliseconds;

constexpr milliseconds kShort{3'000};  // of every step: the handshake has to end within it
constexpr milliseconds kLong{20'000};

std::string Why(const std::optional<std::string>& failed) {
  return failed.value_or("sent");
}

TEST(TlsSender, KnowsThatAPeerThatNeverAnswersHasReadEverything) {
  SilentPeer peer(Does::kRead);
  TlsSender sender(peer.address(), kLong);
  const std::string much(1'000'000, 'm');
  EXPECT_EQ(Why(sender.Send("first")), "sent");
  EXPECT_EQ(Why(sender.Send(much)), "sent");
  EXPECT_THAT(peer.received(), ElementsAre("first", much));
}

TEST(TlsSender, TakesAPeerThatEndsWithoutAWordOfItsOwnForOneThatHasRead) {
  SilentPeer peer(Does::kReadAndDie);
  TlsSender sender(peer.address(), kLong);
  EXPECT_EQ(Why(sender.Send("first")), "sent");
  EXPECT_THAT(peer.received(), ElementsAre("first"));
}

TEST(TlsSender, NeedsNoAnswerToItsOwnEndFromAPeerThatHasReadAndClosed) {
  SilentPeer peer(Does::kReadFarAway);
  TlsSender sender(peer.address(), kLong);
  EXPECT_EQ(Why(sender.Send("first")), "sent");
  EXPECT_THAT(peer.received(), ElementsAre("first"));
}

TEST(TlsSender, AsksForThePeersNameAndForNoneWhereItHasOnlyAnAddress) {
  SilentPeer peer(Does::kRead, TLS1_3_VERSION, false, "localhost,IP:127.0.0.1");
  web::TlsPeer address = peer.address();
  EXPECT_EQ(Why(TlsSender(address, kLong).Send("first")), "sent");
  EXPECT_EQ(peer.asked_for(), "localhost");
  address.host = "127.0.0.1";
  EXPECT_EQ(Why(TlsSender(address, kLong).Send("second")), "sent");
  EXPECT_EQ(peer.asked_for(), "(none)");
  EXPECT_THAT(peer.received(), ElementsAre("first", "second"));
}

TEST(TlsSender, NoticesAPeerThatAcceptsAndNeverShakesHands) {
  SilentPeer peer(Does::kNeverShake);
  TlsSender sender(peer.address(), kShort);
  EXPECT_THAT(Why(sender.Send("first")), StartsWith("TLS: "));
}

TEST(TlsSender, NoticesAPeerThatShakesHandsAndNeverReads) {
  SilentPeer peer(Does::kNeverRead);
  TlsSender sender(peer.address(), kShort);
  EXPECT_THAT(Why(sender.Send("few bytes, which fit into the kernel's memory at once")), StartsWith("closing: "));
  EXPECT_THAT(peer.received(), IsEmpty());
}

TEST(TlsSender, NoticesAPeerThatStopsReadingInTheMiddle) {
  SilentPeer peer(Does::kNeverRead);
  TlsSender sender(peer.address(), kShort);
  EXPECT_THAT(Why(sender.Send(std::string(64'000'000, 'm'))), StartsWith("writing: "));
}

TEST(TlsSender, NoticesAPeerThatLeavesBeforeItHasReadEverything) {
  SilentPeer peer(Does::kLeaveEarly);
  TlsSender sender(peer.address(), kLong);
  EXPECT_NE(Why(sender.Send(std::string(200'000, 'm'))), "sent");
  EXPECT_NE(Why(sender.Send(std::string(40'000, 'm'))), "sent");
}

TEST(TlsSender, SpeaksAgainWithAPeerThatWasInTrouble) {
  SilentPeer peer(Does::kLeaveEarly);
  TlsSender sender(peer.address(), kLong);
  EXPECT_NE(Why(sender.Send(std::string(200'000, 'm'))), "sent");
  peer.Becomes(Does::kRead);
  EXPECT_EQ(Why(sender.Send("again")), "sent");
  EXPECT_THAT(peer.received(), ElementsAre("again"));
}

TEST(TlsSender, SaysThatNobodyListens) {
  const SilentPeer other(Does::kRead);  // before: it must not be given the port of the one that ends
  web::TlsPeer nobody;
  {
    const SilentPeer peer(Does::kRead);
    nobody = peer.address();
    EXPECT_EQ(Why(TlsSender(nobody, kLong).Send("first")), "sent");
  }
  EXPECT_THAT(Why(TlsSender(nobody, kLong).Send("first")), StartsWith("files: ")) << "the folder is gone, too";
  nobody.root_file = other.address().root_file;
  EXPECT_THAT(Why(TlsSender(nobody, kLong).Send("first")), StartsWith("connection: "));
}

TEST(TlsSender, SaysNothingToAPeerOfAnotherRootOrName) {
  SilentPeer peer(Does::kRead);
  const SilentPeer other(Does::kRead);
  web::TlsPeer wrong = peer.address();
  wrong.root_file = other.address().root_file;
  EXPECT_THAT(Why(TlsSender(wrong, kLong).Send("first")), StartsWith("TLS: "));
  wrong = peer.address();
  wrong.host = "127.0.0.1";
  EXPECT_THAT(Why(TlsSender(wrong, kLong).Send("first")), StartsWith("TLS: "));
  EXPECT_THAT(peer.received(), IsEmpty());
}

TEST(TlsSender, SpeaksNothingOlderThanTls13) {
  SilentPeer peer(Does::kRead, TLS1_2_VERSION);
  EXPECT_THAT(Why(TlsSender(peer.address(), kLong).Send("first")), StartsWith("TLS: "));
}

TEST(TlsSender, ShowsACertificateToAPeerThatWantsOne) {
  SilentPeer peer(Does::kRead, TLS1_3_VERSION, true);
  EXPECT_NE(Why(TlsSender(peer.address(), kLong).Send("first")), "sent");
  web::TlsPeer address = peer.address();
  address.certificate_file = peer.File("client.pem");
  address.key_file = peer.File("client.key");
  EXPECT_EQ(Why(TlsSender(address, kLong).Send("first")), "sent");
  EXPECT_THAT(peer.received(), ElementsAre("first"));
}

TEST(TlsSender, GivesUpAtOnceWhenItIsInterruptedAndSendsNothingLater) {
  SilentPeer peer(Does::kNeverRead);
  TlsSender sender(peer.address(), kLong);
  std::string why;
  std::thread sending([&] { why = Why(sender.Send("first")); });
  peer.WaitForHandshake();
  const auto before = std::chrono::steady_clock::now();
  sender.Interrupt();
  sending.join();
  EXPECT_NE(why, "sent");
  EXPECT_LT(std::chrono::steady_clock::now() - before, kLong / 2);
  peer.Becomes(Does::kRead);
  EXPECT_NE(Why(sender.Send("second")), "sent");
  EXPECT_THAT(peer.received(), IsEmpty());
}

}  // namespace
}  // namespace madoguchi::web
