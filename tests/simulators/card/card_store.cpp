// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/card_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "contract/files.h"
#include "tests/simulators/card/test_pki.h"

namespace madoguchi::simulators {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kDay{24};
constexpr char kSightVerifier[] = "/sight-verifier.pem";

struct CaName {
  const char* name;
  Purpose purpose;
  int serial;
};
// Two generations of anchors and a foreign CA share one name; only their keys differ.
constexpr std::array<CaName, 2> kAnchors = {CaName{"auth-1", Purpose::kUserAuthentication, 1},
                                            CaName{"auth-2", Purpose::kUserAuthentication, 2}};
constexpr CaName kForeignCa = {"foreign", Purpose::kUserAuthentication, 3};
constexpr CaName kSignatureCa = {"signature", Purpose::kSignature, 1};

// Held while keys are looked for and made. Released with the descriptor.
class FolderLock {
 public:
  static Result<FolderLock> Take(const std::string& folder) {
    std::error_code error;
    fs::create_directories(folder + "/ca", error);
    if (!error) fs::create_directories(folder + "/cards", error);
    if (error) return Error{ErrorCode::kConfigFileUnwritable, folder + ": " + error.message(), {}};
    const std::string path = folder + "/lock";
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0 || flock(descriptor, LOCK_EX) != 0) {
      return Error{ErrorCode::kConfigFileUnwritable, path + ": " + std::generic_category().message(errno), {}};
    }
    return FolderLock(descriptor);
  }
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

Result<PrivateKey> LoadKey(const std::string& path) {
  TRY_ASSIGN(const std::string pem, ReadPrivateFile(path));
  PrivateKey key = KeyFromPem(pem);
  if (!key) return Error{ErrorCode::kConfigValueInvalid, path + ": not a key in PEM", {}};
  return key;
}

Result<PrivateKey> LoadOrMakeKey(const std::string& path) {
  if (fs::exists(path)) return LoadKey(path);
  PrivateKey key = NewRsaKey();
  TRY_VOID(WriteFileWhole(path, PemOfKey(key), true));
  return key;
}

// The certificate is written last: a CA without one was not finished and is made again.
Result<Ca> LoadOrMakeCa(const std::string& folder, const CaName& ca) {
  const std::string path = folder + "/ca/" + ca.name;
  if (!fs::exists(path + ".pem")) {
    Ca made = MakeCa(ca.purpose, ca.serial, std::chrono::system_clock::now());
    TRY_VOID(WriteFileWhole(path + ".key", PemOfKey(made.key), true));
    TRY_VOID(WriteFileWhole(path + ".pem", PemOfCertificate(made.certificate), false));
    return made;
  }
  TRY_ASSIGN(const std::string pem, ReadSmallFile(path + ".pem"));
  Ca loaded{.certificate = CertificateFromPem(pem), .key = {}};
  if (loaded.certificate.empty())
    return Error{ErrorCode::kConfigValueInvalid, path + ".pem: not a certificate in PEM", {}};
  TRY_ASSIGN(loaded.key, LoadKey(path + ".key"));
  return loaded;
}

// Midnight UTC: a card started twice on one day has the same certificate, byte by byte.
Time Today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

CardMemory FirstMemory(const Person& person) {
  CardMemory memory;
  if (person.pin) memory.pin = *person.pin;
  if (person.tries_left) memory.pin_tries = *person.tries_left;
  return memory;
}

// Secrets are kept in hex: one of a test may be any bytes, line ends included.
Result<std::string> FromHexText(const std::string& hex) {
  const std::optional<Bytes> bytes = FromHex(hex);
  if (!bytes) return Error{ErrorCode::kConfigValueInvalid, "not hex digits", {}};
  return std::string(AsText(*bytes));
}

Result<CardMemory> LoadMemory(const std::string& path, const Person& person) {
  CardMemory memory = FirstMemory(person);
  if (!fs::exists(path)) return memory;
  TRY_ASSIGN(const Settings settings, ReadSettings(path));
  for (const auto& [key, value] : settings) {
    if (key == "pin_hex") {
      TRY_ASSIGN(memory.pin, FromHexText(value));
    } else if (key == "sign_password_hex") {
      TRY_ASSIGN(memory.sign_password, FromHexText(value));
    } else if (key == "pin_tries") {
      TRY_ASSIGN(memory.pin_tries, NumberIn(value, 0, kPinTries));
    } else if (key == "sign_tries") {
      TRY_ASSIGN(memory.sign_tries, NumberIn(value, 0, kSignTries));
    }
  }
  return memory;
}

}  // namespace

std::string CardStore::PathOf(const Person& person, const char* suffix) const {
  return folder_ + "/cards/" + person.id + suffix;
}

Result<void> CardStore::Init(const std::vector<Person>& persons) const {
  TRY_ASSIGN(const FolderLock lock, FolderLock::Take(folder_));
  std::string anchors;
  std::string lists;
  for (std::size_t generation = 0; generation < kAnchors.size(); ++generation) {
    TRY_ASSIGN(const Ca ca, LoadOrMakeCa(folder_, kAnchors[generation]));
    std::vector<Bytes> revoked;
    for (const Person& person : persons) {
      const bool ours = !person.foreign_ca && person.Generation() == static_cast<int>(generation);
      if (ours && person.revoked) revoked.push_back(person.Serial());
    }
    anchors += PemOfCertificate(ca.certificate);
    lists += MakeCrl(ca, revoked, std::chrono::system_clock::now());
  }
  TRY_VOID(LoadOrMakeCa(folder_, kForeignCa));
  TRY_VOID(LoadOrMakeCa(folder_, kSignatureCa));
  TRY_VOID(WriteFileWhole(folder_ + "/anchors.pem", anchors, false));
  return WriteFileWhole(folder_ + "/crl.pem", lists, false);
}

Result<void> CardStore::SetSightVerifier(const std::string& file) const {
  TRY_ASSIGN(const std::string pem, ReadSmallFile(file));
  if (!VerifierFromPem(pem)) return Error{ErrorCode::kConfigValueInvalid, file + ": no P-256 public key in PEM", {}};
  TRY_ASSIGN(const FolderLock lock, FolderLock::Take(folder_));
  return WriteFileWhole(folder_ + kSightVerifier, pem, false);
}

Result<CardOptions> CardStore::Load(const Person& person) const {
  TRY_ASSIGN(const FolderLock lock, FolderLock::Take(folder_));
  if (!fs::exists(folder_ + "/anchors.pem")) {
    return Error{ErrorCode::kConfigFileUnreadable,
                 folder_ + ": no test CA here yet; run 'madoguchi-virtual-card init' first",
                 {}};
  }
  const CaName& issuer_name = person.foreign_ca ? kForeignCa : kAnchors[static_cast<std::size_t>(person.Generation())];
  TRY_ASSIGN(const Ca issuer, LoadOrMakeCa(folder_, issuer_name));
  TRY_ASSIGN(const Ca signature_issuer, LoadOrMakeCa(folder_, kSignatureCa));
  CardOptions card;
  TRY_ASSIGN(card.auth_key, LoadOrMakeKey(PathOf(person, ".auth.key")));
  TRY_ASSIGN(card.sign_key, LoadOrMakeKey(PathOf(person, ".sign.key")));
  TRY_ASSIGN(card.memory, LoadMemory(PathOf(person, ".memory"), person));
  Leaf leaf{.purpose = Purpose::kUserAuthentication,
            .common_name = person.CommonName(),
            .serial = person.Serial(),
            .not_before = Today() + kDay * person.valid_from_days,
            .not_after = Today() + kDay * person.valid_until_days};
  card.auth_certificate = MakeLeaf(leaf, card.auth_key, issuer);
  card.auth_ca_certificate = issuer.certificate;
  leaf.purpose = Purpose::kSignature;
  card.sign_certificate = MakeLeaf(leaf, card.sign_key, signature_issuer);
  card.sign_ca_certificate = signature_issuer.certificate;
  card.pin_disabled = person.pin_disabled;
  card.extended_apdu = person.extended_apdu;
  if (person.token_label) card.token_label = *person.token_label;
  if (fs::exists(folder_ + kSightVerifier)) {
    TRY_ASSIGN(const std::string pem, ReadSmallFile(folder_ + kSightVerifier));
    card.sight_verifier = VerifierFromPem(pem);
    if (!card.sight_verifier)
      return Error{ErrorCode::kConfigValueInvalid, folder_ + kSightVerifier + ": no P-256 public key in PEM", {}};
  }
  return card;
}

Result<void> CardStore::SaveMemory(const Person& person, const CardMemory& memory) const {
  const std::string text = "pin_hex = " + ToHex(AsBytes(memory.pin)) +
                           "\nsign_password_hex = " + ToHex(AsBytes(memory.sign_password)) +
                           "\npin_tries = " + std::to_string(memory.pin_tries) +
                           "\nsign_tries = " + std::to_string(memory.sign_tries) + "\n";
  return WriteFileWhole(PathOf(person, ".memory"), text, true);
}

}  // namespace madoguchi::simulators
