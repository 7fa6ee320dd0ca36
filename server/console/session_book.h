// SPDX-License-Identifier: Apache-2.0
// SessionBook: the seam to what is kept of log-ins and sessions of the console's users. store/ implements it; every
// time in it is the database's. Only digests of tokens and codes pass here. Thread: any; calls block up to their
// deadline. Errors beside the named ones: DATABASE_….
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/sealed_mail.h"

namespace madoguchi::console {

inline constexpr int kAttemptsMax = 5;  // wrong ones in a row
inline constexpr std::chrono::minutes kLockedFor{30};
inline constexpr std::size_t kFailureRowsMax = 10'000;  // of ids that nobody has; the oldest go first
inline constexpr std::chrono::days kEndedSessionsKept{30};
inline constexpr std::chrono::days kEndedResetsKept{1};  // counted for an hour
inline constexpr int kForgottenAtOnce = 1000;            // rows of each kind in one round
inline constexpr std::chrono::minutes kResetValid{30};
inline constexpr int kResetsPerHourMax = 3;     // per user
inline constexpr int kSessionsPerUserMax = 10;  // one more ends the oldest
inline constexpr std::size_t kTokenBytes = 32;
inline constexpr std::size_t kUserIdMax = 39;

// What the TLS handshake says of a caller.
struct Door {
  std::string console_id;  // UUID text, of the certificate's URI
  Bytes certificate_sha256;
};

// How long a session lasts: without a call, and at most.
struct SessionTimes {
  std::chrono::minutes idle{15};
  std::chrono::minutes longest{12 * 60};
};

struct SessionFacts {
  std::string user_id;
  std::string role;                            // "administrator", "auditor", "viewer"
  std::vector<std::string> institution_codes;  // empty: all
  bool complete = false;                       // password chosen and TOTP set up
  bool by_recovery_code = false;               // the second factor it was opened with
  bool password_must_change = false, totp_must_be_set_up = false;
  std::string idle_ends_at, ends_at;  // RFC 3339, UTC
  std::uint32_t recovery_codes_left = 0;
};

// One attempt to prove to be somebody, counted as wrong until it is taken back: parallel guesses count one by one.
struct Attempt {
  std::chrono::milliseconds locked_for{0};  // not zero: refused, nothing was counted
  bool last = false;                        // a wrong one locks
  std::int64_t now = 0;                     // seconds since 1970 by the database's clock
  bool known = false;                       // there is such a user, and they are enabled
  std::string password_hash;                // empty: none
  Bytes totp_sealed, totp_next_sealed;      // totp_sealed is empty while not confirmed
  std::int64_t totp_last_step = 0;
};

// Who is being guessed at. The hash is of the id as typed, so that ids that nobody has count alike.
struct Claim {
  std::string user_id;
  std::string user_hash;
  bool of_reset = false;  // a reset code is guessed at: counted apart, so that neither locks the other
};

struct NewSession {
  Bytes token_sha256;
  std::string console_id;
  std::int64_t totp_step = 0;      // of the code that was given; 0: none
  std::string recovery_code_hash;  // the code that was given; empty: none
  std::string password_hash;       // the one that was compared with
};

class SessionBook {
 public:
  virtual ~SessionBook() = default;

  // CONSOLE_CERTIFICATE_INVALID: not in the book, revoked or expired.
  virtual Result<void> AdmitConsole(const Door& door, Deadline deadline) = 0;
  // The session of this token, opened with this console; its idle time starts anew. CONSOLE_CERTIFICATE_INVALID ·
  // SESSION_INVALID: unknown, ended, or its user was disabled.
  virtual Result<SessionFacts> Admit(const Door& door, ByteView token_sha256, Deadline deadline) = 0;

  virtual Result<Attempt> BeginAttempt(const Claim& claim, Deadline deadline) = 0;
  // It was wrong: into the trail, with the lock if it was the last of five.
  virtual Result<void> FailAttempt(const Claim& claim, const Attempt& attempt, Deadline deadline) = 0;
  // Nothing was compared (the server was busy).
  virtual Result<void> TakeBackAttempt(const Claim& claim, Deadline deadline) = 0;

  // The attempt was right: the failures are forgotten and the session begins. CONSOLE_LOG_IN_REFUSED: the code was
  // used, or the user changed, meanwhile.
  virtual Result<SessionFacts> BeginSession(const Claim& claim, const NewSession& session, Deadline deadline) = 0;
  virtual Result<void> EndSession(ByteView token_sha256, Deadline deadline) = 0;

  // The attempt was right: forgets the failures and uses up the step of the code. SESSION_INVALID: that code was used
  // already.
  virtual Result<void> UseTotpStep(const Claim& claim, std::int64_t step, Deadline deadline) = 0;
  // The attempt with the old password was right. Ends every other session of the user.
  virtual Result<void> ChangePassword(const Claim& claim, const std::string& password_hash, ByteView token_sha256,
                                      Deadline deadline) = 0;
  // The attempt with the password was right: a new secret, good once it is confirmed.
  virtual Result<void> KeepNextTotp(const Claim& claim, const Bytes& sealed, Deadline deadline) = 0;
  // Sealed secret that waits for its first code, and now. STATE_NOT_POSSIBLE: none was begun.
  struct NextTotp {
    Bytes sealed;
    std::int64_t now = 0;
  };
  virtual Result<NextTotp> LoadNextTotp(const std::string& user_id, Deadline deadline) = 0;
  // Makes `sealed` the user's secret and these the only recovery codes; ends every other session. CHANGED_MEANWHILE.
  struct ConfirmedTotp {
    Bytes sealed;
    std::int64_t step = 0;
    std::vector<std::string> recovery_code_hashes;
  };
  virtual Result<void> ConfirmTotp(const std::string& user_id, const ConfirmedTotp& totp, ByteView token_sha256,
                                   Deadline deadline) = 0;

  // Keeps the code and queues the mail that holds it, in one; neither when there is no such user, they are disabled, or
  // asked too often.
  virtual Result<void> MakeReset(const std::string& user_id, const std::string& code_hash,
                                 const account::SealedMail& mail, Deadline deadline) = 0;
  // Uses the code up, sets the password, ends all sessions. CONSOLE_LOG_IN_REFUSED: unknown, used, expired or another
  // user's. An attempt of the claim comes first.
  virtual Result<void> UseReset(const Claim& claim, const std::string& code_hash, const std::string& password_hash,
                                Deadline deadline) = 0;

  // Deletes sessions and reset codes that ended long ago. False: there are more.
  virtual Result<bool> ForgetEnded(Deadline deadline) = 0;
};

}  // namespace madoguchi::console
