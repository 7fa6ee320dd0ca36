// SPDX-License-Identifier: Apache-2.0
// Reads the current EF of a card: one READ BINARY with extended Le where card and reader can, else chunks of at most
// 256 bytes. Source: ISO 7816-4 §11.3.3; reference/jpki-card.md §3 "Certificate length", §7; X.690 §8.1.3 (length
// octets).
#pragma once
#include "contract/card_script.h"
#include "terminal/relay/card_exchange.h"

namespace madoguchi::relay {

inline constexpr std::size_t kShortReadBytes = 256;  // Le = 00
inline constexpr int kReadsPerFileMax = 80;          // 8 KiB in chunks need 32; cards may answer shorter than asked

// Whether extended Le works with this card on this reader. Learned by trying; a reader's owner may know it beforehand.
enum class ExtendedApdu { kUnknown, kWorks, kImpossible };

// Whole length of the DER object that begins with these bytes (tag 30, lengths up to 2 octets); nothing when they are
// no such object.
std::optional<std::size_t> DerObjectBytes(ByteView beginning);

// The EF is selected already. The answer's status word is 9000 when the file was read, also when the card said 6282 or
// 6B00 at its end; otherwise it is the card's. `extended` is updated: kImpossible after 6700, or before a transport
// failure of an extended command.
Result<CardAnswer> ReadCurrentFile(CardExchange& exchange, const ReadFileStep& step, ExtendedApdu& extended);

}  // namespace madoguchi::relay
