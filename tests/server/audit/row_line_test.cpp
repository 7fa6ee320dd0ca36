// SPDX-License-Identifier: Apache-2.0
#include "server/audit/row_line.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "contract/bytes.h"
#include "contract/crypto/digest.h"

namespace madoguchi::audit {
namespace {

std::size_t ColumnOf(std::string_view name) {
  for (std::size_t i = 0; i < kRowColumns.size(); ++i) {
    if (kRowColumns[i].name == name) return i;
  }
  ADD_FAILURE() << name;
  return 0;
}

RowValues Values(const std::map<std::string_view, std::string_view>& given) {
  RowValues values;
  for (const auto& [name, value] : given) values[ColumnOf(name)] = value;
  return values;
}

const std::map<std::string_view, std::string_view> kShort = {{"sequence", "17"},
                                                             {"recorded_at", "2026-11-23T20:15:01.123456+09:00"},
                                                             {"record_id", "0b6c9b1c-52a3-4c0c-9f43-6a3c2f0f9d11"},
                                                             {"action", "check.intent"},
                                                             {"owner", "server-1"},
                                                             {"code", "0"}};

TEST(RowLine, IsTheseBytesAndNoOthers) {
  EXPECT_EQ(
      RowLine(Values(kShort)),
      R"({"v":1,"sequence":17,"recorded_at":"2026-11-23T20:15:01.123456+09:00",)"
      R"("record_id":"0b6c9b1c-52a3-4c0c-9f43-6a3c2f0f9d11","action":"check.intent","owner":"server-1","code":0})");
}

TEST(RowLine, HasEveryColumnOnceInItsOrderAndNumbersBare) {
  RowValues values;
  values.fill("1");
  std::string expected = "{\"v\":1";
  for (const RowColumn& column : kRowColumns)
    expected += ",\"" + std::string(column.name) + "\":" + (column.number ? "1" : "\"1\"");
  EXPECT_EQ(RowLine(values), expected + "}");
}

TEST(RowLine, EscapesQuotesBackslashesAndControlsOnly) {
  auto row = kShort;
  row["detail"] = "a\"b\\c\nd\x1f/é窓口😀\x7f";
  EXPECT_THAT(RowLine(Values(row)), testing::HasSubstr("\"detail\":\"a\\\"b\\\\c\\u000ad\\u001f/é窓口😀\x7f\""));
  EXPECT_EQ(RowLine(Values(row)).find('\n'), std::string::npos);
}

TEST(RowLine, LeavesOutWhatIsNullAndKeepsWhatIsEmpty) {
  auto row = kShort;
  row["detail"] = "";
  row["role"] = "administrator";
  const std::string line = RowLine(Values(row));
  EXPECT_THAT(line, testing::HasSubstr(",\"code\":0,\"detail\":\"\",\"role\":\"administrator\"}"));
  EXPECT_THAT(line, testing::Not(testing::HasSubstr("actor")));
}

TEST(RowLine, AtItsLimitIsWholeAndBeyondItSaysTheHashOfTheWhole) {
  auto row = kShort;
  const std::string detail(kRowLineBytesMax - RowLine(Values(kShort)).size() - std::string(",\"detail\":\"\"").size(),
                           'x');
  row["detail"] = detail;
  const std::string whole = RowLine(Values(row));
  EXPECT_EQ(whole.size(), kRowLineBytesMax);
  const std::string longer = detail + "x";
  row["detail"] = longer;
  std::string would_be = whole;
  would_be.insert(would_be.size() - 2, "x");
  EXPECT_EQ(RowLine(Values(row)), R"({"v":1,"sequence":17,"recorded_at":"2026-11-23T20:15:01.123456+09:00",)"
                                  R"("record_id":"0b6c9b1c-52a3-4c0c-9f43-6a3c2f0f9d11","whole_sha256":")" +
                                      ToHex(crypto::Sha256(AsBytes(would_be))) + "\"}");
}

// The columns of audit_event as the migrations brought them, one after the other.
std::vector<std::string> MigratedColumns() {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(MADOGUCHI_MIGRATIONS)) files.insert(entry.path());
  std::vector<std::string> columns;
  for (const std::string& file : files) {
    std::ifstream stream(file);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    const std::string sql = std::regex_replace(text, std::regex("--[^\n]*"), "");
    const std::regex statement(R"((CREATE TABLE audit_event \(\n([^;]*)\);|ALTER TABLE audit_event\n([^;]*);))");
    const std::regex made(R"((?:^|\n)  (\w+) )"), added(R"(ADD COLUMN (\w+))");
    for (std::sregex_iterator found(sql.begin(), sql.end(), statement), end; found != end; ++found) {
      const bool is_made = (*found)[2].matched;
      const std::string body = (*found)[is_made ? 2 : 3];
      for (std::sregex_iterator name(body.begin(), body.end(), is_made ? made : added); name != end; ++name)
        columns.push_back((*name)[1]);
    }
  }
  return columns;
}

TEST(RowLine, HasEveryColumnOfTheTableButTheTransaction) {
  std::vector<std::string> expected, columns;
  for (const std::string& column : MigratedColumns()) {
    if (column != "written_by") expected.push_back(column);
  }
  for (const RowColumn& column : kRowColumns) columns.emplace_back(column.name);
  EXPECT_EQ(columns, expected);
}

}  // namespace
}  // namespace madoguchi::audit
