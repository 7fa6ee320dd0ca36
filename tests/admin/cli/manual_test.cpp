// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/manual.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "admin/cli/groups.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {
namespace {

std::string Whole(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class ManualTest : public testing::Test {
 protected:
  ManualTest() : app_("", "madoguchi-admin") {
    app_.set_help_flag("--help,-h", "使い方 / usage");
    app_.set_version_flag("--version", "0", "版 / version");
    AddEverything(app_, shell_);
  }
  Shell shell_;
  CLI::App app_;
};

// After a change: madoguchi-admin man > docs/madoguchi-admin.1
TEST_F(ManualTest, KeptPageIsWhatTheProgramPrints) {
  EXPECT_EQ(Whole(MADOGUCHI_DOCS "/madoguchi-admin.1"), Manual(app_));
}

TEST_F(ManualTest, IsFormattedWithoutAnyWarning) {
  TestFolder folder;
  std::ofstream(folder.File("page.1")) << Manual(app_);
  const std::string command = "groff -man -Tutf8 -K utf8 -ww " + folder.File("page.1") + " > " +
                              folder.File("page.txt") + " 2> " + folder.File("warnings");
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(Whole(folder.File("warnings")), "");
  EXPECT_NE(Whole(folder.File("page.txt")).find("終了コード"), std::string::npos);
}

}  // namespace
}  // namespace madoguchi::cli
