// SPDX-License-Identifier: Apache-2.0
// madoguchi-local-check: the same APDUs as a PIN check, run by one local program on one reader: what tests/bench/run compares
// a check over the network to. One check per line on standard input; per check one line "<microseconds> <apdus>" on
// standard output. The clock runs from "card present and PIN ready" to the signature in hand.
// Usage: madoguchi-local-check <pin>   (a made-up card's PIN; PCSCLITE_CSOCK_NAME names the private card service)
// Sources: reference/jpki-card.md §3; server/card/scripts.cpp, terminal/relay (the order of the commands).
#include <openssl/sha.h>
#include <winscard.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;
using Clock = std::chrono::steady_clock;

constexpr DWORD kReaderNamesBytesMax = 4096;
constexpr std::uint8_t kDigestInfo[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                        0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

void Must(LONG status, const char* what) {
  if (status == SCARD_S_SUCCESS) return;
  std::fprintf(stderr, "%s: %s\n", what, pcsc_stringify_error(status));
  std::exit(3);
}

class LocalCheck {
 public:
  explicit LocalCheck(std::string pin) : pin_(std::move(pin)) {
    Must(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_), "SCardEstablishContext");
    char names[kReaderNamesBytesMax];
    DWORD length = sizeof names;
    Must(SCardListReaders(context_, nullptr, names, &length), "SCardListReaders");
    reader_ = names;
  }
  ~LocalCheck() { SCardReleaseContext(context_); }
  LocalCheck(const LocalCheck&) = delete;
  LocalCheck& operator=(const LocalCheck&) = delete;

  void RunOnce() {
    apdus_ = 0;
    const auto started = Clock::now();
    DWORD protocol = 0;
    Must(SCardConnect(context_, reader_.c_str(), SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_ANY, &card_, &protocol), "SCardConnect");
    Must(SCardBeginTransaction(card_), "SCardBeginTransaction");
    Transmit({0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01});
    ReadFile(0x06);
    ReadFile(0x0A);
    Select(0x18);
    Transmit({0x00, 0x20, 0x00, 0x80});
    Select(0x18);
    Transmit({0x00, 0x20, 0x00, 0x80});
    Bytes verify = {0x00, 0x20, 0x00, 0x80, static_cast<std::uint8_t>(pin_.size())};
    verify.insert(verify.end(), pin_.begin(), pin_.end());
    Transmit(verify);
    Select(0x17);
    Sign();
    Must(SCardEndTransaction(card_, SCARD_LEAVE_CARD), "SCardEndTransaction");
    const auto took = Clock::now() - started;
    Must(SCardDisconnect(card_, SCARD_UNPOWER_CARD), "SCardDisconnect");
    std::cout << std::chrono::duration_cast<std::chrono::microseconds>(took).count() << ' ' << apdus_ << std::endl;
  }

 private:
  Bytes Transmit(const Bytes& command) {
    static std::uint8_t answer[MAX_BUFFER_SIZE_EXTENDED];
    DWORD length = sizeof answer;
    Must(SCardTransmit(card_, SCARD_PCI_T1, command.data(), command.size(), nullptr, answer, &length), "SCardTransmit");
    ++apdus_;
    if (length < 2 || (answer[length - 2] != 0x90 && answer[length - 2] != 0x63)) {
      std::fprintf(stderr, "the card refused command %u\n", apdus_);
      std::exit(1);
    }
    return Bytes(answer, answer + length - 2);
  }
  void Select(std::uint8_t file) { Transmit({0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, file}); }
  void ReadFile(std::uint8_t file) {
    Select(file);
    Transmit({0x00, 0xB0, 0x00, 0x00, 0x00, 0x00, 0x00});
  }
  void Sign() {
    std::uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const std::uint8_t*>(pin_.data()), pin_.size(), digest);
    Bytes command = {0x80, 0x2A, 0x00, 0x80, sizeof kDigestInfo + sizeof digest};
    command.insert(command.end(), std::begin(kDigestInfo), std::end(kDigestInfo));
    command.insert(command.end(), std::begin(digest), std::end(digest));
    command.push_back(0x00);
    Transmit(command);
  }

  std::string pin_;
  std::string reader_;
  SCARDCONTEXT context_ = 0;
  SCARDHANDLE card_ = 0;
  unsigned apdus_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: madoguchi-local-check <pin>\n");
    return 2;
  }
  LocalCheck check(argv[1]);
  for (std::string line; std::getline(std::cin, line);) check.RunOnce();
  return 0;
}
