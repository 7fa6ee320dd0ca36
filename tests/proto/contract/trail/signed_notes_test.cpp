// SPDX-License-Identifier: Apache-2.0
// Tombstones and witnesses of an export, good and tampered with.
#include "contract/trail/signed_notes.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/proto/contract/trail/sample_export.h"

namespace madoguchi::trail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

class Retired : public testing::Test {
 protected:
  Retired() {
    log_.Append(1'000);
    log_.Sign();
    log_.Retire("audit_event_2026_11", {{0, 299}, {310, 311}});
    log_.Export(export_);
  }
  const TestFolder folder_;
  const std::string export_ = folder_.File("export");
  const std::string stone_ = export_ + "/tombstones/audit_event_2026_11";
  SampleLog log_;
};

TEST_F(Retired, RowsUnderATombstoneAreAcceptedAndSaid) {
  const Result<VerifyReport> report = Verify({export_, {log_.key()}});
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(Told(report->findings), IsEmpty());
  EXPECT_EQ(report->retired, 302u);
  EXPECT_EQ(report->present, 698u);
  ASSERT_EQ(report->notes.tombstones.size(), 1u);
  EXPECT_EQ(report->notes.tombstones[0].retired_by, "root");
  // A bundle of which everything is retired need not be there.
  fs::remove(export_ + "/" + EntriesPath(0, 256));
  EXPECT_THAT(Verified(export_, log_), IsEmpty());
}

TEST_F(Retired, OtherRowsAreNotCoveredByIt) {
  Lines lines = Bundle(export_, 1, 1'000);
  lines[60].clear();
  PutBundle(export_, 1, 1'000, lines);
  EXPECT_THAT(Verified(export_, log_), ElementsAre("rows_removed 316"));
}

TEST_F(Retired, HashesOfRetiredRowsAreStillGuarded) {
  const std::string path = TilePath(0, 0, 256);
  Put(export_ + "/" + path, Flipped(Content(export_ + "/" + path), 100, 1));
  EXPECT_THAT(Verified(export_, log_), ElementsAre("rows_unproven 0-255"));
}

TEST_F(Retired, EveryByteOfATombstoneIsGuardedAndWithoutItTheRowsAreMissing) {
  const std::string good = Content(stone_);
  for (std::size_t at = 0; at < good.size(); ++at) {
    Put(stone_, Flipped(good, at, 1));
    ASSERT_THAT(Verified(export_, log_), ElementsAre("tombstone_invalid tombstones/audit_event_2026_11",
                                                     "rows_removed 0-299", "rows_removed 310-311"))
        << at;
  }
  fs::remove(stone_);
  EXPECT_THAT(Verified(export_, log_), ElementsAre("rows_removed 0-299", "rows_removed 310-311"));
  // Under another name it would speak of another partition.
  Put(export_ + "/tombstones/audit_event_2026_12", good);
  EXPECT_THAT(Verified(export_, log_), Contains("tombstone_invalid tombstones/audit_event_2026_12"));
}

class KeyChanged : public testing::Test {
 protected:
  KeyChanged() {
    log_.Append(300);
    log_.Sign();
    former_ = log_.key();
    stolen_ = log_;
    log_.ChangeKey();
    log_.Append(300);
    log_.Sign();
    log_.Export(export_);
  }
  std::vector<std::string> Told(const std::vector<KeptNote>& elsewhere = {}) const {
    const Result<VerifyReport> report = Verify({export_, {log_.key(), {former_}}, {}, elsewhere});
    EXPECT_TRUE(report.ok());
    return report ? trail::Told(report->findings) : std::vector<std::string>{};
  }
  const TestFolder folder_;
  const std::string export_ = folder_.File("export");
  SampleLog log_, stolen_;
  VerifierKey former_;
};

TEST_F(KeyChanged, ATrailIsVerifiedWithTheKeysOfAllItsYears) {
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_THAT(Told({{"kept", stolen_.note(300)}}), IsEmpty());
  EXPECT_THAT(Verified(export_, log_), ElementsAre("checkpoint_invalid checkpoints/300")) << "with the new key alone";
  log_.Retire("audit_event_first", {{0, 9}});
  stolen_.Retire("audit_event_first", {{0, 9}});
  log_.Export(export_);
  Put(export_ + "/tombstones/audit_event_first", stolen_.tombstone("audit_event_first"));
  EXPECT_THAT(Told(), IsEmpty()) << "a tombstone of the former key";
}

TEST_F(KeyChanged, AFormerKeySignsNothingMore) {
  stolen_.Append(900, 2);
  stolen_.Sign();
  EXPECT_THAT(Told({{"kept", stolen_.note(1'200)}}), ElementsAre("checkpoint_invalid kept"));
  // In the export as well, and as the newest.
  Put(export_ + "/checkpoint", stolen_.note(1'200));
  Put(export_ + "/checkpoints/1200", stolen_.note(1'200));
  EXPECT_THAT(Told(), ElementsAre("checkpoint_invalid checkpoint", "checkpoint_invalid checkpoints/1200"));
  // Everything put back to the former key.
  fs::remove_all(export_);
  stolen_.Export(export_);
  EXPECT_THAT(Told(), ElementsAre("checkpoint_invalid checkpoint"));
}

TEST_F(KeyChanged, KeysOfDifferentTrailsAreNone) {
  former_ = *VerifierKey::Read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  EXPECT_EQ(Verify({export_, {log_.key(), {former_}}}).error().code, ErrorCode::kTrailKeyInvalid);
}

TEST(NotesIn, AFileOfNotesIsTakenApartAndWhatWasBrokenOffLeftOut) {
  SampleLog log;
  log.Append(10);
  log.Sign();
  log.Append(10);
  log.Sign();
  const std::string one = log.note(10), two = log.note(20);
  EXPECT_THAT(NotesIn(one, kSampleOrigin), ElementsAre(one));
  EXPECT_THAT(NotesIn(one + two + one, kSampleOrigin), ElementsAre(one, two, one));
  for (std::size_t length = 0; length < one.size(); ++length) {
    const std::string torn = one.substr(0, length);
    EXPECT_THAT(NotesIn(two + torn + "\n" + two, kSampleOrigin), Contains(two)) << length;
    EXPECT_EQ(NotesIn(two + torn + "\n" + two, kSampleOrigin).back(), two) << length;
    EXPECT_THAT(NotesIn(two + torn, kSampleOrigin), ElementsAre(two)) << length;
    EXPECT_THAT(NotesIn(torn, kSampleOrigin), ElementsAre(torn)) << length;
  }
  EXPECT_THAT(NotesIn("\n\n\xE2\x80\x94 ", kSampleOrigin), ElementsAre("\n\n\xE2\x80\x94 "));
}

TEST(SignedNotes, WitnessesAreToldAndTheirDamageIsSeen) {
  const TestFolder folder;
  SampleLog log;
  log.Append(10);
  log.Sign();
  log.Export(folder.File("export"));
  const Signer witness("witness.example", *crypto::Ed25519Key::Make(), SignatureType::kCosignature);
  const std::string text = log.note(10).substr(0, log.note(10).find("\n\n") + 1);
  const std::string note = log.note(10) + witness.Line(text, std::chrono::seconds{1'800'000'000});
  Put(folder.File("export/checkpoint"), note);
  VerifyWish wish{folder.File("export"), {log.key()}, {witness.verifier()}};
  Result<VerifyReport> report = Verify(wish);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(Told(report->findings), IsEmpty());
  ASSERT_EQ(report->notes.witnessed.size(), 1u);
  EXPECT_EQ(report->notes.witnessed[0].size, 10u);
  EXPECT_EQ(report->notes.witnessed[0].time.count(), 1'800'000'000);
  // One who signed nothing is told as well; one whose key was changed is known by both.
  const Signer silent("silent.example", *crypto::Ed25519Key::Make(), SignatureType::kCosignature),
      changed("witness.example", *crypto::Ed25519Key::Make(), SignatureType::kCosignature);
  wish.witnesses = {silent.verifier(), changed.verifier(), witness.verifier()};
  report = Verify(wish);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(Told(report->findings), IsEmpty());
  EXPECT_EQ(report->notes.witnessed[0].size, 0u);
  EXPECT_EQ(report->notes.witnessed[2].size, 10u);
  wish.witnesses = {witness.verifier()};
  // Another letter of the signature that is Base64 still: its line can be read, its signature is wrong.
  const std::size_t at = note.size() - 20;
  std::string damaged = note;
  damaged[at] = note[at] == 'A' ? 'B' : 'A';
  Put(folder.File("export/checkpoint"), damaged);
  report = Verify(wish);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(Told(report->findings), ElementsAre("witness_invalid checkpoint"));
  // One that is none: a note with a line that cannot be read is no checkpoint (C2SP signed-note).
  damaged[at] = '*';
  Put(folder.File("export/checkpoint"), damaged);
  report = Verify(wish);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(Told(report->findings), ElementsAre("checkpoint_invalid checkpoint"));
}

}  // namespace
}  // namespace madoguchi::trail
