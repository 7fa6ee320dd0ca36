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

// How long after its end a press may be sent again for its answer. The national side answers an identical question the
// same.
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
  std::string presenter = {};     // "holder", "guardian", "assisted"; empty: not said
  std::string photo_check = {};   // "compared", "none", "another"; empty: not looked at
  // How long at photo and face, rounded down, column `seconds`; nothing: not measured.
  std::optional<int> looked_seconds = {};
  std::string inquiry_reason = {};  // of an inquiry by numbers
  std::string patient_hash = {};    // KeyedHash() of the facility's patient number; empty: none was given
  // A receipt computer's request, asked for this desk's account: no desk certificate and no operator are asked for.
  bool by_file = false;
  std::string source_address = {};  // IP address of the desk's stream
  std::string trace_id = {};        // of this press at this server: contract/trace.h
  std::string inquiry_id = {};      // ArbitraryFileIdentifier of the question
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
  std::string segment_of_result_code, processing_status_code, processing_code,
      validity_code;           // as received, empty if absent
  std::string insurance_hash;  // subject.h, of every result, comma-separated; empty: no numbers are known
  std::uint32_t results = 0;
  std::chrono::microseconds card{0}, national{0}, total{0};
  std::uint32_t card_trips = 0;
  std::vector<KeptRow> kept = {};               // not written when ends_press is false
  std::vector<std::string> person_hashes = {};  // handoff::PersonHashes: one per result; empty: its name can be used
};

// Anything else worth a row. `action` is a stable word such as "desk.policy_refusal".
struct Event {
  std::string action;
  std::string desk_id;  // empty if none
  std::optional<Bytes> press_id;
  int code = 0;
  std::string detail;                 // no personal data; at most kDetailBytesMax (event.h)
  std::string account_id = {};        // empty if none
  std::string institution_code = {};  // empty if none
  std::string actor =
      {};  // who did it: user of the console, "desk", "server", "national", "root"; empty: does not matter
  // Left empty by most: filled by origin.h from who acts on this thread, or by the database.
  std::string role = {}, authentication = {}, source_address = {}, trace_id = {};
  std::string operator_code = {};  // empty: of a desk's act, who is signed in there
  std::string inquiry_id = {};
  std::string shown = {};                        // blocks of a result on the desk's screen, as words: "insurance,notes"
  std::optional<int> seconds = {};               // how long that, or a maintenance window, lasted
  std::string file_name = {}, file_sha256 = {};  // of what left or came in; hex
  std::string destination = {};                  // a channel's or sink's name
};

class Trail {
 public:
  virtual ~Trail() = default;
  // A press that was sent again is taken over (epoch + 1) while it is open; together with its proof (`resumes`) also
  // within kLostAnswerResent after its end, because the answer may have been lost on the way. Inserts the intent and
  // the press in one statement that itself selects "desk active and account active for that desk". TRAIL_UNAVAILABLE
  // (nothing may happen then) · ACCOUNT_NOT_USABLE · DESK_NOT_ACTIVE · CERTIFICATE_NOT_ACCEPTED · NOT_LOGGED_IN ·
  // OPERATOR_NEEDED · METHOD_NOT_ALLOWED_HERE · PRESS_ID_REUSED (other desk or card, or already ended).
  virtual Result<IntentReceipt> RecordIntent(const CheckIntent& intent, Deadline deadline) = 0;
  // OUTCOME_NOT_RECORDED · PRESS_TAKEN_OVER (the epoch is not current any more: nothing was written).
  virtual Result<void> RecordOutcome(const CheckOutcome& outcome, Deadline deadline) = 0;
  virtual Result<void> RecordEvent(const Event& event, Deadline deadline) = 0;
};

inline constexpr std::size_t kKeyEpochsMax = 16;  // the current key and the retired ones

// HMAC-SHA-256 as 64 hex digits, prefixed by the key's id: "<key id>:<hex>". The keys live outside the database.
// A key that was changed stays as a retired one for as long as rows it hashed are kept.
class KeyedHash {
 public:
  // key: at least 32 bytes. The id is the first 8 hex digits of SHA-256 of the key. retired: the newest first, at most
  // kKeyEpochsMax - 1.
  explicit KeyedHash(Bytes key, std::vector<Bytes> retired = {});
  // By the current key: what is written.
  std::string Of(ByteView input) const;
  // By every key, the current first: what a search looks for.
  std::vector<std::string> AllOf(ByteView input) const;
  // By the first key there ever was: for hashes that must stay what they are when the key is changed (codes, confirmed
  // names, locks).
  KeyedHash First() const;

 private:
  struct Epoch {
    Bytes key;
    std::string id;
  };
  static std::string Hash(const Epoch& epoch, ByteView input);
  std::vector<Epoch> epochs_;  // the current one first; never empty
};

}  // namespace madoguchi::audit
