// SPDX-License-Identifier: Apache-2.0
#include "contract/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 has left out that it is C
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "contract/descriptor.h"
#include "contract/secret_bytes.h"

namespace madoguchi {
namespace {

constexpr int kExecFailed = 127;
constexpr std::size_t kReadBytes = 16 * 1024;

int Milliseconds(Deadline deadline) {
  return static_cast<int>(std::min<std::int64_t>(deadline.remaining().count(), 60'000));
}

// A process that is killed and waited for unless it was waited for.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    Wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // False: still there at the deadline.
  bool Ends(Deadline deadline) const {
    const Descriptor handle(pidfd_open(pid_, 0));
    if (handle.get() < 0) return false;
    for (;;) {
      pollfd ended{handle.get(), POLLIN, 0};
      const int ready = poll(&ended, 1, Milliseconds(deadline));
      if (ready < 0 && errno == EINTR) continue;
      return ready > 0;
    }
  }
  int Wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

Error Unreadable(std::string detail) {
  return {ErrorCode::kSheetUnreadable, std::move(detail), {}};
}

bool WriteAll(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return lseek(file, 0, SEEK_SET) == 0;
}

void Limit(int resource, rlim_t most) {
  const rlimit limit{most, most};
  setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

// After fork in a process with threads: only calls that are safe in a signal handler (POSIX 2.4.3), until exec.
[[noreturn]] void Become(const char* program, char* const* arguments, char* const* environment, int input, int output,
                         int nowhere) {
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
    _exit(kExecFailed);
  if (close_range(STDERR_FILENO + 1, ~0U, 0) != 0) _exit(kExecFailed);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  Limit(RLIMIT_CPU, static_cast<rlim_t>(kFilterCpuMax.count()));
  Limit(RLIMIT_AS, kFilterMemoryMax);
  Limit(RLIMIT_FSIZE, 0);
  Limit(RLIMIT_CORE, 0);
  execve(program, arguments, environment);
  _exit(kExecFailed);
}

// Everything the child writes, until it closes its output.
Result<WipedBuffer> ReadAll(int file, std::size_t output_max, Deadline deadline) {
  WipedBuffer output(output_max);
  std::array<std::uint8_t, kReadBytes> chunk{};
  for (;;) {
    pollfd readable{file, POLLIN, 0};
    const int ready = poll(&readable, 1, Milliseconds(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Unreadable("the program took too long");
    const ssize_t got = read(file, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable("its output cannot be read");
    if (got == 0) break;
    const bool fits = output.Append({chunk.data(), static_cast<std::size_t>(got)});
    Wipe(chunk);
    if (!fits) return Unreadable("its output is too large");
  }
  return output;
}

}  // namespace

Result<Filtered> FilterThrough(const std::string& program, const std::vector<std::string>& arguments, ByteView input,
                               std::size_t output_max, Deadline deadline) {
  if (access(program.c_str(), X_OK) != 0)
    return Error{ErrorCode::kConfigFileUnreadable, program + " is not installed", {}};
  const Descriptor file(memfd_create("madoguchi-filter", MFD_CLOEXEC));
  if (file.get() < 0 || !WriteAll(file.get(), input)) return Unreadable("no memory for the file");
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Unreadable("no pipe");
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  const Descriptor nowhere(open("/dev/null", O_RDWR | O_CLOEXEC));
  // Above the three standard numbers, so that dup2 in the child overwrites none of them.
  const Descriptor input_high(fcntl(file.get(), F_DUPFD_CLOEXEC, 10)),
      nowhere_high(fcntl(nowhere.get(), F_DUPFD_CLOEXEC, 10));
  Descriptor output_high(fcntl(to.get(), F_DUPFD_CLOEXEC, 10));
  if (input_high.get() < 0 || output_high.get() < 0 || nowhere_high.get() < 0) return Unreadable("no descriptors");

  std::vector<std::string> texts{program};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> words;
  words.reserve(texts.size() + 1);
  for (std::string& text : texts) words.push_back(text.data());
  words.push_back(nullptr);
  std::string locale = "LC_ALL=C.UTF-8";
  std::array<char*, 2> environment{locale.data(), nullptr};

  const pid_t pid = fork();
  if (pid < 0) return Unreadable("no process");
  if (pid == 0)
    Become(program.c_str(), words.data(), environment.data(), input_high.get(), output_high.get(), nowhere_high.get());
  Child child(pid);
  to.Close();
  output_high.Close();
  TRY_ASSIGN(WipedBuffer output, ReadAll(from.get(), std::min(output_max, kFilterOutputMax), deadline));
  if (!child.Ends(deadline)) return Unreadable("the program took too long");
  const int status = child.Wait();
  if (WIFSIGNALED(status)) return Unreadable("the program ended by signal " + std::to_string(WTERMSIG(status)));
  if (!WIFEXITED(status) || WEXITSTATUS(status) == kExecFailed) return Unreadable("the program could not be started");
  return Filtered{std::move(output), WEXITSTATUS(status)};
}

}  // namespace madoguchi
