// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/completion.h"

#include <gmock/gmock.h>

#include <fstream>

#include "admin/cli/groups.h"
#include "admin/cli/text.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

// What bash offers behind these words, the last of which is being typed.
class CompletionTest : public testing::Test {
 protected:
  CompletionTest() : app_("", "madoguchi-admin") {
    AddEverything(app_, shell_);
    std::ofstream(folder_.File("completion")) << BashCompletion(app_);
  }
  std::vector<std::string> Offered(std::vector<std::string> words) {
    const std::size_t last = words.size();
    words.insert(words.begin(), "madoguchi-admin");
    std::ofstream(folder_.File("try")) << "set -u\ncompopt() { :; }\nsource " << folder_.File("completion")
                                       << "\nCOMP_WORDS=(" << ShellLine(words) << ")\nCOMP_CWORD=" << last
                                       << "\n_madoguchi_admin\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    const std::string command = "cd " + folder_.File(".") + " && bash try > offered 2> errors";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream errors(folder_.File("errors")), lines(folder_.File("offered"));
    std::string line;
    EXPECT_FALSE(std::getline(errors, line)) << line;
    std::vector<std::string> offered;
    while (std::getline(lines, line)) {
      if (!line.empty()) offered.push_back(line);
    }
    return offered;
  }
  TestFolder folder_;
  Shell shell_;
  CLI::App app_;
};

TEST_F(CompletionTest, OffersCommandsAndTheirCommands) {
  EXPECT_THAT(Offered({"acc"}), ElementsAre("account"));
  EXPECT_THAT(Offered({"account", "s"}), ElementsAre("show", "suspend", "sheet"));
  EXPECT_THAT(Offered({"--server", "clinic:8445", "desk", "re"}), ElementsAre("replace", "revoke", "renewals"));
}

TEST_F(CompletionTest, OffersOptionsOfTheCommandAndOfAllCommands) {
  EXPECT_THAT(Offered({"account", "import", "--"}), IsSupersetOf({"--preview", "--yes", "--json"}));
  EXPECT_THAT(Offered({"account", "list", "--"}), Not(Contains("--preview")));
}

TEST_F(CompletionTest, OffersTheWordsOfAChoice) {
  EXPECT_THAT(Offered({"facility", "register", "--type", "d"}), ElementsAre("dental", "dispensing"));
  EXPECT_THAT(Offered({"account", "holder", "W0000001", "sp"}), ElementsAre("spare"));
}

TEST_F(CompletionTest, OffersFilesWhereAPathIsMeant) {
  std::ofstream(folder_.File("sheet.pdf")) << "x";
  EXPECT_THAT(Offered({"account", "import", "she"}), ElementsAre("sheet.pdf"));
  EXPECT_THAT(Offered({"application", "apply", "--attach", "she"}), ElementsAre("sheet.pdf"));
  EXPECT_THAT(Offered({"account", "note", "W0000001", "--approval", "x"}), IsEmpty());
}

}  // namespace
}  // namespace madoguchi::cli
