// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/pin_entry.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "terminal/agent/silent_terminal.h"

namespace madoguchi::agent {
namespace {

constexpr std::chrono::milliseconds kLookAround{1000};  // while a PIN is typed: the card may have to be let go
constexpr std::uint8_t kBackspace = 0x08, kDelete = 0x7F, kEscape = 0x1B, kEndOfInput = 0x04;

Error Cancelled(const char* why) {
  return {ErrorCode::kPinCancelled, why, {}};
}

// One byte straight into locked memory. False at the end of the input.
bool ReadByte(int descriptor, SecretBytes& byte) {
  byte.Clear();
  ssize_t got = 0;
  do {
    got = read(descriptor, byte.free_space().data(), 1);
  } while (got < 0 && errno == EINTR);
  if (got == 1) byte.Grow(1);
  return got == 1;
}

// What a key does. True: the entry is complete.
Result<bool> OnKey(std::uint8_t key, relay::DeskPin& pin) {
  if (key == kEscape || key == kEndOfInput) return Cancelled("at the keyboard");
  if (key == kBackspace || key == kDelete) {
    pin.RemoveLast();
  } else if (key == '\n' || key == '\r') {
    return pin.complete();
  } else if (!pin.Add(key)) {
    return false;  // not a digit, or one too many: the key does nothing
  }
  return false;
}

}  // namespace

Result<void> ReadPin(int descriptor, const relay::PinRule& rule, relay::DeskPin& pin) {
  pin.Clear();
  TRY_ASSIGN(SecretBytes byte, SecretBytes::Make(1));
  while (!pin.complete()) {
    if (!ReadByte(descriptor, byte))
      return Error{ErrorCode::kPinFormatInvalid, "the input ends before the PIN does", {}};
    const bool line_break = byte.view()[0] == '\n' || byte.view()[0] == '\r';
    if (rule.digits_only && line_break && pin.size() == 0) continue;
    TRY_VOID(pin.Add(byte.view()[0]));
  }
  return {};
}

Result<void> RefuseMore(int descriptor, relay::DeskPin& pin) {
  TRY_ASSIGN(SecretBytes byte, SecretBytes::Make(1));
  pollfd wait = {descriptor, POLLIN, 0};
  if (poll(&wait, 1, 0) <= 0 || !ReadByte(descriptor, byte)) return {};
  if (byte.view()[0] == '\n' || byte.view()[0] == '\r') return {};
  pin.Clear();
  return Error{ErrorCode::kPinFormatInvalid, "too long", {}};
}

Result<void> TypePin(int events, const std::function<Result<void>()>& on_event, relay::DeskPin& pin) {
  pin.Clear();
  const SilentTerminal terminal;
  if (!terminal.usable()) return Cancelled("no keyboard: use --pin-fd");
  TRY_ASSIGN(SecretBytes byte, SecretBytes::Make(1));
  terminal.Say("暗証番号(4桁)を入力して Enter / PIN, then Enter: ");
  const Deadline give_up = Deadline::In(kPinTypedWithin);
  for (;;) {
    std::array<pollfd, 2> waits = {{{terminal.descriptor(), POLLIN, 0}, {events, POLLIN, 0}}};
    const int ready =
        poll(waits.data(), waits.size(), static_cast<int>(give_up.Capped(kLookAround).remaining().count()));
    if (give_up.passed()) return Cancelled("not typed in time");
    if (ready < 0 && errno != EINTR) return Cancelled("poll");
    TRY_VOID(on_event());
    if (ready <= 0 || waits[0].revents == 0) continue;
    if (!ReadByte(terminal.descriptor(), byte)) return Cancelled("the keyboard is gone");
    TRY_ASSIGN(const bool complete, OnKey(byte.view()[0], pin));
    if (complete) break;
  }
  terminal.Say("\n");
  return {};
}

}  // namespace madoguchi::agent
