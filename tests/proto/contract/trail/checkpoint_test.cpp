// SPDX-License-Identifier: Apache-2.0
// Vectors: made by another program (python3-cryptography) from the seeds 00…1f of the log and 20…3f of the witness.
#include "contract/trail/checkpoint.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::trail {
namespace {

constexpr char kName[] = "madoguchi.clinic.example/trail";
constexpr char kLogKey[] =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kWitnessKey[] =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEICAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kLogVerifier[] = "madoguchi.clinic.example/trail+d3697b24+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
constexpr char kWitnessVerifier[] = "witness.example+790a8a0d+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
const std::string kText = std::string(kName) + "\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n";
const std::string kLogLine =
    "— madoguchi.clinic.example/trail "
    "02l7JAQ9L3wa0I8NcpeE9kI4ghZMxB4X0XzTdBdcmxUDiNSxBtbGP0wi7U67kTBA3U8P0q3XzTDZtcfr90HkGfEK3wY=\n";
const std::string kWitnessLine =
    "— witness.example "
    "eQqKDQAAAABpI6AA6W75ZNbLgT08/behyvtHIOVwzy9CVpPr4cYYBwo+SPqXZj0JIyUfdp3/675lPjZ1D5pcBNJhMl5RVsQf7m0tBQ==\n";
constexpr std::chrono::seconds kThen{1763942400};

class CheckpointTest : public testing::Test {
 protected:
  Signer SignerOf(const char* pem, const char* name, SignatureType type) const {
    const std::string file = folder_.File(name == kName ? "log" : "witness");
    EXPECT_TRUE(WriteFileWhole(file, pem, true).ok());
    return {name, *crypto::Ed25519Key::Read(file), type};
  }
  const TestFolder folder_;
  const Signer log_ = SignerOf(kLogKey, kName, SignatureType::kEd25519);
  const Signer witness_ = SignerOf(kWitnessKey, "witness.example", SignatureType::kCosignature);
  const VerifierKey key_ = *VerifierKey::Read(kLogVerifier);
  const VerifierKey witness_key_ = *VerifierKey::Read(kWitnessVerifier);
};

TEST_F(CheckpointTest, NotesAreThoseOfAnotherProgram) {
  EXPECT_EQ(log_.verifier().Written(), kLogVerifier);
  EXPECT_EQ(witness_.verifier().Written(), kWitnessVerifier);
  const Checkpoint checkpoint = *OpenCheckpoint(kText + "\n" + kLogLine, key_);
  EXPECT_EQ(checkpoint.origin, kName);
  EXPECT_EQ(checkpoint.size, 1u);
  EXPECT_EQ(TextOf(checkpoint), kText);
  EXPECT_EQ(SignedCheckpoint(checkpoint, log_), kText + "\n" + kLogLine);
  EXPECT_EQ(witness_.Line(kText, kThen), kWitnessLine);
}

// Of golang.org/x/mod/sumdb/note, whose notes C2SP signed-note are.
TEST(SignedNoteVector, TheKnownNoteIsOpenedAndNoOther) {
  const VerifierKey key = *VerifierKey::Read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  const std::string text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const std::string line =
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const Result<OpenedNote> opened = OpenNote(text + "\n" + line, key);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->text, text);
  EXPECT_FALSE(OpenNote("I" + text + "\n" + line, key).ok());
  EXPECT_FALSE(OpenNote(text + "\n" + line.substr(0, line.size() - 1), key).ok());
  EXPECT_FALSE(OpenNote(text + line, key).ok());
}

TEST_F(CheckpointTest, ACosignatureOfATimeThatNoClockHasIsRefused) {
  EXPECT_FALSE(OpenNote(kText + "\n" + witness_.Line(kText, std::chrono::seconds{-1}), witness_key_).ok());
}

TEST_F(CheckpointTest, ANoteSpeaksToEachOfItsKeys) {
  const std::string note = kText + "\n" + kLogLine + kWitnessLine;
  const Result<OpenedNote> of_log = OpenNote(note, key_), of_witness = OpenNote(note, witness_key_);
  ASSERT_TRUE(of_log.ok() && of_witness.ok());
  EXPECT_EQ(of_log->text, kText);
  EXPECT_EQ(of_log->signature_lines, (std::vector<std::string>{kLogLine, kWitnessLine}));
  EXPECT_EQ(of_witness->time, kThen);
}

TEST_F(CheckpointTest, EveryChangedByteOfASignedCheckpointIsSeen) {
  const std::string note = kText + "\n" + kLogLine;
  for (std::size_t at = 0; at < note.size(); ++at) {
    for (int flip = 1; flip < 256; flip *= 2) {
      std::string changed = note;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const Result<Checkpoint> opened = OpenCheckpoint(changed, key_);
      ASSERT_FALSE(opened.ok()) << at << " " << flip;
      ASSERT_EQ(opened.error().code, ErrorCode::kTrailCheckpointInvalid);
    }
  }
  for (std::size_t length = 0; length < note.size(); ++length)
    ASSERT_FALSE(OpenCheckpoint(note.substr(0, length), key_).ok()) << length;
}

TEST_F(CheckpointTest, EveryChangedByteOfACosignatureIsSeen) {
  const std::string note = kText + "\n" + kWitnessLine;
  for (std::size_t at = 0; at < note.size(); ++at) {
    std::string changed = note;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    ASSERT_FALSE(OpenNote(changed, witness_key_).ok()) << at;
  }
}

TEST_F(CheckpointTest, ACheckpointOfAnotherLogIsRefusedThoughItIsSignedByTheKey) {
  EXPECT_FALSE(OpenCheckpoint(SignedCheckpoint({"another.example", 1, EmptyRoot()}, log_), key_).ok());
}

TEST_F(CheckpointTest, WhatIsNotWellFormedIsRefused) {
  const auto signed_of = [this](const std::string& text) { return SignedNote(text, log_); };
  const std::string name = kName, root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
  for (const std::string& text :
       {name + "\n01\n" + root + "\n", name + "\n-1\n" + root + "\n", name + "\n1 \n" + root + "\n",
        name + "\n281474976710657\n" + root + "\n", name + "\n99999999999999999999\n" + root + "\n",
        name + "\n1\n" + root.substr(4) + "\n", name + "\n1\n", name + "\n", std::string("\n"), "\n1\n" + root + "\n",
        name + "\n1\n" + root + "\n\x01\n"}) {
    EXPECT_FALSE(OpenCheckpoint(signed_of(text), key_).ok()) << text;
  }
  EXPECT_TRUE(OpenCheckpoint(signed_of(kText + "of a later version\n"), key_).ok());
  std::string many = kText + "\n";
  for (std::size_t i = 0; i <= kSignaturesMax; ++i) many += kLogLine;
  EXPECT_FALSE(OpenNote(many, key_).ok());
  EXPECT_FALSE(OpenNote(kText + "\n" + kLogLine + std::string(kNoteBytesMax, 'x'), key_).ok());
}

TEST_F(CheckpointTest, VerifierKeysThatDoNotFitAreRefused) {
  const std::string good = kLogVerifier;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const Result<VerifierKey> key = VerifierKey::Read(changed);
    ASSERT_FALSE(key.ok()) << at;
    ASSERT_EQ(key.error().code, ErrorCode::kTrailKeyInvalid);
    ASSERT_FALSE(VerifierKey::Read(good.substr(0, at)).ok());
  }
  EXPECT_FALSE(VerifierKey::Read("two words" + good).ok());
}

}  // namespace
}  // namespace madoguchi::trail
