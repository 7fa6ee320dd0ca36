// SPDX-License-Identifier: Apache-2.0
// Directory: which desk is behind a certificate, and which account it uses. store/ implements it. Thread: any; calls
// block up to their deadline.
#pragma once
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::desk {

inline constexpr std::size_t kReaderBytesMax = 200;  // name of a reader, as the desk says it

struct DeskRecord {
  std::string desk_id;           // UUID text
  std::string name;              // as people call it
  std::string institution_code;  // 10 digits
  std::string account_id;        // the account bound to this desk
  // What the rules allow at this desk now: of "pin", "sight", "number". For the screen: the intent of a press asks
  // again.
  std::vector<std::string> methods = {};
};

// Who asks: what the TLS handshake verified, and which of its accounts the desk wants to work with.
struct DeskQuery {
  std::string desk_id;           // UUID text
  Bytes certificate_sha256;      // 32 bytes
  std::string institution_code;  // empty: the first that is logged in
};

// What is worth keeping about a desk that came.
struct Arrival {
  std::string address;           // IP address; empty: not known
  std::string terminal_version;  // at most 40 bytes
  std::string reader;            // at most kReaderBytesMax; empty: none
};

class Directory {
 public:
  virtual ~Directory() = default;
  // DESK_UNKNOWN · DESK_NOT_ACTIVE · CERTIFICATE_NOT_ACCEPTED (unknown, expired, revoked) · ACCOUNT_NOT_USABLE (none
  // bound, or not usable) · DATABASE_…. An account that is not logged in is given all the same: the intent of a press
  // refuses it.
  virtual Result<DeskRecord> LoadDesk(const DeskQuery& query, Deadline deadline) = 0;
  // A stream was opened with this certificate. The first time one is used, the desk's older ones are revoked.
  virtual Result<void> RecordArrival(const DeskQuery& query, const Arrival& arrival, Deadline deadline) = 0;
};

}  // namespace madoguchi::desk
