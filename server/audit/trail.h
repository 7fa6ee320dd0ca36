// SPDX-License-Identifier: Apache-2.0
// Trail: the seam between what happens and its record. store/ implements it; tests use the real one.
// Every call returns only after the row is committed. Thread: any; calls block up to their deadline.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::audit {

// How long after its end a press may be sent again for its answer. The national side answers an identical question the same.
inline constexpr std::chrono::seconds kLostAnswerResent{120};

// What is recorded before a check has any effect. Never a name, number or PIN.
struct CheckIntent {
  Bytes press_id;                 // 16 bytes
  std::string desk_id;            // UUID text
  std::string institution_code;   // 10 digits
  std::string account_id;         // W0000001-style
  std::string method;             // "pin", "sight" or "number"
  std::string owner;              // this server process
  std::string card_hash;          // KeyedHash() of the certificate that was read; empty when none could be read
  std::string challenge_id;       // of the national service; empty when none could be had, or when `resumes`
  Bytes challenge;                // its bytes; empty likewise
  bool resumes = false;           // the desk sent the press again together with its proof answers
  Bytes certificate_sha256 = {};  // of the desk certificate its stream was opened with
  bool operator_needed = false;   // policy desk.operators: a press without a signed-in operator is refused
  std::string presenter = {};       // "holder", "guardian", "assisted"; empty: not said
  std::string photo_check = {};     // "compared", "none", "another"; empty: not looked at
  std::string inquiry_reason = {};  // of an inquiry by numbers
  std::string patient_hash = {};    // KeyedHash() of the facility's patient number; empty: none was given
  // A receipt computer's request, asked for this desk's account: no desk certificate and no operator are asked for.
  bool by_file = false;
};

// A result that leaves later, sealed already, written with the outcome in one transaction (server/handoff).
struct KeptRow {
  std::string row_id;   // UUID text; also the name of its key
  std::string channel;  // "oqs_folder", "webhook", "pull", "show_again"
  bool held = false;    // not before the desk confirms the person
  Bytes sealed;         // at most kKeptBytesMax
  std::chrono::seconds lives{0};
};

inline constexpr std::size_t kKeptBytesMax = 128 * 1024;
inline constexpr std::chrono::hours kKeptLivesMax{24};
inline constexpr std::size_t kKeptRowsMax = 4;  // per outcome: one per channel

struct IntentReceipt {
  std::uint32_t epoch = 1;   // 1 for a new press; one more each time it is taken over
  std::string challenge_id;  // the one the proof belongs to: the intent's, or the stored one when it resumes
  Bytes challenge;
};

struct CheckOutcome {
  Bytes press_id;
  std::string desk_id;
  std::uint32_t epoch = 1;
  int code = 0;  // 0 = answered; else the ErrorCode the desk is told
  // False when the desk was lost before its card answered: it may send the press again, and goes on where it was.
  bool ends_press = true;
  std::string segment_of_result_code, processing_status_code, processing_code, validity_code;  // as received, empty if absent
  std::string insurance_hash;  // KeyedHash() of insurer|symbol|number|branch; empty if unanswered
  std::uint32_t results = 0;
  std::chrono::microseconds card{0}, national{0}, total{0};
  std::uint32_t card_trips = 0;
  std::vector<KeptRow> kept = {};               // not written when ends_press is false
  std::vector<std::string> person_hashes = {};  // handoff::PersonHashes: one per result; empty: its name can be used
};

// Anything else worth a row. `action` is a stable word such as "desk.policy_refusal".
struct Event {
  std::string action;
  std::string desk_id;           // empty if none
  std::optional<Bytes> press_id;
  int code = 0;
  std::string detail;            // no personal data; at most 512 bytes
  std::string account_id = {};        // empty if none
  std::string institution_code = {};  // empty if none
  std::string actor = {};             // who did it: user of the console, "desk", "server", "national", "root"; empty: does not matter
};

class Trail {
 public:
  virtual ~Trail() = default;
  // A press that was sent again is taken over (epoch + 1) while it is open; together with its proof (`resumes`) also within
  // kLostAnswerResent after its end, because the answer may have been lost on the way.
  // Inserts the intent and the press in one statement that itself selects "desk active and account active for that desk".
  // TRAIL_UNAVAILABLE (nothing may happen then) · ACCOUNT_NOT_USABLE · DESK_NOT_ACTIVE · CERTIFICATE_NOT_ACCEPTED · NOT_LOGGED_IN ·
  // OPERATOR_NEEDED · METHOD_NOT_ALLOWED_HERE · PRESS_ID_REUSED (other desk or card, or already ended).
  virtual Result<IntentReceipt> RecordIntent(const CheckIntent& intent, Deadline deadline) = 0;
  // OUTCOME_NOT_RECORDED · PRESS_TAKEN_OVER (the epoch is not current any more: nothing was written).
  virtual Result<void> RecordOutcome(const CheckOutcome& outcome, Deadline deadline) = 0;
  virtual Result<void> RecordEvent(const Event& event, Deadline deadline) = 0;
};

// HMAC-SHA-256 as 64 hex digits, prefixed by the key's id: "<key id>:<hex>". The key lives outside the database.
class KeyedHash {
 public:
  // key: at least 32 bytes. The id is the first 8 hex digits of SHA-256 of the key.
  explicit KeyedHash(Bytes key);
  std::string Of(ByteView input) const;

 private:
  Bytes key_;
  std::string id_;
};

}  // namespace madoguchi::audit
