// SPDX-License-Identifier: Apache-2.0
// CardPort: one card in one exclusive session. reader/ implements it over PC/SC; the tests put a card in the same
// process behind it.
#pragma once
#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::relay {

class CardPort {
 public:
  virtual ~CardPort() = default;
  // One command APDU, one answer with its status word. Blocks while the card works. Any error means that this card
  // session is lost for good (CARD_REMOVED, CARD_CHANGED, READER_LOST, PCSC_SERVICE_UNAVAILABLE …): nothing may be sent
  // through this port again, because a card swapped unseen would answer for another patient (reference/virtual-card.md
  // §4).
  virtual Result<Bytes> Transmit(ByteView apdu) = 0;
};

}  // namespace madoguchi::relay
