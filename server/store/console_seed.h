// SPDX-License-Identifier: Apache-2.0
// Enters a console's certificate: what the server's role may not do, so that nobody lets a console in without root on
// this machine. Takes the owner's connection. Thread: any. Errors: DATABASE_….
#pragma once
#include <chrono>
#include <string>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::store {

struct NewConsole {
  std::string console_id;  // UUID text
  std::string name;        // 1–100 characters
  Bytes certificate_sha256;
  std::string serial;  // hex, for the trail
  std::chrono::system_clock::time_point not_after;
};

// The row and its row in the trail (actor root), both or neither.
Result<void> AddConsole(const std::string& owner_url, const NewConsole& console);
// A row in the trail about an act of root that changes nothing in the database.
Result<void> RecordActOfRoot(const std::string& owner_url, const std::string& action, const std::string& detail);

}  // namespace madoguchi::store
