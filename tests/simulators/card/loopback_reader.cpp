// SPDX-License-Identifier: Apache-2.0
// libmadoguchi-loopback-reader.so: a smart card reader made of a TCP port on 127.0.0.1, as a driver (IFD handler 3.0)
// for pcscd. reader.conf: DEVICENAME loop:PORT, or loop:PORT:short for a reader without extended APDUs. A card is on
// the reader while a madoguchi-virtual-card is connected; the wire is described in reader_link.h. Insertion and removal
// are seen at once, and between two cards "absent" is always reported, so that a swap never goes unseen. Thread: pcscd
// calls one function per reader at a time, except the waiting one (WaitForEvent), which runs beside the others.
// Ownership: readers live from create to close. Only PresenceOf closes a card's socket; everyone else shuts it down,
// which also wakes the waiting thread. Errors: IFD_* of ifdhandler.h. pcscd loads this file, so it uses nothing of the
// project. Sources: pcsc-lite's ifdhandler.h, reference/virtual-card.md §5.
extern "C" {
#include <ifdhandler.h>
#include <reader.h>
}

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace madoguchi::simulators {
namespace {

constexpr unsigned char kReadersMax = 64;           // pcscd itself takes 16
constexpr std::size_t kShortCommandBytesMax = 261;  // header, Lc, 255 bytes, Le (ISO 7816-4 §5.1)
constexpr std::size_t kMessageBytesMax = 65535;     // the length field of the wire
constexpr time_t kAnswerSecondsMax = 30;            // for one APDU; then the card counts as gone

enum Control : std::uint8_t { kPowerOff = 0x00, kPowerOn = 0x01, kReset = 0x02, kGetAtr = 0x04 };

struct Reader {
  int listener = -1;
  std::atomic<int> card = -1;  // -1 = no card; read by the waiting thread too
  int stop = -1;               // eventfd: ends one wait
  bool short_only = false;
  std::vector<std::uint8_t> atr;
  ~Reader() {
    for (const int descriptor : {listener, card.load(), stop}) {
      if (descriptor >= 0) close(descriptor);
    }
  }
};

std::mutex readers_mutex;
std::map<DWORD, std::shared_ptr<Reader>> readers;  // by Lun

std::shared_ptr<Reader> Find(DWORD lun) {
  const std::scoped_lock lock(readers_mutex);
  const auto found = readers.find(lun);
  return found == readers.end() ? nullptr : found->second;
}

bool SendAll(int descriptor, const std::vector<std::uint8_t>& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t put = send(descriptor, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    sent += static_cast<std::size_t>(put);
  }
  return true;
}

bool ReceiveAll(int descriptor, std::uint8_t* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t got = recv(descriptor, bytes, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

// Length and body leave in one piece: two would wait for each other's acknowledgement.
bool SendMessage(Reader& reader, const std::uint8_t* message, std::size_t size) {
  if (reader.card < 0 || size > kMessageBytesMax) return false;
  std::vector<std::uint8_t> framed = {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size & 0xFF)};
  framed.insert(framed.end(), message, message + size);
  return SendAll(reader.card, framed);
}

bool ReceiveMessage(Reader& reader, std::vector<std::uint8_t>& message) {
  std::array<std::uint8_t, 2> length{};
  if (!ReceiveAll(reader.card, length.data(), length.size())) return false;
  message.resize(static_cast<std::size_t>(length[0]) << 8 | length[1]);
  return ReceiveAll(reader.card, message.data(), message.size());
}

// After any fault the two ends no longer agree where a message begins: the card has to be put on again.
void GiveUpCard(Reader& reader) {
  if (reader.card >= 0) shutdown(reader.card, SHUT_RDWR);
}

RESPONSECODE PresenceOf(Reader& reader) {
  if (reader.card >= 0) {
    pollfd gone{.fd = reader.card, .events = POLLRDHUP, .revents = 0};
    if (poll(&gone, 1, 0) == 0) return IFD_ICC_PRESENT;
    close(reader.card);
    reader.card = -1;
    reader.atr.clear();
    return IFD_ICC_NOT_PRESENT;
  }
  reader.card = accept4(reader.listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (reader.card < 0) return IFD_ICC_NOT_PRESENT;
  const timeval wait{.tv_sec = kAnswerSecondsMax, .tv_usec = 0};
  setsockopt(reader.card, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  return IFD_ICC_PRESENT;
}

// pcscd's event thread waits here until a card comes or goes, at most `milliseconds`.
RESPONSECODE WaitForEvent(DWORD lun, int milliseconds) {
  const auto reader = Find(lun);
  if (!reader) return IFD_NO_SUCH_DEVICE;
  const int card = reader->card;
  std::array<pollfd, 2> waiting = {pollfd{.fd = reader->stop, .events = POLLIN, .revents = 0},
                                   card >= 0 ? pollfd{.fd = card, .events = POLLRDHUP, .revents = 0}
                                             : pollfd{.fd = reader->listener, .events = POLLIN, .revents = 0}};
  poll(waiting.data(), waiting.size(), milliseconds);
  if (waiting[0].revents != 0) {
    // pcscd asks for a stop at every disconnect; undrained, the thread would spin from then on.
    eventfd_t count = 0;
    eventfd_read(reader->stop, &count);
  }
  return IFD_SUCCESS;
}

RESPONSECODE StopWaiting(DWORD lun) {
  const auto reader = Find(lun);
  if (!reader) return IFD_NO_SUCH_DEVICE;
  eventfd_write(reader->stop, 1);
  return IFD_SUCCESS;
}

int ListenOnLoopback(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return -1;
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && listen(listener, 4) == 0)
    return listener;
  close(listener);
  return -1;
}

// "loop:PORT" or "loop:PORT:short".
std::shared_ptr<Reader> Open(std::string_view device) {
  constexpr std::string_view kPrefix = "loop:", kShort = ":short";
  if (device.substr(0, kPrefix.size()) != kPrefix) return nullptr;
  device.remove_prefix(kPrefix.size());
  auto reader = std::make_shared<Reader>();
  if (device.size() > kShort.size() && device.substr(device.size() - kShort.size()) == kShort) {
    reader->short_only = true;
    device.remove_suffix(kShort.size());
  }
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(device.data(), device.data() + device.size(), port);
  if (error != std::errc{} || end != device.data() + device.size() || port == 0) return nullptr;
  reader->listener = ListenOnLoopback(port);
  reader->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return reader->listener >= 0 && reader->stop >= 0 ? reader : nullptr;
}

RESPONSECODE PowerUp(Reader& reader, Control how) {
  const std::uint8_t power = how, ask = kGetAtr;
  if (!SendMessage(reader, &power, 1) || !SendMessage(reader, &ask, 1) || !ReceiveMessage(reader, reader.atr) ||
      reader.atr.empty() || reader.atr.size() > MAX_ATR_SIZE) {
    reader.atr.clear();
    GiveUpCard(reader);
    return IFD_ERROR_POWER_ACTION;
  }
  return IFD_SUCCESS;
}

bool IsExtended(const UCHAR* command, DWORD size) {
  return size >= 7 && command[4] == 0;
}

RESPONSECODE Give(const void* value, std::size_t size, PDWORD length, PUCHAR target) {
  if (*length < size) return IFD_ERROR_INSUFFICIENT_BUFFER;
  std::memcpy(target, value, size);
  *length = size;
  return IFD_SUCCESS;
}

RESPONSECODE GiveByte(UCHAR value, PDWORD length, PUCHAR target) {
  return Give(&value, 1, length, target);
}

}  // namespace
}  // namespace madoguchi::simulators

using namespace madoguchi::simulators;

extern "C" {

__attribute__((visibility("default"))) RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR DeviceName) {
  auto reader = Open(DeviceName);
  if (!reader) return IFD_COMMUNICATION_ERROR;
  const std::scoped_lock lock(readers_mutex);
  if (readers.size() >= kReadersMax) return IFD_COMMUNICATION_ERROR;
  readers[Lun] = std::move(reader);
  return IFD_SUCCESS;
}

// A reader of ours has a name, never only a channel number.
__attribute__((visibility("default"))) RESPONSECODE IFDHCreateChannel(DWORD, DWORD) {
  return IFD_COMMUNICATION_ERROR;
}

__attribute__((visibility("default"))) RESPONSECODE IFDHCloseChannel(DWORD Lun) {
  const std::scoped_lock lock(readers_mutex);
  return readers.erase(Lun) == 1 ? IFD_SUCCESS : IFD_NO_SUCH_DEVICE;
}

__attribute__((visibility("default"))) RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD Tag, PDWORD Length,
                                                                        PUCHAR Value) {
  if (Tag == TAG_IFD_SIMULTANEOUS_ACCESS) return GiveByte(kReadersMax, Length, Value);
  if (Tag == TAG_IFD_SLOTS_NUMBER) return GiveByte(1, Length, Value);
  if (Tag == TAG_IFD_THREAD_SAFE || Tag == TAG_IFD_SLOT_THREAD_SAFE) return GiveByte(1, Length, Value);
  if (Tag == TAG_IFD_POLLING_THREAD_KILLABLE) return IFD_ERROR_TAG;
  if (Tag == TAG_IFD_POLLING_THREAD_WITH_TIMEOUT) {
    RESPONSECODE (*function)(DWORD, int) = WaitForEvent;
    return Give(&function, sizeof function, Length, Value);
  }
  if (Tag == TAG_IFD_STOP_POLLING_THREAD) {
    RESPONSECODE (*function)(DWORD) = StopWaiting;
    return Give(&function, sizeof function, Length, Value);
  }
  if (Tag == TAG_IFD_ATR) {
    const auto reader = Find(Lun);
    if (!reader) return IFD_NO_SUCH_DEVICE;
    return Give(reader->atr.data(), reader->atr.size(), Length, Value);
  }
  return IFD_ERROR_TAG;
}

__attribute__((visibility("default"))) RESPONSECODE IFDHSetCapabilities(DWORD, DWORD, DWORD, PUCHAR) {
  return IFD_ERROR_TAG;
}

__attribute__((visibility("default"))) RESPONSECODE IFDHSetProtocolParameters(DWORD, DWORD Protocol, UCHAR, UCHAR,
                                                                              UCHAR, UCHAR) {
  return Protocol == SCARD_PROTOCOL_T0 || Protocol == SCARD_PROTOCOL_T1 ? IFD_SUCCESS : IFD_PROTOCOL_NOT_SUPPORTED;
}

__attribute__((visibility("default"))) RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD Action, PUCHAR Atr,
                                                                 PDWORD AtrLength) {
  const auto reader = Find(Lun);
  if (!reader) return IFD_NO_SUCH_DEVICE;
  if (Action == IFD_POWER_DOWN) {
    const std::uint8_t power = kPowerOff;
    reader->atr.clear();
    if (!SendMessage(*reader, &power, 1)) GiveUpCard(*reader);
    *AtrLength = 0;
    return IFD_SUCCESS;
  }
  if (Action != IFD_POWER_UP && Action != IFD_RESET) return IFD_NOT_SUPPORTED;
  const RESPONSECODE done = PowerUp(*reader, Action == IFD_RESET ? kReset : kPowerOn);
  if (done != IFD_SUCCESS) {
    *AtrLength = 0;
    return done;
  }
  return Give(reader->atr.data(), reader->atr.size(), AtrLength, Atr);
}

__attribute__((visibility("default"))) RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER, PUCHAR TxBuffer,
                                                                      DWORD TxLength, PUCHAR RxBuffer, PDWORD RxLength,
                                                                      PSCARD_IO_HEADER RecvPci) {
  const DWORD room = *RxLength;
  *RxLength = 0;
  const auto reader = Find(Lun);
  if (!reader) return IFD_NO_SUCH_DEVICE;
  // One byte alone would be a control message; no APDU is that short.
  if (TxLength < 2) return IFD_COMMUNICATION_ERROR;
  if (reader->short_only && (TxLength > kShortCommandBytesMax || IsExtended(TxBuffer, TxLength)))
    return IFD_COMMUNICATION_ERROR;
  std::vector<std::uint8_t> answer;
  if (!SendMessage(*reader, TxBuffer, TxLength) || !ReceiveMessage(*reader, answer)) {
    GiveUpCard(*reader);
    return IFD_COMMUNICATION_ERROR;
  }
  if (answer.size() > room) return IFD_ERROR_INSUFFICIENT_BUFFER;
  std::memcpy(RxBuffer, answer.data(), answer.size());
  *RxLength = answer.size();
  if (RecvPci != nullptr) RecvPci->Protocol = SCARD_PROTOCOL_T1;
  return IFD_SUCCESS;
}

// No keypad and no other feature: an empty list, which is an answer every client understands (PC/SC part 10 §2.2).
__attribute__((visibility("default"))) RESPONSECODE IFDHControl(DWORD, DWORD Code, PUCHAR, DWORD, PUCHAR, DWORD,
                                                                LPDWORD BytesReturned) {
  if (BytesReturned != nullptr) *BytesReturned = 0;
  return Code == CM_IOCTL_GET_FEATURE_REQUEST ? IFD_SUCCESS : IFD_ERROR_NOT_SUPPORTED;
}

__attribute__((visibility("default"))) RESPONSECODE IFDHICCPresence(DWORD Lun) {
  const auto reader = Find(Lun);
  return reader ? PresenceOf(*reader) : IFD_NO_SUCH_DEVICE;
}

}  // extern "C"
