// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/card_session.h"

#include <winscard.h>
// reader.h stands after winscard.h, whose types it needs.
#include <reader.h>

#include <array>
#include <thread>
#include <type_traits>

#include "contract/limits.h"
#include "terminal/reader/pcsc_error.h"
#include "terminal/reader/reader_facts.h"

namespace madoguchi::reader {
namespace {

static_assert(std::is_same_v<SCARDHANDLE, long> && std::is_same_v<SCARDCONTEXT, long>);

}  // namespace

Result<std::unique_ptr<CardSession>> CardSession::Open(const std::string& reader, Deadline deadline) {
  SCARDCONTEXT context = 0;
  const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
  if (code != SCARD_S_SUCCESS) return FromPcsc(code, During::kService);
  std::unique_ptr<CardSession> session(new CardSession(context));
  TRY_VOID(session->Connect(reader, deadline));
  return session;
}

Result<void> CardSession::Connect(const std::string& reader, Deadline deadline) {
  const Deadline give_up = deadline.Capped(limits::kReaderHeldRetry);
  for (;;) {
    SCARDHANDLE card = 0;
    LONG code = SCardConnect(context_, reader.c_str(), SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                             &card, &protocol_);
    if (code == SCARD_S_SUCCESS) {
      card_ = card;
      code = SCardBeginTransaction(card);
      if (code != SCARD_S_SUCCESS) return FromPcsc(code, During::kConnect);
      extended_by_reader_ = ExtendedBySelfDescription(card);
      return {};
    }
    if (code != SCARD_E_SHARING_VIOLATION || give_up.passed()) return FromPcsc(code, During::kConnect);
    std::this_thread::sleep_for(kReaderHeldPause);  // PC/SC has no event for "the other program let go"
  }
}

CardSession::~CardSession() {
  if (card_) {
    SCardEndTransaction(*card_, SCARD_LEAVE_CARD);  // fails after a loss: the disconnect below is what counts
    SCardDisconnect(*card_, SCARD_UNPOWER_CARD);
  }
  SCardReleaseContext(context_);
}

Result<Bytes> CardSession::Transmit(ByteView apdu) {
  if (lost_) return *lost_;
  // Always the largest buffer: with a smaller one the command would be executed and its answer lost.
  Bytes answer(MAX_BUFFER_SIZE_EXTENDED);
  DWORD length = answer.size();
  const SCARD_IO_REQUEST* pci = protocol_ == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
  const LONG code = SCardTransmit(*card_, pci, apdu.data(), apdu.size(), nullptr, answer.data(), &length);
  if (code != SCARD_S_SUCCESS) {
    lost_ = FromPcsc(code, During::kSession);
    return *lost_;
  }
  answer.resize(length);
  answer.shrink_to_fit();
  return answer;
}

}  // namespace madoguchi::reader
