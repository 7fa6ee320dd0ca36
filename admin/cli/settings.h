// SPDX-License-Identifier: Apache-2.0
// What holds for every command, from the command line, MADOGUCHI_ADMIN_… variables and ~/.config/madoguchi/admin.conf,
// in this order. None of it is a secret.
#pragma once
#include <string>

namespace madoguchi::cli {

struct Settings {
  std::string server;             // HOST:PORT; the name is checked against the server's certificate
  std::string console_directory;  // console.pem, console.key (0600), facility-ca.pem
  std::string session_file;       // 0600; holds the token of one log-in
  std::string institution;        // empty: the only one there is
  bool json = false;
  bool csv = false;
  bool yes = false;     // no questions
  int secrets_fd = -1;  // -1: typed at the terminal
};

std::string DefaultConfigFile();   // $XDG_CONFIG_HOME/madoguchi/admin.conf, else below ~/.config
std::string DefaultSessionFile();  // $XDG_STATE_HOME/madoguchi/session, else below ~/.local/state

}  // namespace madoguchi::cli
