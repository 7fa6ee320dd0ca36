// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "contract/crypto/digest.h"

namespace madoguchi::trail {
namespace {

constexpr std::size_t kKeyHashBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr std::uint64_t kTimeMax = INT64_MAX;        // tlog-cosignature
constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a blank

Error BadNote(std::string what) {
  return {ErrorCode::kTrailCheckpointInvalid, std::move(what), {}};
}

Error BadKey(std::string what) {
  return {ErrorCode::kTrailKeyInvalid, std::move(what), {}};
}

// Only what one encoding has: stray bits behind the last byte would be a change nobody sees.
std::optional<Bytes> FromOnlyBase64(std::string_view text) {
  std::optional<Bytes> bytes = crypto::FromBase64(text);
  if (bytes && crypto::ToBase64(*bytes) != text) return std::nullopt;
  return bytes;
}

bool IsKeyName(std::string_view name) {
  return !name.empty() && name.size() <= kKeyNameBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
}

Bytes KeyHash(const VerifierKey& key) {
  Bytes input(key.name.begin(), key.name.end());
  input.insert(input.end(), {'\n', static_cast<std::uint8_t>(key.type)});
  input.insert(input.end(), key.public_key.begin(), key.public_key.end());
  const crypto::Sha256Digest digest = crypto::Sha256(input);
  return {digest.begin(), digest.begin() + kKeyHashBytes};
}

std::string Signed(std::string_view text, SignatureType type, std::uint64_t seconds) {
  if (type == SignatureType::kEd25519) return std::string(text);
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

// Up to the next line break, which must be there.
std::optional<std::string_view> NextLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

struct SignatureLine {
  std::string_view name;
  Bytes bytes;  // key hash ‖ signature
};

std::optional<SignatureLine> ReadLine(std::string_view line) {
  if (!line.starts_with(kDash)) return std::nullopt;
  line.remove_prefix(kDash.size());
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !IsKeyName(line.substr(0, blank))) return std::nullopt;
  std::optional<Bytes> bytes = FromOnlyBase64(line.substr(blank + 1));
  if (!bytes || bytes->size() <= kKeyHashBytes) return std::nullopt;
  return SignatureLine{line.substr(0, blank), std::move(*bytes)};
}

// The seconds of a cosignature, 0 of another signature; nothing when it is not the key's over the text.
std::optional<std::uint64_t> Accepted(ByteView signature, std::string_view text, const VerifierKey& key) {
  std::uint64_t seconds = 0;
  if (key.type == SignatureType::kCosignature) {
    if (signature.size() < kTimeBytes) return std::nullopt;
    for (const std::uint8_t byte : signature.first(kTimeBytes)) seconds = seconds << 8 | byte;
    if (seconds > kTimeMax) return std::nullopt;
    signature = signature.subspan(kTimeBytes);
  }
  if (!crypto::VerifyEd25519(key.public_key, AsBytes(Signed(text, key.type, seconds)), signature)) return std::nullopt;
  return seconds;
}

}  // namespace

Result<VerifierKey> VerifierKey::Read(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return BadKey("a verifier key is <name>+<8 hex digits>+<base64>");
  VerifierKey key;
  key.name = text.substr(0, first);
  if (!IsKeyName(key.name)) return BadKey("the name in a verifier key");
  const std::optional<Bytes> bytes = FromOnlyBase64(text.substr(second + 1));
  if (!bytes || bytes->size() != 1 + crypto::kEd25519KeyBytes) return BadKey("the length of a verifier key");
  if ((*bytes)[0] != static_cast<std::uint8_t>(SignatureType::kEd25519) &&
      (*bytes)[0] != static_cast<std::uint8_t>(SignatureType::kCosignature)) {
    return BadKey("the type of a verifier key");
  }
  key.type = static_cast<SignatureType>((*bytes)[0]);
  key.public_key.assign(bytes->begin() + 1, bytes->end());
  if (text.substr(first + 1, second - first - 1) != ToHex(KeyHash(key)))
    return BadKey("the digits in a verifier key are not those of its name and key");
  return key;
}

std::string VerifierKey::Written() const {
  Bytes typed = {static_cast<std::uint8_t>(type)};
  typed.insert(typed.end(), public_key.begin(), public_key.end());
  return name + "+" + ToHex(KeyHash(*this)) + "+" + crypto::ToBase64(typed);
}

Signer::Signer(std::string name, crypto::Ed25519Key key, SignatureType type)
    : verifier_{std::move(name), type, key.public_key()}, key_(std::move(key)) {}

std::string Signer::Line(std::string_view text, std::chrono::seconds now) const {
  const auto seconds = static_cast<std::uint64_t>(now.count());
  Bytes bytes = KeyHash(verifier_);
  if (verifier_.type == SignatureType::kCosignature) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(seconds >> shift));
  }
  const Bytes signature = key_.Sign(AsBytes(Signed(text, verifier_.type, seconds)));
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return std::string(kDash) + verifier_.name + " " + crypto::ToBase64(bytes) + "\n";
}

std::string TextOf(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + crypto::ToBase64(checkpoint.root) + "\n";
}

std::string SignedNote(std::string_view text, const Signer& signer) {
  return std::string(text) + "\n" + signer.Line(text, std::chrono::seconds{0});
}

std::string SignedCheckpoint(const Checkpoint& checkpoint, const Signer& signer) {
  return SignedNote(TextOf(checkpoint), signer);
}

Result<OpenedNote> OpenNote(std::string_view note, const VerifierKey& key, std::size_t bytes_max) {
  if (note.size() > bytes_max) return BadNote("a note that is too long");
  const std::size_t end = note.rfind("\n\n");
  if (end == std::string_view::npos) return BadNote("a note without an empty line");
  OpenedNote opened;
  opened.text = note.substr(0, end + 1);
  if (std::any_of(opened.text.begin(), opened.text.end(), [](char c) { return c >= 0 && c < ' ' && c != '\n'; }))
    return BadNote("a control character in a note");
  const Bytes key_hash = KeyHash(key);
  std::string_view rest = note.substr(end + 2);
  bool is_signed = false;
  while (!rest.empty()) {
    const std::optional<std::string_view> line = NextLine(rest);
    const std::optional<SignatureLine> read = line ? ReadLine(*line) : std::nullopt;
    if (!read) return BadNote("a line behind the note's text that is no signature");
    if (opened.signature_lines.size() == kSignaturesMax) return BadNote("too many signatures");
    opened.signature_lines.push_back(std::string(*line) + "\n");
    const auto signature = read->bytes.begin() + kKeyHashBytes;
    if (read->name != key.name || !std::equal(read->bytes.begin(), signature, key_hash.begin())) continue;
    const std::optional<std::uint64_t> seconds = Accepted({signature, read->bytes.end()}, opened.text, key);
    if (!seconds) return BadNote("the signature of " + key.name + " is not one of this text");
    opened.time = std::chrono::seconds(*seconds);
    is_signed = true;
  }
  if (!is_signed) return BadNote("no signature of " + key.name);
  return opened;
}

Result<Checkpoint> ReadCheckpoint(std::string_view text) {
  Checkpoint checkpoint;
  const std::optional<std::string_view> origin = NextLine(text);
  const std::optional<std::string_view> size = origin ? NextLine(text) : std::nullopt;
  const std::optional<std::string_view> root = size ? NextLine(text) : std::nullopt;
  if (!root || origin->empty() || origin->size() > kKeyNameBytesMax)
    return BadNote("a checkpoint is origin, size and root, a line each");
  checkpoint.origin = *origin;
  const auto [read, error] = std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
  if (error != std::errc() || std::to_string(checkpoint.size) != *size || checkpoint.size > kTreeSizeMax)
    return BadNote("the size in a checkpoint");
  const std::optional<Bytes> bytes = FromOnlyBase64(*root);
  if (!bytes || bytes->size() != kHashBytes) return BadNote("the root in a checkpoint");
  std::copy(bytes->begin(), bytes->end(), checkpoint.root.begin());
  return checkpoint;
}

Result<Checkpoint> OpenCheckpoint(std::string_view note, const VerifierKey& key) {
  TRY_ASSIGN(const OpenedNote opened, OpenNote(note, key));
  TRY_ASSIGN(Checkpoint checkpoint, ReadCheckpoint(opened.text));
  if (key.type == SignatureType::kEd25519 && checkpoint.origin != key.name)
    return BadNote("the checkpoint is of another log than the key");
  return checkpoint;
}

}  // namespace madoguchi::trail
