// SPDX-License-Identifier: Apache-2.0
// The other side of a witness: what it takes, what it refuses, what it remembers.
#include "server/audit/cosigner.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "contract/crypto/digest.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::audit {
namespace {

constexpr char kOrigin[] = "clinic.example/trail";
constexpr int kLeaves = 200;  // in one tile

class CosignerTest : public testing::Test {
 protected:
  CosignerTest() {
    std::filesystem::remove(File());
    std::vector<trail::Tile> full;
    for (int i = 0; i < kLeaves; ++i) {
      const trail::Hash leaf = trail::LeafHash(AsBytes("row " + std::to_string(i)));
      leaves_.insert(leaves_.end(), leaf.begin(), leaf.end());
      edge_.Append(leaf, full);
      roots_.push_back(edge_.Root());
    }
  }
  std::string File() const { return folder_.File("checkpoint"); }
  Cosigner Open() {
    return *Cosigner::Open(File(), log_.verifier(), own_, [] { return std::chrono::seconds(1'800'000'000); });
  }
  std::string Note(std::uint64_t size, const trail::Signer* signer = nullptr) {
    return trail::SignedCheckpoint({kOrigin, size, roots_[size - 1]}, signer ? *signer : log_);
  }
  std::string Ask(std::uint64_t old_size, std::uint64_t size) {
    std::string text = "old " + std::to_string(old_size) + "\n";
    if (old_size > 0) {
      const auto proof = trail::ConsistencyProof(old_size, size, [this](int, std::uint64_t, std::uint64_t width) {
        return Result<Bytes>(
            Bytes(leaves_.begin(), leaves_.begin() + static_cast<std::ptrdiff_t>(width * trail::kHashBytes)));
      });
      for (const trail::Hash& hash : *proof) text += crypto::ToBase64(hash) + "\n";
    }
    return text + "\n" + Note(size);
  }

  const TestFolder folder_;
  Bytes leaves_;
  trail::Edge edge_;
  std::vector<trail::Hash> roots_;
  trail::Signer log_{kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519};
  trail::Signer own_{"witness.example/one", *crypto::Ed25519Key::Make(), trail::SignatureType::kCosignature};
};

TEST_F(CosignerTest, CosignsTheFirstCheckpointAndEveryOneThatGoesOn) {
  Cosigner cosigner = Open();
  for (const auto& [from, to] : {std::pair<int, int>{0, 5}, {5, 5}, {5, 64}, {64, 199}}) {
    const Cosigner::Answer answer = cosigner.Add(Ask(static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(to)));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto opened = trail::OpenNote(Note(static_cast<std::uint64_t>(to)) + answer.body, own_.verifier());
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->time.count(), 1'800'000'000);
  }
  EXPECT_TRUE(trail::OpenNote(cosigner.note(), own_.verifier()).ok());
}

TEST_F(CosignerTest, RemembersItsCheckpointOverARestartAndTellsItsSize) {
  ASSERT_EQ(Open().Add(Ask(0, 64)).status, 200);
  Cosigner restarted = Open();
  const Cosigner::Answer answer = restarted.Add(Ask(5, 100));
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, "64\n");
  EXPECT_STREQ(answer.content_type, "text/x.tlog.size");
  EXPECT_EQ(restarted.Add(Ask(64, 100)).status, 200);
}

TEST_F(CosignerTest, RefusesAnotherHistory) {
  Cosigner cosigner = Open();
  ASSERT_EQ(cosigner.Add(Ask(0, 64)).status, 200);
  roots_[99][3] ^= 1;
  EXPECT_EQ(cosigner.Add(Ask(64, 100)).status, 422);
  roots_[63][3] ^= 1;
  EXPECT_EQ(cosigner.Add(Ask(64, 64)).status, 409);
  EXPECT_EQ(cosigner.Add(Ask(0, 30)).status, 409);
}

TEST_F(CosignerTest, RefusesWhatIsNotOfItsLog) {
  Cosigner cosigner = Open();
  const trail::Signer stranger(kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519);
  EXPECT_EQ(cosigner.Add("old 0\n\n" + Note(5, &stranger)).status, 403);
  EXPECT_EQ(cosigner.Add("old 0\n\nelsewhere\n5\nAAAA\n").status, 404);
  EXPECT_EQ(cosigner.Add("new 0\n\n" + Note(5)).status, 400);
  EXPECT_EQ(cosigner.Add("old 9\n\n" + Note(5)).status, 400);
  EXPECT_EQ(cosigner.Add("old 0\n" + std::string(9000, 'A')).status, 400);
  EXPECT_EQ(cosigner.Add("").status, 400);
  EXPECT_TRUE(cosigner.note().empty());
}

}  // namespace
}  // namespace madoguchi::audit
