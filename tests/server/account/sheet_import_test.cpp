// SPDX-License-Identifier: Apache-2.0
// Import on the real database: what people do wrong with files, and what two people do at the same time.
#include "server/account/sheet_import.h"

#include <future>

#include "server/account/sheets/settings_sheet_pdf.h"
#include "server/store/pg_sheets.h"
#include "server/store/pg_trail.h"
#include "tests/server/account/sealed_test.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::account {
namespace {

using store::CodeOf;
using store::Number;
using store::Soon;

constexpr char kInstitution[] = "1311234567";
constexpr char kHeader[] = "機関コード,ID,パスワード,アクティベーションコード,発行日\n";

struct NamedFile {
  std::string name, content;
};

class SheetImportTest : public store::StoreTest {
 protected:
  static std::string Row(int number, const std::string& code = "", const std::string& institution = kInstitution) {
    const std::string id = std::to_string(1000000 + number).substr(1);
    return institution + ",W0" + id + ",aB3x7kM" + std::string(1, static_cast<char>('a' + number % 26)) + "," +
           (code.empty() ? "123456" + id : code) + ",2026/11/22\n";
  }
  static NamedFile Csv(const std::string& name, const std::string& rows) { return {name, kHeader + rows}; }
  // One page for each of these accounts.
  static NamedFile Pdf(int first, int last) {
    std::vector<sheet::SettingsSheet> sheets;
    for (int number = first; number <= last; ++number) {
      sheet::SettingsSheet& sheet = sheets.emplace_back();
      const std::string id = std::to_string(1000000 + number).substr(1);
      sheet.institution_code = kInstitution;
      sheet.institution_name = "みほんクリニック";
      sheet.account_id = "W0" + id;
      sheet.password = "aB3x7kMp";
      sheet.activation_code = "123456" + id;
    }
    const auto pdf = WriteSettingsSheets(sheets);
    EXPECT_TRUE(pdf.ok());
    return {first == last ? sheet::FileNameOf(sheets[0].account_id) : kAllSheetsFileName,
            std::string(AsText(pdf->view()))};
  }
  static NamedFile Pdf(int number) { return Pdf(number, number); }
  Result<ImportReport> Import(const std::vector<NamedFile>& files, bool commit, const std::string& application = "",
                              const std::string& by = "hanako@example.jp") {
    TRY_ASSIGN(SheetImport import,
               SheetImport::Begin({book_, trail_, seal_, key_},
                                  {kInstitution, static_cast<std::uint32_t>(files.size()), commit, application, by}));
    for (std::uint32_t i = 0; i < files.size(); ++i) TRY_VOID(AddFile(import, i, files[i]));
    return import.End(Deadline::In(std::chrono::seconds(60)));
  }
  static Result<void> AddFile(SheetImport& import, std::uint32_t number, const NamedFile& file) {
    ByteView rest = AsBytes(file.content);
    do {
      const ByteView chunk = rest.first(std::min(rest.size(), kChunkBytesMax));
      rest = rest.subspan(chunk.size());
      TRY_VOID(import.Add(number, file.name, chunk, rest.empty()));
    } while (!rest.empty());
    return {};
  }
  // code and place of each file's refusal; "good" for the others.
  static std::vector<std::string> Judged(const Result<ImportReport>& report) {
    std::vector<std::string> judged;
    if (!report.ok()) return {"refused " + std::to_string(CodeOf(report))};
    for (const ImportedFile& file : report->files)
      judged.push_back(file.code ? std::to_string(Number(*file.code)) + " " + file.where : "good");
    return judged;
  }
  void AddApplication(const std::string& id, const std::string& state, int devices) const {
    Sql("INSERT INTO application (application_id, institution_code, kind, state, applicant, staff_count, devices, "
        "created_by) VALUES ('" +
        id + "', '" + kInstitution + "', 'use', '" + state + "', 'x', 1, " + std::to_string(devices) + ", 'x')");
  }
  int Issued() const { return Count("device_account WHERE state = 'issued' AND password_hash IS NOT NULL"); }

  const crypto::Seal seal_ = TestSeal();
  const audit::KeyedHash key_{Bytes(32, 0x42)};
  store::AnswerLimit limit_;
  store::PgPool pool_{server_url(), 4, limit_};
  store::PgSheets book_{pool_, "server-one"};
  store::PgTrail trail_{server_url(), "server-one", limit_};
};

TEST_F(SheetImportTest, PreviewsWithoutWritingAnything) {
  const auto report = Import({Pdf(10), Csv("more.csv", Row(11) + Row(12))}, false);
  EXPECT_EQ(Judged(report), (std::vector<std::string>{"good", "good"}));
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->committed);
  EXPECT_EQ(report->accounts, 3u);
  EXPECT_EQ(report->files[0].account_ids, std::vector<std::string>{"W0000010"});
  EXPECT_EQ(report->files[1].account_ids, (std::vector<std::string>{"W0000011", "W0000012"}));
  EXPECT_EQ(Issued(), 0);
}

TEST_F(SheetImportTest, WritesAllOfThemAtOnce) {
  const auto report = Import({Pdf(10), Csv("more.csv", Row(11) + Row(12))}, true);
  ASSERT_TRUE(report.ok()) << report.error().detail;
  EXPECT_TRUE(report->committed);
  EXPECT_EQ(Issued(), 3);
  EXPECT_EQ(Count("sealed_sheet WHERE source = 'import'"), 3);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.issued' AND actor = 'hanako@example.jp'"), 3);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.sheets_imported' AND detail = '2 files, 3 accounts'"), 1);
}

TEST_F(SheetImportTest, TakesOurOwnPdfForAllPageByPage) {
  const auto report = Import({Pdf(10, 29)}, true);
  EXPECT_EQ(Judged(report), std::vector<std::string>{"good"});
  ASSERT_TRUE(report.ok() && report->committed);
  ASSERT_EQ(report->files[0].account_ids.size(), 20u);
  EXPECT_EQ(report->files[0].account_ids.back(), "W0000029");
  EXPECT_EQ(Issued(), 20);
}

TEST_F(SheetImportTest, SaysPerFileWhatIsWrongAndThenWritesNothing) {
  Sql("INSERT INTO institution (code) VALUES ('1319999999')");
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000030', '1319999999')");
  Sql("INSERT INTO activation_code (code_hash, account_id, spent_at) VALUES ('" +
      ActivationCodeHash(key_, kInstitution, "W0000031", AsBytes("999999999999")) +
      "', 'W0000002', clock_timestamp())");
  const std::vector<NamedFile> files = {Csv("good.csv", Row(20)),
                                        Csv("again.csv", Row(21)),
                                        Csv("again (1).csv", Row(22) + Row(21)),
                                        Csv("other.csv", Row(23, "", "1319999999")),
                                        Csv("theirs.csv", Row(30)),
                                        Csv("active.csv", Row(1)),
                                        Csv("spent.csv", Row(31, "999999999999")),
                                        Csv("short.csv", Row(24, "12345a")),
                                        {"scan.pdf", "%PDF-1.4 broken"},
                                        {"notes.txt", "hello"}};
  for (const bool commit : {false, true}) {
    const auto report = Import(files, commit);
    EXPECT_EQ(Judged(report), (std::vector<std::string>{
                                  "good", "1516 line 3: W0000021: again (1).csv", "1516 line 3: W0000021: again.csv",
                                  "1515 line 2: W0000023", "1515 line 2: W0000030", "1517 line 2: W0000001",
                                  "1517 line 2: W0000031", "1514 line 2: アクティベーションコード: wrong form",
                                  "1512 damaged PDF", "1512 line 1 holds none of the labels"}));
    EXPECT_FALSE(report.ok() && report->committed);
  }
  EXPECT_EQ(Issued(), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.import_refused' AND code = 1516"), 1);
}

TEST_F(SheetImportTest, RefusesTooManyFilesBeforeAnyOfThem) {
  EXPECT_EQ(CodeOf(SheetImport::Begin({book_, trail_, seal_, key_}, {kInstitution, 10'000, true, "", "x"})),
            Number(ErrorCode::kImportTooLarge));
  EXPECT_EQ(CodeOf(SheetImport::Begin({book_, trail_, seal_, key_}, {kInstitution, 0, true, "", "x"})),
            Number(ErrorCode::kFieldInvalid));
}

TEST_F(SheetImportTest, RefusesChunksOutOfOrderAndFilesThatAreTooLarge) {
  const auto begun = [&](std::uint32_t files) {
    return std::move(SheetImport::Begin({book_, trail_, seal_, key_}, {kInstitution, files, true, "", "x"})).value();
  };
  const Bytes chunk(kChunkBytesMax, 'a');
  SheetImport skips = begun(2);
  EXPECT_EQ(CodeOf(skips.Add(1, "b", chunk, true)), Number(ErrorCode::kFieldInvalid));
  SheetImport mixes = begun(2);
  ASSERT_EQ(CodeOf(mixes.Add(0, "a", chunk, false)), 0);
  EXPECT_EQ(CodeOf(mixes.Add(1, "b", chunk, true)), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(CodeOf(mixes.End(Soon())), Number(ErrorCode::kFieldInvalid));
  SheetImport nameless = begun(1);
  EXPECT_EQ(CodeOf(nameless.Add(0, "", chunk, true)), Number(ErrorCode::kFieldInvalid));
  SheetImport too_many = begun(1);
  ASSERT_EQ(CodeOf(too_many.Add(0, "a", AsBytes("x"), true)), 0);
  EXPECT_EQ(CodeOf(too_many.Add(1, "b", AsBytes("x"), true)), Number(ErrorCode::kFieldInvalid));
  SheetImport large_chunk = begun(1);
  EXPECT_EQ(CodeOf(large_chunk.Add(0, "a", Bytes(kChunkBytesMax + 1), true)), Number(ErrorCode::kFieldInvalid));
  SheetImport large = begun(1);
  Result<void> added;
  for (std::size_t i = 0; i <= kImportFileBytesMax / kChunkBytesMax && added.ok(); ++i)
    added = large.Add(0, "a", chunk, false);
  EXPECT_EQ(CodeOf(added), Number(ErrorCode::kImportTooLarge));
}

TEST_F(SheetImportTest, ShowsFileNamesWithoutFoldersAndTricks) {
  const auto report = Import({{"../../etc/a\u202Efdp.csv", kHeader + Row(10)}, {"\x01", kHeader + Row(11)}}, false);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->files[0].name, "afdp.csv");
  EXPECT_EQ(report->files[1].name, "?");
}

TEST_F(SheetImportTest, PutsAccountsIntoTheLedgerOfTheNewestApplication) {
  AddApplication("0f000000-0000-4000-8000-000000000001", "recorded", 20);
  AddApplication("0f000000-0000-4000-8000-000000000002", "recorded", 2);
  AddApplication("0f000000-0000-4000-8000-000000000003", "rejected", 20);
  ASSERT_TRUE(Import({Csv("a.csv", Row(10))}, true).ok());
  EXPECT_EQ(Sql("SELECT application_id FROM device_account WHERE account_id = 'W0000010'"),
            "0f000000-0000-4000-8000-000000000002");
  EXPECT_EQ(Judged(Import({Csv("b.csv", Row(11)), Csv("c.csv", Row(12))}, true)),
            (std::vector<std::string>{"good", "1507 line 2: W0000012: application 2: 2 devices"}));
  EXPECT_EQ(Judged(Import({Csv("a.csv", Row(10)), Csv("b.csv", Row(11))}, true)),
            (std::vector<std::string>{"good", "good"}));
  ASSERT_TRUE(Import({Csv("c.csv", Row(12))}, true, "0F000000-0000-4000-8000-000000000001").ok());
  EXPECT_EQ(Sql("SELECT application_id FROM device_account WHERE account_id = 'W0000012'"),
            "0f000000-0000-4000-8000-000000000001");
}

TEST_F(SheetImportTest, RefusesAnApplicationThatIsNotThere) {
  AddApplication("0f000000-0000-4000-8000-000000000003", "rejected", 20);
  EXPECT_EQ(CodeOf(Import({Csv("a.csv", Row(10))}, true, "0f000000-0000-4000-8000-000000000003")),
            Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(CodeOf(Import({Csv("a.csv", Row(10))}, true, "'; DROP TABLE application; --")),
            Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Count("audit_event WHERE action = 'account.import_refused'"), 2);
}

TEST_F(SheetImportTest, OfTwoAtTheSameTimeHasOneWinnerAndAClearLoser) {
  const std::vector<NamedFile> files = {Csv("a.csv", Row(10) + Row(11))};
  // Both have looked before either commits.
  const auto begun = [&](const char* by) {
    return std::move(SheetImport::Begin({book_, trail_, seal_, key_}, {kInstitution, 1, true, "", by})).value();
  };
  std::vector<SheetImport> imports;
  for (const char* by : {"ada@example.jp", "ben@example.jp"}) {
    imports.push_back(begun(by));
    ASSERT_TRUE(AddFile(imports.back(), 0, files[0]).ok());
  }
  std::vector<std::future<int>> ends;
  for (SheetImport& import : imports)
    ends.push_back(std::async(std::launch::async,
                              [&import] { return CodeOf(import.End(Deadline::In(std::chrono::seconds(60)))); }));
  std::vector<int> codes;
  for (auto& end : ends) codes.push_back(end.get());
  std::sort(codes.begin(), codes.end());
  // Where one was through before the other looked, the other imports the same once more, which changes nothing.
  EXPECT_TRUE(codes[1] == 0 || codes[1] == Number(ErrorCode::kChangedMeanwhile)) << codes[1];
  EXPECT_EQ(codes[0], 0);
  EXPECT_EQ(Count("activation_code WHERE spent_at IS NULL AND void_at IS NULL"), 2);
}

TEST_F(SheetImportTest, LeavesNoSecretInTheDatabaseInClear) {
  ASSERT_TRUE(Import({Pdf(10)}, true).ok());
  for (const char* secret : {"aB3x7kMp", "123456000010"}) {
    EXPECT_EQ(Count(std::string("device_account WHERE device_account::text LIKE '%") + secret + "%'"), 0);
    EXPECT_EQ(Count(std::string("activation_code WHERE activation_code::text LIKE '%") + secret + "%'"), 0);
    EXPECT_EQ(Count(std::string("audit_event WHERE audit_event::text LIKE '%") + secret + "%'"), 0);
    EXPECT_EQ(Count(std::string("sealed_sheet WHERE position('") + secret + "'::bytea IN sealed) > 0"), 0);
  }
}

}  // namespace
}  // namespace madoguchi::account
