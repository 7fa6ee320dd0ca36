// SPDX-License-Identifier: Apache-2.0
// JpkiCard: the JPKI application of a simulated My Number Card, one APDU in, one answer out. It never fails and never
// throws: whatever comes in gets a status word. What is not public about real cards is marked "assumption" below.
// Thread: one at a time. Ownership: values; the keys are shared with OpenSSL's counting.
// Sources: reference/jpki-card.md §1–3 and §9 (status "agreed" unless noted), ISO 7816-4 §5 and §11.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "contract/bytes.h"
#include "tests/simulators/card/timing.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace madoguchi::simulators {

struct Command;  // command.h

using PrivateKey = std::shared_ptr<evp_pkey_st>;
using PublicKey = std::shared_ptr<evp_pkey_st>;

inline constexpr int kPinTries = 3;                     // user-authentication PIN (reference/jpki-card.md §3)
inline constexpr int kSignTries = 5;                    // signature password
inline constexpr std::size_t kPinBytesMax = 16;         // longer Lc: 6700, no try spent (assumption)
inline constexpr std::size_t kSignInputBytesMax = 245;  // RFC 8017 §9.2: 256 - 11
inline constexpr std::size_t kAnswerBytesMax =
    65533;  // without status word; vpcd frame limit (reference/virtual-card.md §1)
inline constexpr std::size_t kFillerBytesMin =
    16;  // FF after the DER of a certificate; its file ends at a multiple of:
inline constexpr std::size_t kCertificateFileGrain = 256;  // bytes
// ATR of a contactless card as a PC/SC reader builds it (PC/SC part 3 §3.1.3.2.3.2, reference/jpki-card.md §4).
inline constexpr std::uint8_t kAtr[] = {0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x05, 0xE0, 0xB3, 0x81, 0xA1, 0x00, 0x7F};

// What a card remembers without power.
struct CardMemory {
  std::string pin = "1234";
  std::string sign_password = "ABC123";
  int pin_tries = kPinTries;
  int sign_tries = kSignTries;
  bool operator==(const CardMemory&) const = default;
};

struct CardOptions {
  Bytes auth_certificate = {}, auth_ca_certificate = {};  // DER
  Bytes sign_certificate = {}, sign_ca_certificate = {};  // DER
  PrivateKey auth_key = {}, sign_key = {};                // RSA-2048
  CardMemory memory = {};
  std::string token_label = "JPKIAPICCTOKEN2";  // EF 0006, at most 32 ASCII characters
  // The public key (P-256) of the one verifier this card lets its key be used for by sight, without a PIN. Null: none,
  // and EXTERNAL AUTHENTICATE is as unknown as before. How a real card does it is not public; this is the reference
  // scheme of docs/decisions/0013, and no claim about a real card.
  PublicKey sight_verifier = {};
  // A card without a PIN (顔認証マイナンバーカード). What it answers is not public; assumption: 6A88, "reference data
  // not found" (ISO 7816-4 Table 6), to VERIFY with data and without, and 6982 to the signature.
  bool pin_disabled = false;
  // Public sources disagree on when a verified PIN is forgotten: true = only without power (measured on a card), false
  // = also at a warm reset and when the application is selected again (what OpenSC's log-out relies on).
  bool pin_state_survives_reset = true;
  bool extended_apdu = true;                // false: 6700 to every extended APDU
  bool blocked_look_answers_6984 = false;   // empty VERIFY on a blocked PIN: 63C0 (what OpenSC needs), or 6984
  bool first_command_answers_6f00 = false;  // the first command after power-up, as measured on one card
  bool not_a_my_number_card = false;        // 6A82 to every application
  Timing timing = Timing::kFast;
};

class JpkiCard {
 public:
  // `save` is called with every change of the memory, before the answer is given; it may be empty.
  explicit JpkiCard(CardOptions options, std::function<void(const CardMemory&)> save = {});

  void PowerOn();  // forgets the session; also done by the first command to a card without power
  void PowerOff();
  void WarmReset();
  // Answer data and the two bytes of the status word.
  Bytes Transmit(ByteView command);

  const CardOptions& options() const { return options_; }
  const CardMemory& memory() const { return options_.memory; }

 private:
  struct File {
    Bytes content;  // empty: a key or a PIN, not readable
    bool needs_sign_password = false;
  };
  struct Answer {
    std::uint16_t status_word;
    Bytes data = {};
  };
  struct Secret;  // one of the two PINs, as VERIFY sees it

  Answer Execute(const Command& command);
  Answer Select(const Command& command);
  Answer SelectApplication(const Command& command);
  Answer ReadBinary(const Command& command);
  Answer Verify(const Command& command);
  Answer ChangePin(const Command& command);
  Answer Sign(const Command& command);
  Answer GetChallenge(const Command& command);
  Answer ExternalAuthenticate(const Command& command);
  // The file that P2 names: 80 = the current one, 80|SFI = by short identifier. 0 and the status word when there is
  // none.
  std::uint16_t Reference(std::uint8_t p2, std::uint16_t& status_word) const;
  Secret SecretOf(std::uint16_t file);
  void ForgetVerification();
  void ForgetSight();
  void Save() const;

  CardOptions options_;
  std::function<void(const CardMemory&)> save_;
  std::map<std::uint16_t, File> files_;
  bool powered_ = false;
  bool first_command_ = false;
  bool application_ = false;
  std::uint16_t current_file_ = 0;  // 0 = none
  bool pin_verified_ = false;
  bool sign_verified_ = false;
  // ISO 7816-4 §11.5.3 promises a challenge for the next command at least. This card keeps it longer: for one EXTERNAL
  // AUTHENTICATE, whatever comes in between, until power, reset or a selection of the application ends it. Empty: none.
  Bytes challenge_;
  bool sight_proved_ = false;  // the authentication key signs once without PIN
};

// A card with fresh keys and a CA made in memory, for unit tests: fills what `options` leaves empty. The keys are made
// once per process; two cards share them, their certificates differ.
JpkiCard MakeTestCard(CardOptions options = {});

}  // namespace madoguchi::simulators
