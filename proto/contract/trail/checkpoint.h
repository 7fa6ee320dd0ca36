// SPDX-License-Identifier: Apache-2.0
// Checkpoints: the signed head of the tree, in the formats C2SP signed-note, tlog-checkpoint and tlog-cosignature:
//
//   <origin>\n<size>\n<base64 root>\n\n— <key name> <base64(4 bytes key hash ‖ signature)>\n …
//
// Key hash: first 4 bytes of SHA-256(name ‖ 0A ‖ type ‖ public key); type 01 Ed25519 (over the text), 04 cosignature/v1
// (over "cosignature/v1\ntime <seconds>\n" ‖ text; signature = time, 8 bytes big endian ‖ 64 bytes). A verifier key is
// written <name>+<8 hex digits key hash>+<base64(type ‖ public key)>. The origin is the log's key name.
// Thread: any. Errors: TRAIL_CHECKPOINT_INVALID (which part does not fit) · TRAIL_KEY_INVALID.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contract/bytes.h"
#include "contract/crypto/ed25519.h"
#include "contract/result.h"
#include "contract/trail/merkle.h"

namespace madoguchi::trail {

inline constexpr std::size_t kNoteBytesMax = 4096;    // of a checkpoint
inline constexpr std::size_t kKeyNameBytesMax = 100;  // no space, no '+'
inline constexpr std::size_t kSignaturesMax = 8;      // of one note

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
};

enum class SignatureType : std::uint8_t { kEd25519 = 0x01, kCosignature = 0x04 };

struct VerifierKey {
  std::string name;
  SignatureType type = SignatureType::kEd25519;
  Bytes public_key;  // 32 bytes
  static Result<VerifierKey> Read(std::string_view text);
  std::string Written() const;
};

class Signer {
 public:
  Signer(std::string name, crypto::Ed25519Key key, SignatureType type);
  const VerifierKey& verifier() const { return verifier_; }
  // The signature line of a note whose text is `text` (with its last line break). `now`: of a cosignature only.
  std::string Line(std::string_view text, std::chrono::seconds now) const;

 private:
  VerifierKey verifier_;
  crypto::Ed25519Key key_;
};

std::string TextOf(const Checkpoint& checkpoint);
// The whole note: the text, an empty line, the signer's line.
std::string SignedNote(std::string_view text, const Signer& signer);
std::string SignedCheckpoint(const Checkpoint& checkpoint, const Signer& signer);

// A note is read only together with the key that must have signed it; other signatures are left alone.
struct OpenedNote {
  std::string text;
  std::vector<std::string> signature_lines;  // each with its line break
  std::chrono::seconds time{0};              // since 1970; of a cosignature's key only
};
Result<OpenedNote> OpenNote(std::string_view note, const VerifierKey& key, std::size_t bytes_max = kNoteBytesMax);
// The text of a checkpoint, which nothing vouches for. Lines behind the third are left alone (tlog-checkpoint).
Result<Checkpoint> ReadCheckpoint(std::string_view text);
// As above, signed by the key; and of the log that the key is of, unless it is a witness's key.
Result<Checkpoint> OpenCheckpoint(std::string_view note, const VerifierKey& key);

}  // namespace madoguchi::trail
