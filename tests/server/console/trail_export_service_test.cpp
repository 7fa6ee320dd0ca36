// SPDX-License-Identifier: Apache-2.0
// The trail as an auditor takes it away, over a real listener from a real database.
#include "server/console/trail_export_service.h"

#include <gmock/gmock.h>

#include "contract/trail/export_layout.h"
#include "contract/trail/verify.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::CodeOf;
using store::Number;
using store::Soon;
using testing::HasSubstr;

constexpr char kLocal[] = "local@clinic.example";  // auditor of kOtherInstitution alone
constexpr char kOrigin[] = "clinic.example/trail";
constexpr int kManyRows = 3000;                // of 4 KB: more than the buffers between a server and its reader hold
constexpr std::chrono::seconds kImpatient{3};  // longer than a page takes on a busy machine

class TrailExportServiceTest : public ConsoleTest {
 protected:
  TrailExportServiceTest() {
    AddUser(kLocal, "auditor", {kOtherInstitution});
    Serve({&service_});
    stub_ = v1::TrailExportService::NewStub(Channel());
  }
  ~TrailExportServiceTest() override { StopServing(); }

  void Write(int rows, int detail_bytes = 4) const {
    Sql("INSERT INTO audit_event (record_id, owner, action, detail) SELECT gen_random_uuid(), 'test', 'test.row', "
        "repeat('x', " +
        std::to_string(detail_bytes) + ") FROM generate_series(1, " + std::to_string(rows) + ")");
  }
  // Every row that is there gets its place and is signed.
  void Sign() { audit::Sequencer({store_->tree(), store_->trail(), signer_, "test", {}}).Finish(); }

  struct Exported {
    std::vector<v1::ExportTrailResponse> parts;
    int code = 0;
  };
  // between: what happens when the first part is there.
  Exported Export(const std::string& user, std::uint64_t since = 0, const std::function<void()>& between = {}) {
    v1::ExportTrailRequest request;
    request.set_since(since);
    const auto context = As(Session(user));
    const auto reader = stub_->Export(context.get(), request);
    Exported exported;
    v1::ExportTrailResponse part;
    while (reader->Read(&part)) {
      exported.parts.push_back(part);
      if (between && exported.parts.size() == 1) between();
    }
    exported.code = CodeOfCall(reader->Finish());
    return exported;
  }
  // As the command line lays it out.
  trail::VerifyReport Verified(const Exported& exported, const char* name) {
    const std::string folder = folder_.File(name);
    trail::ExportWriter writer = *trail::ExportWriter::Open(folder);
    std::string bundle;
    for (const v1::ExportTrailResponse& part : exported.parts) {
      if (part.has_checkpoint()) {
        EXPECT_TRUE(
            writer.Write(trail::CheckpointPath(part.checkpoint().size()), AsBytes(part.checkpoint().note())).ok());
      }
      if (part.has_tile()) {
        const std::uint64_t width = part.tile().hashes().size() / trail::kHashBytes;
        const auto path = trail::TilePath(static_cast<int>(part.tile().level()), part.tile().index(), width);
        EXPECT_TRUE(writer.Write(path, AsBytes(part.tile().hashes())).ok());
      }
      if (part.has_bundle()) {
        bundle += part.bundle().content();
        if (part.bundle().more()) continue;
        const auto path = trail::EntriesPath(part.bundle().index(), part.bundle().rows());
        EXPECT_TRUE(writer.Write(path, AsBytes(bundle)).ok());
        bundle.clear();
      }
      if (part.has_newest()) {
        EXPECT_TRUE(writer.Finish(part.newest().note()).ok());
      }
    }
    const auto report = trail::Verify({.folder = folder, .keys = {signer_.verifier()}});
    EXPECT_EQ(CodeOf(report), 0);
    return report.ok() ? *report : trail::VerifyReport{};
  }
  static int Bundles(const Exported& exported) {
    int bundles = 0;
    for (const v1::ExportTrailResponse& part : exported.parts) bundles += part.has_bundle() && !part.bundle().more();
    return bundles;
  }

  const trail::Signer signer_{kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519};
  TrailExportService service_{{*guard_, store_->tree(), store_->trail(), signer_.verifier(),
                               [] { return audit::SequencerState{}; }, kImpatient}};
  std::unique_ptr<v1::TrailExportService::Stub> stub_;
};

TEST_F(TrailExportServiceTest, AnExportIsWholeVerifiesAndIsARowOfTheTrailItself) {
  Write(700);
  Sign();
  const Exported exported = Export(kAud);
  ASSERT_EQ(exported.code, 0);
  EXPECT_EQ(exported.parts.front().verifier_key(), signer_.verifier().Written());
  EXPECT_EQ(exported.parts.front().size(), exported.parts.back().newest().size());
  const trail::VerifyReport report = Verified(exported, "whole");
  EXPECT_TRUE(report.findings.empty());
  EXPECT_GE(report.size, 700u);
  EXPECT_EQ(report.present, report.size);
  EXPECT_EQ(Events("audit.exported"), 1);
  EXPECT_THAT(Sql("SELECT detail FROM audit_event WHERE action = 'audit.exported'"),
              HasSubstr("size=" + std::to_string(report.size)));
}

TEST_F(TrailExportServiceTest, WhatArrivesWhileItRunsStaysOutAndWhatThereWasVerifies) {
  Write(kManyRows, 4000);
  Sign();
  const Exported exported = Export(kAud, 0, [this] {
    Write(600);
    Sign();
  });
  ASSERT_EQ(exported.code, 0);
  const trail::VerifyReport report = Verified(exported, "meanwhile");
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.size, exported.parts.front().size());
  EXPECT_EQ(std::to_string(report.size + 600 + 1), Sql("SELECT size FROM trail_head"));  // and the export's own row
}

TEST_F(TrailExportServiceTest, TombstonesComeBehindTheRowsSoThatAMonthRetiredMeanwhileHasOne) {
  Write(300);
  Sign();
  Sql("INSERT INTO trail_tombstone (partition, until_at, rows, leaves, note, retired_by, reason) VALUES "
      "('audit_event_2020_01', now(), 0, '{}', 'a note', 'ada', 'test') RETURNING 1");
  const Exported exported = Export(kAud);
  ASSERT_EQ(exported.code, 0);
  const std::size_t parts = exported.parts.size();
  ASSERT_GT(parts, 3u);
  EXPECT_TRUE(exported.parts[parts - 3].has_bundle());
  EXPECT_EQ(exported.parts[parts - 2].tombstone().partition(), "audit_event_2020_01");
  EXPECT_TRUE(exported.parts[parts - 1].has_newest());
}

TEST_F(TrailExportServiceTest, WholeBundlesThatAreThereAlreadyAreLeftOut) {
  Write(1000);
  Sign();
  EXPECT_EQ(Bundles(Export(kAud)), 4);
  const Exported rest = Export(kAud, 600);
  EXPECT_EQ(Bundles(rest), 2);
  for (const v1::ExportTrailResponse& part : rest.parts) {
    if (part.has_bundle()) {
      EXPECT_GE(part.bundle().index(), 2u);
    }
    if (part.has_tile() && part.tile().level() == 0) {
      EXPECT_GE(part.tile().index(), 2u);
    }
  }
  // More than there are: nothing but the head, and its size, from which the reader sees it.
  EXPECT_EQ(Export(kAud, 1'000'000).parts.front().size(), 1000u);
}

TEST_F(TrailExportServiceTest, ReadersThatStopReadingAreLetGoAndMakeRoomForOthers) {
  Write(kManyRows, 4000);
  Sign();
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::ExportTrailResponse>>> readers;
  for (int i = 0; i < kExportsMax; ++i) {
    contexts.push_back(As(Session(kAud)));
    readers.push_back(stub_->Export(contexts.back().get(), {}));
    v1::ExportTrailResponse first;
    ASSERT_TRUE(readers.back()->Read(&first));
  }
  EXPECT_EQ(Export(kAda).code, Number(ErrorCode::kServerBusy));
  const Deadline deadline = Deadline::In(store::kTestWaitMax);
  int code = Number(ErrorCode::kServerBusy);
  while (code == Number(ErrorCode::kServerBusy) && !deadline.passed()) code = Export(kAda).code;
  EXPECT_EQ(code, 0);
  for (const auto& reader : readers) {
    v1::ExportTrailResponse part;
    while (reader->Read(&part)) {
    }
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

TEST_F(TrailExportServiceTest, WhoSeesOneInstitutionOnlyOrNoTrailAtAllTakesNothingAway) {
  Write(1);
  Sign();
  EXPECT_EQ(Export(kLocal).code, Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(Export(kViv).code, Number(ErrorCode::kRoleNotAllowed));
  v1::ProveTrailRowResponse proof;
  EXPECT_EQ(CodeOfCall(stub_->Prove(As(Session(kLocal)).get(), {}, &proof)), Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(Events("audit.exported"), 0);
}

TEST_F(TrailExportServiceTest, BeforeTheFirstSignatureThereIsNothingToTakeAway) {
  Write(3);
  EXPECT_EQ(Export(kAud).code, Number(ErrorCode::kNotFoundHere));
  v1::GetTrailCheckpointResponse checkpoint;
  ASSERT_TRUE(stub_->GetCheckpoint(As(Session(kAud)).get(), {}, &checkpoint).ok());
  EXPECT_EQ(checkpoint.checkpoint().size(), 0u);
  EXPECT_EQ(checkpoint.verifier_key(), signer_.verifier().Written());
  v1::GetTrailStatusResponse status;
  ASSERT_TRUE(stub_->GetStatus(As(Session(kAud)).get(), {}, &status).ok());
  EXPECT_EQ(status.size(), 0u);
  EXPECT_EQ(std::to_string(status.waiting()), Sql("SELECT count(*) FROM audit_event"));
  EXPECT_EQ(status.origin(), kOrigin);
}

TEST_F(TrailExportServiceTest, TheProofOfARowHoldsUnderTheCheckpointThatComesWithIt) {
  Write(300);
  Sign();
  v1::ProveTrailRowRequest request;
  request.set_sequence(std::stoll(Sql("SELECT sequence FROM trail_leaf WHERE leaf_index = 271")));
  v1::ProveTrailRowResponse proof;
  ASSERT_TRUE(stub_->Prove(As(Session(kAud)).get(), request, &proof).ok());
  EXPECT_EQ(proof.leaf(), 271u);
  const auto checkpoint = trail::OpenCheckpoint(proof.checkpoint().note(), signer_.verifier());
  ASSERT_TRUE(checkpoint.ok());
  std::vector<trail::Hash> path;
  for (const std::string& hash : proof.path()) {
    ASSERT_EQ(hash.size(), trail::kHashBytes);
    std::copy(hash.begin(), hash.end(), path.emplace_back().begin());
  }
  const trail::Hash leaf = trail::LeafHash(AsBytes(proof.line()));
  EXPECT_EQ(CodeOf(trail::CheckInclusion(proof.leaf(), checkpoint->size, leaf, path, checkpoint->root)), 0);
  EXPECT_EQ(Events("audit.exported"), 1);
  request.set_sequence(1'000'000);
  EXPECT_EQ(CodeOfCall(stub_->Prove(As(Session(kAud)).get(), request, &proof)), Number(ErrorCode::kNotFoundHere));
}

}  // namespace
}  // namespace madoguchi::console
