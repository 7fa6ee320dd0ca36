// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/jpki_card.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <utility>

#include "contract/crypto/digest.h"
#include "tests/simulators/card/command.h"

namespace madoguchi::simulators {
namespace {

// Status words: ISO 7816-4 Table 5 and 6.
constexpr std::uint16_t kOk = 0x9000;
constexpr std::uint16_t kNotAuthenticated = 0x6300;
constexpr std::uint16_t kTriesLeft = 0x63C0;
constexpr std::uint16_t kWrongLength = 0x6700;
constexpr std::uint16_t kChannelNotSupported = 0x6881;
constexpr std::uint16_t kSecureMessagingNotSupported = 0x6882;
constexpr std::uint16_t kChainingNotSupported = 0x6884;
constexpr std::uint16_t kWrongFileType = 0x6981;
constexpr std::uint16_t kSecurityStatus = 0x6982;
constexpr std::uint16_t kBlocked = 0x6984;
constexpr std::uint16_t kConditionsOfUse = 0x6985;
constexpr std::uint16_t kNoCurrentFile = 0x6986;
constexpr std::uint16_t kSecureMessagingObjects = 0x69FC;
constexpr std::uint16_t kWrongData = 0x6A80;
constexpr std::uint16_t kNotFound = 0x6A82;
constexpr std::uint16_t kWrongParameters = 0x6A86;
constexpr std::uint16_t kReferenceNotFound = 0x6A88;
constexpr std::uint16_t kWrongOffset = 0x6B00;
constexpr std::uint16_t kUnknownInstruction = 0x6D00;
constexpr std::uint16_t kUnknownClass = 0x6E00;
constexpr std::uint16_t kNoDiagnosis = 0x6F00;

constexpr std::uint8_t kSelect = 0xA4, kReadBinary = 0xB0, kVerify = 0x20, kChangePin = 0x24, kGetChallenge = 0x84,
                       kExternalAuthenticate = 0x82, kSign = 0x2A;
constexpr std::array<std::uint8_t, 10> kJpkiApplication = {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};

constexpr std::uint16_t kSignCertificateFile = 0x0001, kSignCaFile = 0x0002, kTokenFile = 0x0006,
                        kAvailabilityFile = 0x0008;
constexpr std::uint16_t kAuthCertificateFile = 0x000A, kAuthCaFile = 0x000B, kVerifierKeyFile = 0x0016;
constexpr std::uint16_t kAuthKeyFile = 0x0017, kPinFile = 0x0018, kSignKeyFile = 0x001A, kPasswordFile = 0x001B;

constexpr std::size_t kTokenBytes = 160;
constexpr std::size_t kTokenLabelBytes = 32;
constexpr std::size_t kSignatureBytes = 256;  // RSA-2048
constexpr std::size_t kChallengeBytesMax = 256;
constexpr std::size_t kSignPasswordMin = 6;
constexpr std::size_t kSightProofBytesMax = 72;  // ECDSA P-256 in DER (RFC 3279 §2.2.3)
constexpr std::string_view kSightDomain("madoguchi.sight.v1\0", 19);

Bytes CertificateFile(const Bytes& der) {
  Bytes file = der;
  file.resize(
      (der.size() + kFillerBytesMin + kCertificateFileGrain - 1) / kCertificateFileGrain * kCertificateFileGrain, 0xFF);
  return file;
}

Bytes TokenFile(const std::string& label) {
  Bytes file(kTokenBytes, 0x00);
  std::fill_n(file.begin(), kTokenLabelBytes, std::uint8_t{' '});
  std::copy_n(label.begin(), std::min(label.size(), kTokenLabelBytes), file.begin());
  return file;
}

Bytes WithStatus(Bytes data, std::uint16_t status_word) {
  data.push_back(static_cast<std::uint8_t>(status_word >> 8));
  data.push_back(static_cast<std::uint8_t>(status_word & 0xFF));
  return data;
}

bool AreDigits(ByteView text) {
  return std::all_of(text.begin(), text.end(), [](std::uint8_t c) { return c >= '0' && c <= '9'; });
}

bool AreCapitalsOrDigits(ByteView text) {
  return std::all_of(text.begin(), text.end(),
                     [](std::uint8_t c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

// What a class byte is refused with (ISO 7816-4 §5.4.1); kOk for 00 and 80, the two a JPKI card takes.
std::uint16_t CheckClass(std::uint8_t cla, std::uint8_t ins) {
  if (cla == 0x00 || cla == 0x80) return kOk;
  if (cla >= 0x40 && cla <= 0x7F) return kChannelNotSupported;
  if (cla >= 0x20 && cla != 0x81 && cla != 0x82 && cla != 0x83) return kUnknownClass;
  if ((cla & 0x03) != 0) return kChannelNotSupported;
  if ((cla & 0x10) != 0) return kChainingNotSupported;
  return ins == kSelect ? kSecureMessagingNotSupported : kSecureMessagingObjects;
}

// PKCS#1 v1.5 type 1 padding over whatever it is given, as the card does (reference/jpki-card.md §3). Empty on failure.
Bytes RawSignature(evp_pkey_st* key, ByteView input) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key, nullptr),
                                                                            EVP_PKEY_CTX_free);
  if (!context || EVP_PKEY_sign_init(context.get()) != 1) return {};
  if (EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) return {};
  Bytes signature(kSignatureBytes);
  std::size_t length = signature.size();
  if (EVP_PKEY_sign(context.get(), signature.data(), &length, input.data(), input.size()) != 1) return {};
  signature.resize(length);
  return signature;
}

// ECDSA over SHA-256("madoguchi.sight.v1" 00 ‖ SHA-256(certificate) ‖ challenge) (docs/national-service-seam.md).
bool IsSightProof(evp_pkey_st* verifier, ByteView certificate, ByteView challenge, ByteView proof) {
  const crypto::Sha256Digest digest = crypto::Sha256(certificate);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, verifier) == 1 &&
         EVP_DigestVerifyUpdate(context.get(), kSightDomain.data(), kSightDomain.size()) == 1 &&
         EVP_DigestVerifyUpdate(context.get(), digest.data(), digest.size()) == 1 &&
         EVP_DigestVerifyUpdate(context.get(), challenge.data(), challenge.size()) == 1 &&
         EVP_DigestVerifyFinal(context.get(), proof.data(), proof.size()) == 1;
}

}  // namespace

struct JpkiCard::Secret {
  std::string& value;
  int& tries;
  int tries_max;
  bool& verified;
};

JpkiCard::JpkiCard(CardOptions options, std::function<void(const CardMemory&)> save)
    : options_(std::move(options)), save_(std::move(save)) {
  files_[kSignCertificateFile] = {CertificateFile(options_.sign_certificate), true};
  files_[kSignCaFile] = {CertificateFile(options_.sign_ca_certificate)};
  files_[kTokenFile] = {TokenFile(options_.token_label)};
  files_[kAvailabilityFile] = {{0x8F, 0x8F, 0x00}};
  files_[kAuthCertificateFile] = {CertificateFile(options_.auth_certificate)};
  files_[kAuthCaFile] = {CertificateFile(options_.auth_ca_certificate)};
  for (const std::uint16_t inner : {kVerifierKeyFile, kAuthKeyFile, kPinFile, kSignKeyFile, kPasswordFile})
    files_[inner] = {};
}

void JpkiCard::ForgetVerification() {
  pin_verified_ = sign_verified_ = false;
}

void JpkiCard::PowerOn() {
  PowerOff();
  powered_ = true;
  first_command_ = options_.first_command_answers_6f00;
}

void JpkiCard::ForgetSight() {
  challenge_.clear();
  sight_proved_ = false;
}

void JpkiCard::PowerOff() {
  powered_ = application_ = false;
  current_file_ = 0;
  ForgetVerification();
  ForgetSight();
}

void JpkiCard::WarmReset() {
  application_ = false;
  current_file_ = 0;
  ForgetSight();
  if (!options_.pin_state_survives_reset) ForgetVerification();
}

void JpkiCard::Save() const {
  if (save_) save_(options_.memory);
}

Bytes JpkiCard::Transmit(ByteView command) {
  const auto start = std::chrono::steady_clock::now();
  if (!powered_) PowerOn();
  const std::optional<Command> parsed = ParseCommand(command);
  Answer answer{kWrongLength};
  if (std::exchange(first_command_, false)) {
    answer = {kNoDiagnosis};
  } else if (parsed && (!parsed->extended || options_.extended_apdu)) {
    answer = Execute(*parsed);
  }
  Bytes bytes = WithStatus(std::move(answer.data), answer.status_word);
  if (options_.timing == Timing::kReal) {
    auto until = start + ExchangeTime(command.size(), bytes.size());
    if (parsed && (parsed->ins == kVerify || parsed->ins == kExternalAuthenticate) && !parsed->data.empty())
      until += kVerifyTime;
    if (parsed && parsed->ins == kSign && answer.status_word == kOk) until += kSignTime;
    WaitUntil(until);
  }
  return bytes;
}

JpkiCard::Answer JpkiCard::Execute(const Command& command) {
  if (const std::uint16_t refused = CheckClass(command.cla, command.ins); refused != kOk) return {refused};
  if (command.cla == 0x80) return command.ins == kSign ? Sign(command) : Answer{kUnknownInstruction};
  switch (command.ins) {
    case kSelect:
      return Select(command);
    case kReadBinary:
      return ReadBinary(command);
    case kVerify:
      return Verify(command);
    case kChangePin:
      return ChangePin(command);
    case kGetChallenge:
      return GetChallenge(command);
    case kExternalAuthenticate:
      return options_.sight_verifier ? ExternalAuthenticate(command) : Answer{kUnknownInstruction};
    default:
      return {kUnknownInstruction};
  }
}

JpkiCard::Answer JpkiCard::Select(const Command& command) {
  if (command.p2 != 0x0C && command.p2 != 0x00) return {kWrongParameters};
  if (command.p1 == 0x04) return SelectApplication(command);
  if (command.p1 == 0x00) {
    // There is no usable master file (measured: reference/jpki-card.md §1).
    if (!command.data.empty()) return {kNotFound};
    return {application_ ? kOk : kWrongParameters};
  }
  if (command.p1 != 0x02) return {kWrongParameters};
  if (command.data.size() != 2) return {kWrongLength};
  const auto file = static_cast<std::uint16_t>(command.data[0] << 8 | command.data[1]);
  if (!application_ || !files_.contains(file)) return {kNotFound};
  current_file_ = file;
  return {kOk};
}

JpkiCard::Answer JpkiCard::SelectApplication(const Command& command) {
  const bool ours =
      std::equal(command.data.begin(), command.data.end(), kJpkiApplication.begin(), kJpkiApplication.end());
  if (!ours || options_.not_a_my_number_card) return {kNotFound};
  application_ = true;
  current_file_ = 0;
  ForgetSight();
  if (!options_.pin_state_survives_reset) ForgetVerification();
  return {kOk};
}

std::uint16_t JpkiCard::Reference(std::uint8_t p2, std::uint16_t& status_word) const {
  const auto short_id = static_cast<std::uint16_t>(p2 & 0x1F);
  if ((p2 & 0xE0) != 0x80) {
    status_word = kWrongParameters;
  } else if (short_id == 0) {
    status_word = kNoCurrentFile;
    return current_file_;
  } else if (application_ && files_.contains(short_id)) {
    return short_id;
  } else {
    status_word = kReferenceNotFound;
  }
  return 0;
}

JpkiCard::Answer JpkiCard::ReadBinary(const Command& command) {
  const bool by_short_id = (command.p1 & 0x80) != 0;
  std::uint16_t file = current_file_;
  std::size_t offset = command.p2;
  if (by_short_id) {
    if ((command.p1 & 0x60) != 0) return {kWrongParameters};
    file = command.p1 & 0x1F;
    if (!application_ || !files_.contains(file)) return {kNotFound};
  } else {
    offset |= static_cast<std::size_t>(command.p1) << 8;
    if (file == 0) return {kNoCurrentFile};
  }
  const File& found = files_.at(file);
  current_file_ = file;
  if (found.content.empty()) return {kWrongFileType};
  if (found.needs_sign_password && !sign_verified_) return {kSecurityStatus};
  if (!command.data.empty() || command.expected == 0) return {kWrongLength};
  if (offset >= found.content.size()) return {kWrongOffset};
  const std::size_t length = std::min({command.expected, found.content.size() - offset, kAnswerBytesMax});
  const auto begin = found.content.begin() + static_cast<std::ptrdiff_t>(offset);
  return {kOk, Bytes(begin, begin + static_cast<std::ptrdiff_t>(length))};
}

JpkiCard::Secret JpkiCard::SecretOf(std::uint16_t file) {
  CardMemory& memory = options_.memory;
  if (file == kPinFile) return {memory.pin, memory.pin_tries, kPinTries, pin_verified_};
  return {memory.sign_password, memory.sign_tries, kSignTries, sign_verified_};
}

JpkiCard::Answer JpkiCard::Verify(const Command& command) {
  if (command.p1 != 0x00) return {kWrongParameters};
  std::uint16_t status_word = kOk;
  const std::uint16_t file = Reference(command.p2, status_word);
  if (file == 0) return {status_word};
  if (file != kPinFile && file != kPasswordFile) return {kWrongFileType};
  if (file == kPinFile && options_.pin_disabled) return {kReferenceNotFound};
  if (command.expected != 0 || command.data.size() > kPinBytesMax) return {kWrongLength};
  Secret secret = SecretOf(file);
  if (command.data.empty()) {
    if (secret.tries == 0 && options_.blocked_look_answers_6984) return {kBlocked};
    return {static_cast<std::uint16_t>(kTriesLeft | secret.tries)};
  }
  if (secret.tries == 0) return {kBlocked};
  secret.verified = AsText(command.data) == secret.value;
  const int tries = std::exchange(secret.tries, secret.verified ? secret.tries_max : secret.tries - 1);
  if (secret.tries != tries) Save();
  return {secret.verified ? kOk : static_cast<std::uint16_t>(kTriesLeft | secret.tries)};
}

JpkiCard::Answer JpkiCard::ChangePin(const Command& command) {
  if (command.p1 != 0x01) return {kWrongParameters};
  std::uint16_t status_word = kOk;
  const std::uint16_t file = Reference(command.p2, status_word);
  if (file == 0) return {status_word};
  if (file != kPinFile && file != kPasswordFile) return {kWrongFileType};
  Secret secret = SecretOf(file);
  if (!secret.verified) return {kSecurityStatus};
  if (command.data.empty() || command.data.size() > kPinBytesMax || command.expected != 0) return {kWrongLength};
  const bool good = file == kPinFile ? command.data.size() == 4 && AreDigits(command.data)
                                     : command.data.size() >= kSignPasswordMin && AreCapitalsOrDigits(command.data);
  if (!good) return {kWrongData};
  secret.value = AsText(command.data);
  Save();
  return {kOk};
}

JpkiCard::Answer JpkiCard::Sign(const Command& command) {
  // P1 01 to 05 exist on a real card; no public client uses them, and they are refused here like any other.
  if (command.p1 != 0x00) return {kWrongParameters};
  std::uint16_t status_word = kOk;
  const std::uint16_t file = Reference(command.p2, status_word);
  if (file == 0) return {status_word};
  if (file != kAuthKeyFile && file != kSignKeyFile) return {kWrongFileType};
  const bool by_sight = file == kAuthKeyFile && !pin_verified_ && sight_proved_;
  if (!by_sight && !(file == kAuthKeyFile ? pin_verified_ : sign_verified_)) return {kSecurityStatus};
  if (command.data.empty() || command.data.size() > kSignInputBytesMax) return {kWrongLength};
  if (command.expected < kSignatureBytes) return {kWrongLength};
  Bytes signature =
      RawSignature(file == kAuthKeyFile ? options_.auth_key.get() : options_.sign_key.get(), command.data);
  if (signature.empty()) return {kNoDiagnosis};
  if (by_sight) sight_proved_ = false;
  return {kOk, std::move(signature)};
}

JpkiCard::Answer JpkiCard::GetChallenge(const Command& command) {
  if (command.p1 != 0x00 || command.p2 != 0x00) return {kWrongParameters};
  if (!command.data.empty() || command.expected == 0) return {kWrongLength};
  if (command.extended || command.expected > kChallengeBytesMax) return {kConditionsOfUse};
  Bytes challenge(command.expected);
  if (RAND_bytes(challenge.data(), static_cast<int>(challenge.size())) != 1) return {kNoDiagnosis};
  challenge_ = challenge;
  return {kOk, std::move(challenge)};
}

// ISO 7816-4 §11.5.4: P1 00 = no algorithm named, P2 00 = no key named.
JpkiCard::Answer JpkiCard::ExternalAuthenticate(const Command& command) {
  if (command.p1 != 0x00 || command.p2 != 0x00) return {kWrongParameters};
  if (command.data.empty() || command.data.size() > kSightProofBytesMax || command.expected != 0) return {kWrongLength};
  if (!application_ || challenge_.empty()) return {kConditionsOfUse};
  const Bytes challenge = std::exchange(challenge_, {});
  sight_proved_ = IsSightProof(options_.sight_verifier.get(), options_.auth_certificate, challenge, command.data);
  return {sight_proved_ ? kOk : kNotAuthenticated};
}

}  // namespace madoguchi::simulators
