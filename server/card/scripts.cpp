// SPDX-License-Identifier: Apache-2.0
#include "server/card/scripts.h"

namespace madoguchi::card {
namespace {

constexpr std::uint16_t kTokenFile = 0x0006;
constexpr std::uint16_t kCertificateFile = 0x000A;
constexpr std::uint16_t kTokenBytesMax = 160;
constexpr std::uint16_t kCertificateBytesMax = 4096;
constexpr StatusPattern kOk{0x9000};
constexpr StatusPattern kTriesLeft{0x63C0, 0xFFF0};

// ISO 7816-4 §11.2.2 (SELECT by DF name), P2=0C: no FCI.
Step SelectApplication() {
  return {TransmitStep{0x00, 0xA4, 0x04, 0x0C, Bytes{0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}},
          {kOk}};
}

Step SelectFile(std::uint8_t low_byte) {
  return {TransmitStep{0x00, 0xA4, 0x02, 0x0C, Bytes{0x00, low_byte}}, {kOk}};
}

// P1=00: PKCS#1 v1.5 padding over the DigestInfo that the desk computes.
Step Sign(ByteView challenge) {
  return {TransmitStep{0x80, 0x2A, 0x00, 0x80, SignedChallenge{Bytes(challenge.begin(), challenge.end())}, 256}, {kOk}};
}

}  // namespace

CardScript OpeningScript() {
  return {
      .steps = {SelectApplication(),
                {ReadFileStep{kTokenFile, kTokenBytesMax, false}, {kOk}},
                {ReadFileStep{kCertificateFile, kCertificateBytesMax, true}, {kOk}},
                SelectFile(0x18),
                // Empty VERIFY: the tries left, without spending one. 6984/6983: blocked. 6A88: no PIN on this card.
                {TransmitStep{0x00, 0x20, 0x00, 0x80, NoData{}}, {kOk, kTriesLeft, {0x6984}, {0x6983}, {0x6A88}}}},
      .last = false};
}

CardScript SightScript(ByteView proof, ByteView challenge) {
  return {.steps = {{TransmitStep{0x00, 0x82, 0x00, 0x00, Bytes(proof.begin(), proof.end())}, {kOk}},
                    SelectFile(0x17),
                    Sign(challenge)},
          .last = true};
}

CardScript PinProofScript(ByteView challenge) {
  return {.steps = {SelectFile(0x18),
                    {TransmitStep{0x00, 0x20, 0x00, 0x80, PinSlot{}}, {kOk}},
                    SelectFile(0x17),
                    Sign(challenge)},
          .last = true};
}

}  // namespace madoguchi::card
