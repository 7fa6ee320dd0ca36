// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/reader_watch.h"

#include <winscard.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>
#include <vector>

#include "contract/log.h"

namespace madoguchi::reader {
namespace {

static_assert(std::is_same_v<SCARDCONTEXT, long>);
constexpr const char* kPnpNotification = "\\\\?PnP?\\Notification";
constexpr std::size_t kListBytesMax = kReadersMax * (kReaderNameBytesMax + 1) + 1;

// The names of a multi-string: each ends with a zero byte, the list with another.
std::vector<std::string> Names(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty() && list.front() != '\0' && names.size() < kReadersMax) {
    const std::size_t end = std::min(list.find('\0'), list.size());
    names.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return names;
}

bool ServiceIsGone(long code) {
  return code == SCARD_E_NO_SERVICE || code == SCARD_E_SERVICE_STOPPED || code == SCARD_F_COMM_ERROR ||
         code == SCARD_E_INVALID_HANDLE || code == SCARD_F_INTERNAL_ERROR;
}

}  // namespace

ReaderWatch::~ReaderWatch() {
  Release();
}

bool ReaderWatch::Establish() {
  SCARDCONTEXT context = 0;
  if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) != SCARD_S_SUCCESS) return false;
  const std::lock_guard lock(mutex_);
  context_ = context;
  return true;
}

void ReaderWatch::Release() {
  std::optional<long> context;
  {
    const std::lock_guard lock(mutex_);
    context.swap(context_);
  }
  if (context) SCardReleaseContext(*context);
  known_.clear();
}

bool ReaderWatch::List() {
  std::array<char, kListBytesMax> list{};
  DWORD length = list.size();
  const LONG code = SCardListReaders(*context_, nullptr, list.data(), &length);
  if (code != SCARD_S_SUCCESS && code != SCARD_E_NO_READERS_AVAILABLE) return false;
  const std::vector<std::string> names = code == SCARD_S_SUCCESS
                                             ? Names({list.data(), std::min<std::size_t>(length, list.size())})
                                             : std::vector<std::string>{};
  std::map<std::string, Known> known;
  for (const std::string& name : names) {
    const auto before = known_.find(name);
    known[name] = before != known_.end() ? before->second : Known{SCARD_STATE_UNAWARE, {}, {}};
  }
  known_ = std::move(known);
  return true;
}

ReadersSeen ReaderWatch::Snapshot() const {
  ReadersSeen seen;
  seen.service_available = context_.has_value();
  for (const auto& [name, known] : known_) {
    const bool present = (known.state & SCARD_STATE_PRESENT) != 0;
    seen.readers.push_back({name, present, static_cast<std::uint32_t>(known.state >> 16 & 0xFFFF),
                            present ? known.atr : Bytes{}, known.card_seen});
  }
  return seen;
}

ReaderWatch::Look ReaderWatch::LookOnce(Deadline deadline) {
  if (!List()) return Look::kServiceGone;
  std::vector<SCARD_READERSTATE> states;
  bool first_look = false;
  for (const auto& [name, known] : known_) {
    SCARD_READERSTATE state{};
    state.szReader = name.c_str();
    state.dwCurrentState = known.state;
    first_look = first_look || known.state == SCARD_STATE_UNAWARE;
    states.push_back(state);
  }
  // The service takes at most 16 entries: with 16 readers there is no room for the entry that announces new ones, nor
  // for new ones.
  if (states.size() < kReadersMax) {
    SCARD_READERSTATE pnp{};
    pnp.szReader = kPnpNotification;
    states.push_back(pnp);
  }
  // No reader at all: said once, without waiting for one.
  if (known_.empty() && (!last_ || !last_->service_available)) return Look::kSeen;
  if (last_ && last_->readers.size() != known_.size() && !first_look) return Look::kSeen;  // a reader went away
  const auto wait = deadline.Capped(kListAgain).remaining();
  const LONG code = SCardGetStatusChange(*context_, static_cast<DWORD>(std::max<long>(wait.count(), 1)), states.data(),
                                         static_cast<DWORD>(states.size()));
  if (ServiceIsGone(code)) return Look::kServiceGone;
  if (code != SCARD_S_SUCCESS)
    return Look::kNothing;  // timeout, cancelled, or a reader vanished meanwhile: the list is taken again
  for (const SCARD_READERSTATE& state : states) {
    const auto known = known_.find(state.szReader);
    if (known == known_.end() || (state.dwEventState & SCARD_STATE_UNKNOWN) != 0) continue;
    const DWORD now = state.dwEventState & ~static_cast<DWORD>(SCARD_STATE_CHANGED);
    if ((now & SCARD_STATE_PRESENT) != 0 && (now ^ known->second.state) >> 16 != 0)
      known->second.card_seen = std::chrono::steady_clock::now();
    known->second.state = now;
    known->second.atr.assign(state.rgbAtr, state.rgbAtr + std::min<std::size_t>(state.cbAtr, sizeof state.rgbAtr));
  }
  return Look::kSeen;
}

void ReaderWatch::Pause(Deadline deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline.Capped(kServiceRetry).at(), [this] { return cancelled_.load(); });
}

std::optional<ReadersSeen> ReaderWatch::Wait(Deadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    waiting_ = true;
  }
  std::optional<ReadersSeen> news;
  while (!news && !cancelled_) {
    const bool reachable = context_.has_value() || Establish();
    Look look = reachable ? LookOnce(deadline) : Look::kServiceGone;
    if (look == Look::kServiceGone) Release();
    if (look != Look::kNothing) {
      ReadersSeen seen = Snapshot();
      if (!last_ || seen != *last_) news = std::move(seen);
    }
    if (news || deadline.passed()) break;
    if (look == Look::kServiceGone) Pause(deadline);
  }
  if (news) last_ = news;
  const std::lock_guard lock(mutex_);
  waiting_ = false;
  changed_.notify_all();
  return cancelled_ ? std::nullopt : news;
}

void ReaderWatch::Cancel() {
  std::unique_lock lock(mutex_);
  cancelled_ = true;
  changed_.notify_all();
  // A cancel that comes just before the blocking call is lost to the service: it is said again until the wait is over.
  while (waiting_) {
    if (context_) SCardCancel(*context_);
    changed_.wait_for(lock, std::chrono::milliseconds(10));
  }
}

}  // namespace madoguchi::reader
