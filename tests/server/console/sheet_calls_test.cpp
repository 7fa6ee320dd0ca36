// SPDX-License-Identifier: Apache-2.0
// The two streams over mutual TLS with the real guard and store.
#include "server/console/sheet_calls.h"

#include "contract/sheet/sheet_reader.h"
#include "server/console/account_service.h"
#include "tests/server/account/sealed_test.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;

constexpr std::chrono::seconds kSilenceMax{3};  // a message comes much sooner, also on a busy machine

// AccountService with nothing but its streams.
class Streams final : public v1::AccountService::Service {
 public:
  explicit Streams(SheetCalls& calls) : calls_(calls) {}
  grpc::Status ImportSheets(grpc::ServerContext* context, grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                            v1::ImportSheetsResponse* response) override {
    return calls_.ImportSheets(context, reader, response);
  }
  grpc::Status PrintSheets(grpc::ServerContext* context, const v1::PrintSheetsRequest* request,
                           grpc::ServerWriter<v1::PrintSheetsResponse>* writer) override {
    return calls_.PrintSheets(context, request, writer);
  }

 private:
  SheetCalls& calls_;
};

class SheetCallsTest : public ConsoleTest {
 protected:
  SheetCallsTest() {
    Sql(std::string("UPDATE institution SET name = 'みほんクリニック' WHERE code = '") + kInstitution + "'");
    Serve({&streams_});
    stub_ = v1::AccountService::NewStub(Channel());
  }
  ~SheetCallsTest() override { StopServing(); }

  static std::string Csv(const std::string& account_id) {
    return std::string("機関コード,ID,パスワード,アクティベーションコード\n") + kInstitution + "," + account_id +
           ",aB3x7kMp,123456789012\n";
  }
  grpc::Status Import(const std::string& token, const std::vector<std::string>& files, bool commit,
                      v1::ImportSheetsResponse& response, const std::string& institution_code = kInstitution,
                      std::uint32_t announced = 0) {
    const auto context = As(token);
    const auto writer = stub_->ImportSheets(context.get(), &response);
    v1::ImportSheetsRequest message;
    message.mutable_header()->set_institution_code(institution_code);
    message.mutable_header()->set_files(announced > 0 ? announced : static_cast<std::uint32_t>(files.size()));
    message.mutable_header()->set_commit(commit);
    writer->Write(message);
    for (std::uint32_t i = 0; i < files.size(); ++i) {
      v1::ImportChunk& chunk = *message.mutable_chunk();
      chunk.set_file(i);
      chunk.set_file_name("file" + std::to_string(i));
      chunk.set_content(files[i].substr(0, files[i].size() / 2));
      chunk.set_last(false);
      writer->Write(message);
      chunk.clear_file_name();
      chunk.set_content(files[i].substr(files[i].size() / 2));
      chunk.set_last(true);
      writer->Write(message);
    }
    writer->WritesDone();
    return writer->Finish();
  }
  struct Printed {
    grpc::Status status;
    std::vector<std::pair<std::string, std::string>> files;
    std::size_t largest_chunk = 0;
  };
  Printed Print(const std::string& token, const std::vector<std::string>& account_ids, bool in_one_file) {
    v1::PrintSheetsRequest request;
    request.set_institution_code(kInstitution);
    for (const std::string& account_id : account_ids) request.add_account_ids(account_id);
    request.set_in_one_file(in_one_file);
    const auto context = As(token);
    const auto reader = stub_->PrintSheets(context.get(), request);
    Printed printed;
    for (v1::PrintSheetsResponse chunk; reader->Read(&chunk);) {
      if (!chunk.file_name().empty()) printed.files.emplace_back(chunk.file_name(), "");
      if (!printed.files.empty()) printed.files.back().second += chunk.content();
      printed.largest_chunk = std::max(printed.largest_chunk, chunk.content().size());
    }
    printed.status = reader->Finish();
    return printed;
  }

  const crypto::Seal seal_ = account::TestSeal();
  SheetCalls calls_{
      {*guard_, store_->sheets(), store_->trail(), seal_, keyed_hash_, std::chrono::milliseconds(kSilenceMax)}};
  Streams streams_{calls_};
  std::unique_ptr<v1::AccountService::Stub> stub_;
};

TEST_F(SheetCallsTest, PreviewThenImportThenPrint) {
  const std::string ada = Session(kAda);
  v1::ImportSheetsResponse response;
  ASSERT_EQ(CodeOfCall(Import(ada, {Csv("W0000010"), Csv("W0000011")}, false, response)), 0);
  EXPECT_FALSE(response.committed());
  EXPECT_EQ(response.accounts(), 2u);
  ASSERT_EQ(response.files_size(), 2);
  EXPECT_EQ(response.files(1).account_ids(0), "W0000011");
  EXPECT_EQ(response.files(1).code(), 0);
  ASSERT_EQ(CodeOfCall(Import(ada, {Csv("W0000010"), Csv("W0000011")}, true, response)), 0);
  EXPECT_TRUE(response.committed());

  const Printed each = Print(ada, {}, false);
  ASSERT_EQ(CodeOfCall(each.status), 0);
  ASSERT_EQ(each.files.size(), 2u);
  EXPECT_EQ(each.files[0].first, "W0000010_skg_account.pdf");
  EXPECT_LE(each.largest_chunk, kPrintChunkBytesMax);
  const Printed all = Print(ada, {"W0000011", "W0000010"}, true);
  ASSERT_EQ(all.files.size(), 1u);
  const auto sheets = sheet::ReadSheets(AsBytes(all.files[0].second), Deadline::In(std::chrono::seconds(60)));
  ASSERT_TRUE(sheets.ok()) << sheets.error().detail;
  ASSERT_EQ(sheets->size(), 2u);
  EXPECT_EQ(sheets->front().institution_name, "みほんクリニック");
  EXPECT_TRUE(sheets->front().password == "aB3x7kMp");
  EXPECT_TRUE(sheets->front().activation_code == "123456789012");
  EXPECT_EQ(Events("account.sheet_printed"), 4);
}

TEST_F(SheetCallsTest, TellWhatIsWrongWithEachFileInBothLanguages) {
  v1::ImportSheetsResponse response;
  ASSERT_EQ(CodeOfCall(Import(Session(kAda), {Csv("W0000010"), "hello"}, true, response)), 0);
  EXPECT_FALSE(response.committed());
  ASSERT_EQ(response.files_size(), 2);
  EXPECT_EQ(response.files(1).code(), Number(ErrorCode::kSheetUnreadable));
  EXPECT_EQ(response.files(1).where(), "line 1 holds none of the labels");
  EXPECT_FALSE(response.files(1).text_ja().empty());
  EXPECT_FALSE(response.files(1).text_en().empty());
  EXPECT_EQ(Count("sealed_sheet"), 0);
}

TEST_F(SheetCallsTest, EndACallThatNeverSaysAnything) {
  const TestIdentity desk =
      MakeIdentity("urn:madoguchi:desk:" + desk_one_);  // every certificate of the facility connects
  const auto stub = v1::AccountService::NewStub(Channel(&desk));
  v1::ImportSheetsResponse response;
  const auto context = As({});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(stub->ImportSheets(context.get(), &response)->Finish().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, store::kTestWaitMax / 2);
}

TEST_F(SheetCallsTest, RefuseTenThousandFilesBeforeReadingAny) {
  v1::ImportSheetsResponse response;
  EXPECT_EQ(CodeOfCall(Import(Session(kAda), {Csv("W0000010")}, true, response, kInstitution, 10'000)),
            Number(ErrorCode::kImportTooLarge));
}

TEST_F(SheetCallsTest, AreForAdministratorsOfThatInstitution) {
  v1::ImportSheetsResponse response;
  EXPECT_EQ(CodeOfCall(Import(Session(kAud), {Csv("W0000010")}, true, response)), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(CodeOfCall(Import("", {Csv("W0000010")}, true, response)), Number(ErrorCode::kSessionInvalid));
  EXPECT_EQ(CodeOfCall(Print(Session(kViv), {}, true).status), Number(ErrorCode::kRoleNotAllowed));
  AddUser("cho@clinic.example", "administrator", {kOtherInstitution});
  EXPECT_EQ(CodeOfCall(Import(Session("cho@clinic.example"), {Csv("W0000010")}, true, response)),
            Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(Count("sealed_sheet"), 0);
}

TEST_F(SheetCallsTest, RefusePrintsThatAreNotPossibleAndRecordThat) {
  const std::string ada = Session(kAda);
  EXPECT_EQ(CodeOfCall(Print(ada, {"W0000001"}, false).status), Number(ErrorCode::kSheetNotPrintable));
  EXPECT_EQ(CodeOfCall(Print(ada, {"W0000099"}, false).status), Number(ErrorCode::kAccountUnknown));
  EXPECT_EQ(Events("account.sheet_print_refused"), 2);
  const Printed wrong = Print(ada, {"'; --"}, false);
  EXPECT_EQ(CodeOfCall(wrong.status), Number(ErrorCode::kFieldInvalid));
  ASSERT_EQ(RefusalOf(wrong.status).problems_size(), 1);
  EXPECT_EQ(RefusalOf(wrong.status).problems(0).field(), "account_ids");
}

}  // namespace
}  // namespace madoguchi::console
