// SPDX-License-Identifier: Apache-2.0
// Vectors: the eight leaves that Certificate Transparency's implementations share (RFC 6962, unchanged in RFC 9162).
#include "contract/trail/merkle.h"

#include <gmock/gmock.h>

#include <array>
#include <map>
#include <random>

namespace madoguchi::trail {
namespace {

constexpr std::array<std::string_view, 8> kLeaves = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
constexpr std::array<std::string_view, 9> kRoots = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                                    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                                    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                                    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                                    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                                    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                                    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

struct Tree {
  Edge edge;
  std::vector<Hash> leaves;
  std::map<std::pair<int, std::uint64_t>, Bytes> full;

  void Append(ByteView entry) {
    leaves.push_back(LeafHash(entry));
    std::vector<Tile> tiles;
    edge.Append(leaves.back(), tiles);
    for (Tile& tile : tiles) full[{tile.level, tile.index}] = std::move(tile.hashes);
  }
  void Grow(std::uint64_t size) {
    while (leaves.size() < size) Append(AsBytes(std::to_string(leaves.size())));
  }
  TileReader tiles() const {
    return [this](int level, std::uint64_t index, std::uint64_t width) -> Result<Bytes> {
      const auto found = full.find({level, index});
      Bytes hashes = found != full.end() ? found->second : edge.partial(level);
      EXPECT_GE(hashes.size(), width * kHashBytes);
      hashes.resize(width * kHashBytes);
      return hashes;
    };
  }
};

// RFC 9162 §2.1.1, as it is written there.
Hash Defined(const std::vector<Hash>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return EmptyRoot();
  if (end - begin == 1) return leaves[begin];
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return NodeHash(Defined(leaves, begin, begin + split), Defined(leaves, begin + split, end));
}

Hash FromText(std::string_view hex) {
  const Bytes bytes = *FromHex(hex);
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

TEST(Merkle, RootsOfTheSharedEightLeavesAreTheKnownOnes) {
  Tree tree;
  EXPECT_EQ(ToHex(tree.edge.Root()), kRoots[0]);
  for (std::size_t i = 0; i < kLeaves.size(); ++i) {
    tree.Append(*FromHex(kLeaves[i]));
    EXPECT_EQ(ToHex(tree.edge.Root()), kRoots[i + 1]);
    EXPECT_EQ(*RootOfTiles(i + 1, tree.tiles()), tree.edge.Root());
  }
}

TEST(Merkle, InclusionProofOfTheSharedLeavesIsTheKnownOne) {
  Tree tree;
  for (const std::string_view leaf : kLeaves) tree.Append(*FromHex(leaf));
  const std::vector<Hash> sixth = *InclusionProof(5, 8, tree.tiles());
  EXPECT_THAT(sixth,
              testing::ElementsAre(FromText("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
                                   FromText("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                                   FromText("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")));
}

TEST(Merkle, ConsistencyProofOfTheSharedLeavesIsTheKnownOne) {
  Tree tree;
  for (const std::string_view leaf : kLeaves) tree.Append(*FromHex(leaf));
  EXPECT_THAT(*ConsistencyProof(6, 8, tree.tiles()),
              testing::ElementsAre(FromText("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
                                   FromText("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                                   FromText("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")));
}

TEST(Merkle, EveryProofOfEverySizeUpTo130IsAcceptedAndNoOther) {
  Tree tree;
  std::vector<Hash> roots = {EmptyRoot()};
  for (std::uint64_t size = 1; size <= 130; ++size) {
    tree.Grow(size);
    roots.push_back(tree.edge.Root());
    ASSERT_EQ(roots[size], Defined(tree.leaves, 0, size));
    for (std::uint64_t leaf = 0; leaf < size; ++leaf) {
      const std::vector<Hash> proof = *InclusionProof(leaf, size, tree.tiles());
      ASSERT_TRUE(CheckInclusion(leaf, size, tree.leaves[leaf], proof, roots[size]).ok()) << leaf << " " << size;
      ASSERT_FALSE(CheckInclusion((leaf + 1) % size, size, tree.leaves[leaf], proof, roots[size]).ok() && size > 1);
    }
    for (std::uint64_t old = 0; old <= size; ++old) {
      const std::vector<Hash> proof = *ConsistencyProof(old, size, tree.tiles());
      ASSERT_TRUE(CheckConsistency(old, size, roots[old], roots[size], proof).ok()) << old << " " << size;
      if (old > 0 && old < size) {
        ASSERT_FALSE(CheckConsistency(old, size, roots[old - 1], roots[size], proof).ok());
        ASSERT_FALSE(CheckConsistency(old, size, roots[old], roots[size - 1], proof).ok());
      }
    }
  }
}

TEST(Merkle, ProofsOverManyTilesAreAcceptedAndTheirDamageIsNot) {
  Tree tree;
  std::mt19937_64 random(20261123);  // NOLINT(cert-msc51-cpp): the same every time
  std::map<std::uint64_t, Hash> roots;
  for (const std::uint64_t size : {255, 256, 257, 511, 65'535, 65'536, 65'537, 70'000}) {
    tree.Grow(size);
    roots[size] = tree.edge.Root();
    ASSERT_EQ(*RootOfTiles(size, tree.tiles()), roots[size]);
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t leaf = random() % size;
      std::vector<Hash> proof = *InclusionProof(leaf, size, tree.tiles());
      ASSERT_TRUE(CheckInclusion(leaf, size, tree.leaves[leaf], proof, roots[size]).ok());
      proof[random() % proof.size()][random() % kHashBytes] ^= 1;
      ASSERT_FALSE(CheckInclusion(leaf, size, tree.leaves[leaf], proof, roots[size]).ok());
      proof.pop_back();
      ASSERT_FALSE(CheckInclusion(leaf, size, tree.leaves[leaf], proof, roots[size]).ok());
    }
    for (const auto& [old, root] : roots) {
      std::vector<Hash> proof = *ConsistencyProof(old, size, tree.tiles());
      ASSERT_TRUE(CheckConsistency(old, size, root, roots[size], proof).ok()) << old << " " << size;
      proof.push_back(root);
      ASSERT_FALSE(CheckConsistency(old, size, root, roots[size], proof).ok());
    }
  }
}

TEST(Merkle, EdgeGoesOnWhereItWasWritten) {
  Tree tree;
  tree.Grow(66'000);
  const Result<Edge> read = Edge::Read(66'000, tree.edge.Written());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->Root(), tree.edge.Root());
  Bytes damaged = tree.edge.Written();
  damaged.pop_back();
  EXPECT_EQ(Edge::Read(66'000, damaged).error().code, ErrorCode::kTrailProofInvalid);
  EXPECT_EQ(Edge::Read(66'001, tree.edge.Written()).error().code, ErrorCode::kTrailProofInvalid);
}

TEST(Merkle, SizesThatDoNotFitAreRefused) {
  Tree tree;
  tree.Grow(3);
  EXPECT_FALSE(InclusionProof(3, 3, tree.tiles()).ok());
  EXPECT_FALSE(ConsistencyProof(4, 3, tree.tiles()).ok());
  EXPECT_FALSE(CheckInclusion(3, 3, tree.leaves[0], {}, tree.edge.Root()).ok());
  EXPECT_FALSE(CheckConsistency(0, 3, tree.edge.Root(), tree.edge.Root(), {}).ok());
  EXPECT_FALSE(CheckConsistency(3, 3, EmptyRoot(), tree.edge.Root(), {}).ok());
  EXPECT_FALSE(RootOfTiles(kTreeSizeMax + 1, tree.tiles()).ok());
}

}  // namespace
}  // namespace madoguchi::trail
