// SPDX-License-Identifier: Apache-2.0
// The command line. A PIN, password, code or token is never an argument, nor anything about a patient: others on the
// machine could read it.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "terminal/link/press_order.h"

namespace madoguchi::agent {

inline constexpr int kRepeatMax = 100'000;  // presses of one `check --repeat`
inline constexpr int kWaitSecondsMax = 3600;
inline constexpr int kResultsMax = 20;   // of one answer
inline constexpr int kMoreAskedMax = 3;  // after several hits of one inquiry by numbers

enum class Command {
  kReaders,
  kWatch,
  kCheck,
  kActivate,
  kStatus,
  kLogIn,
  kLogOut,
  kChangePassword,
  kDeregister,
  kRenew,
  kSetPasscode,
  kChangePasscode,
  kSignInOperator,
  kSignOutOperator,
  kChangeOperatorPin,
  kShowAgain,
  kConfirm,
  kProposeName,
  kConfirmName
};

struct Options {
  Command command = Command::kReaders;
  bool json = false;
  bool verbose = false;
  std::string server;  // empty: the one stored at activation
  std::string directory;
  int secrets_fd = -1;                       // lines name=value (secret_lines.h); -1: typed
  std::string institution_code, account_id;  // which of the desk's accounts
  // check
  link::Method method = link::Method::kPin;
  link::Attestation attestation = {};  // as far as it was given
  bool ask_patient = false;            // patient number and expected birth date are typed before the press
  int patient_number_fd = -1;          // a line for each press
  bool family = false;                 // one key begins the next member
  int pin_fd = -1;                     // -1: typed at the terminal
  std::string reader;
  bool confirm_last_try = false;
  std::chrono::seconds wait{30};
  int repeat = 1;
  std::string lock_file;
  // of a result: confirm, name
  std::string press_id;                       // UUID
  bool same_person = false, another = false;  // confirm: one of them
  int result = 1;                             // name: which of the answer's results, from 1
  bool remove = false;                        // name propose: forget the mapping
  // activate
  int link_fd = -1;
  std::string qr_file, sheet_file, root_file, connection_code, desk_name;
  bool add_account = false;  // to a desk that is active already
  // others
  std::string staff_code;
  bool yes = false;         // deregister: agreed
  bool local_only = false;  // deregister: without the server
  bool late = false;        // renew: after the certificate ran out
  // Of the test program only:
  bool bypass_pin_slot = false;
  bool stay = false;  // after the last answer, until standard input ends
};

// Nothing: go on. Else the exit status, with help or the usage error printed already.
std::optional<int> ParseOptions(int argc, char** argv, bool for_leak_test, Options& options);

}  // namespace madoguchi::agent
