// SPDX-License-Identifier: Apache-2.0
// PostgresKeeper: a private PostgreSQL cluster in a new folder under /tmp, kept by a child process that stops it and
// removes the folder when the test program ends, however it ends: the child waits on a socket that closes with its
// parent. Programs come from the Debian package's own folder, newest version. Socket only (no TCP), fsync off. As root
// the server runs as the user postgres, because it refuses root. The current OS user may log in as madoguchi_owner,
// madoguchi_server and postgres (peer with a map). Thread: one at a time; made before the test program has other
// threads.
#pragma once
#include <sys/types.h>

#include <string>

namespace madoguchi::store {

class PostgresKeeper {
 public:
  PostgresKeeper();  // ends the test program when there is no PostgreSQL
  ~PostgresKeeper();
  PostgresKeeper(const PostgresKeeper&) = delete;
  PostgresKeeper& operator=(const PostgresKeeper&) = delete;
  const std::string& folder() const { return folder_; }  // holds the socket
  void Kill();   // like a crash: no shutdown checkpoint; returns when it is down
  void Start();  // returns when it takes connections

 private:
  void Ask(char command);
  std::string folder_;
  int channel_ = -1;
  pid_t child_ = -1;
};

}  // namespace madoguchi::store
