// SPDX-License-Identifier: Apache-2.0
// with_postgres COMMAND [ARGUMENT…]: runs the command with one PostgreSQL cluster for every test program it starts (see
// postgres_fixture.h), and ends with its exit status. ctest starts a process per test: a cluster for each of them took
// most of the unit suite's time. However this program ends, the cluster's keeper stops it and removes its folder; what
// the tests put under their temporary directory lies there too, so that of a test that crashed nothing stays.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/server/store/postgres_fixture.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const madoguchi::store::PostgresKeeper keeper;
  madoguchi::store::PrepareCluster(keeper.folder());
  const std::string temporary = keeper.folder() + "/tests";
  // A test may look at its folder as another user.
  if (chmod(keeper.folder().c_str(), 0711) != 0 || mkdir(temporary.c_str(), 0711) != 0) return 3;
  for (const char* name : {"TMPDIR", "TEST_TMPDIR"}) setenv(name, temporary.c_str(), 1);
  setenv(madoguchi::store::kSharedClusterVariable, keeper.folder().c_str(), 1);
  const pid_t child = fork();
  if (child == 0) {
    execvp(argv[1], argv + 1);
    std::_Exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return 3;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
