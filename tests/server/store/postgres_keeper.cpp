// SPDX-License-Identifier: Apache-2.0
#include "tests/server/store/postgres_keeper.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace madoguchi::store {
namespace {

constexpr char kStart = 's', kKill = 'k', kDone = 'd', kFailed = 'f';

[[noreturn]] void Abandon(const char* what) {
  std::fprintf(stderr, "private PostgreSQL: %s\n", what);
  std::_Exit(3);
}

std::string ProgramFolder() {
  int newest = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
    newest = std::max(newest, std::atoi(entry.path().filename().c_str()));
  }
  return "/usr/lib/postgresql/" + std::to_string(newest) + "/bin";
}

// The user PostgreSQL runs as: the current one, or postgres instead of root.
const passwd* ServerUser() {
  return geteuid() == 0 ? getpwnam("postgres") : getpwuid(geteuid());
}

int Run(const std::vector<std::string>& words) {
  const pid_t pid = fork();
  if (pid == 0) {
    const passwd* user = ServerUser();
    const bool changed = geteuid() != 0 || (initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 &&
                                            setuid(user->pw_uid) == 0);
    if (!changed || chdir("/") != 0) std::_Exit(126);
    const int silence = open("/dev/null", O_RDWR);
    dup2(silence, STDIN_FILENO);
    dup2(silence, STDOUT_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    std::_Exit(127);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  return status;
}

// What the child does from the fork to its end.
class Keeping {
 public:
  explicit Keeping(std::string folder)
      : folder_(std::move(folder)), programs_(ProgramFolder()), data_(folder_ + "/data") {}

  bool Create(const std::string& test_user) {
    if (Run({programs_ + "/initdb", "-D", data_, "-U", "postgres", "--auth=peer", "--no-sync", "-E", "UTF8",
             "--locale=C.UTF-8"}) != 0)
      return false;
    std::ofstream(data_ + "/postgresql.conf", std::ios::app)
        << "listen_addresses = ''\nunix_socket_directories = '" << folder_ << "'\nunix_socket_permissions = 0700\n"
        << "fsync = off\nautovacuum = off\nmax_connections = 100\nshared_buffers = 16MB\n"
        << "max_wal_size = 64MB\nmin_wal_size = 32MB\n"
        // In its own folder: a killed cluster leaves nothing in the machine's.
        << "dynamic_shared_memory_type = mmap\n";
    std::ofstream(data_ + "/pg_hba.conf") << "local all all peer map=test\n";
    std::ofstream map(data_ + "/pg_ident.conf");
    for (const char* role : {"madoguchi_owner", "madoguchi_server", "postgres"})
      map << "test " << test_user << " " << role << "\n";
    return true;
  }
  bool Start() {
    return Run({programs_ + "/pg_ctl", "-D", data_, "-w", "-s", "-t", "60", "-l", folder_ + "/log", "start"}) == 0;
  }
  bool Kill() {
    return Run({programs_ + "/pg_ctl", "-D", data_, "-w", "-s", "-t", "60", "-m", "immediate", "stop"}) == 0;
  }
  void Remove() {
    Kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

 private:
  const std::string folder_, programs_, data_;
};

[[noreturn]] void Keep(const std::string& folder, const std::string& test_user, int channel) {
  setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(number, SIG_IGN);
  Keeping keeping(folder);
  char command = keeping.Create(test_user) && keeping.Start() ? kDone : kFailed;
  while (write(channel, &command, 1) == 1 && read(channel, &command, 1) == 1) {
    const bool done = command == kStart ? keeping.Start() : keeping.Kill();
    command = done ? kDone : kFailed;
  }
  keeping.Remove();
  std::_Exit(0);
}

}  // namespace

PostgresKeeper::PostgresKeeper() {
  const char* const where = std::getenv("TMPDIR");
  folder_ = std::string(where == nullptr ? "/tmp" : where) + "/mdgpgXXXXXX";  // short: a socket's path has 107 bytes
  if (mkdtemp(folder_.data()) == nullptr) Abandon("no folder for temporary files");
  const passwd* server_user = ServerUser();
  if (server_user == nullptr) Abandon("no user postgres");
  if (chown(folder_.c_str(), server_user->pw_uid, server_user->pw_gid) != 0) Abandon("chown");
  const std::string test_user = getpwuid(geteuid())->pw_name;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) Abandon("socketpair");
  child_ = fork();
  if (child_ == 0) {
    close(ends[0]);
    Keep(folder_, test_user, ends[1]);
  }
  close(ends[1]);
  channel_ = ends[0];
  char answer = 0;
  if (read(channel_, &answer, 1) != 1 || answer != kDone) Abandon("did not start");
}

PostgresKeeper::~PostgresKeeper() {
  close(channel_);
  waitpid(child_, nullptr, 0);
}

void PostgresKeeper::Kill() {
  Ask(kKill);
}
void PostgresKeeper::Start() {
  Ask(kStart);
}

void PostgresKeeper::Ask(char command) {
  char answer = 0;
  if (write(channel_, &command, 1) != 1 || read(channel_, &answer, 1) != 1 || answer != kDone) Abandon("does not obey");
}

}  // namespace madoguchi::store
