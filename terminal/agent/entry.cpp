// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/entry.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "contract/deadline.h"
#include "terminal/agent/silent_terminal.h"

namespace madoguchi::agent {
namespace {

constexpr std::uint8_t kBackspace = 0x08, kDelete = 0x7F, kEscape = 0x1B, kEndOfInput = 0x04, kEraseLine = 0x15;
enum class Shown { kNothing, kWhatIsTyped };

Error Missing(std::string_view name) {
  return {ErrorCode::kFieldInvalid, std::string(name), {}};
}

// The last character of UTF-8 is the last byte that is no continuation, and those behind it.
Result<void> RemoveLast(SecretBytes& typed) {
  std::size_t keep = typed.size();
  while (keep > 0 && (typed.view()[keep - 1] & 0xC0) == 0x80) --keep;
  if (keep > 0) --keep;
  TRY_ASSIGN(SecretBytes shorter, SecretBytes::Make(typed.capacity()));
  if (!shorter.Append(typed.view().first(keep))) return Missing("keyboard");
  typed = std::move(shorter);
  return {};
}

Result<SecretBytes> Type(std::string_view name, std::string_view question, std::size_t bytes_max, Shown shown) {
  const SilentTerminal terminal;
  if (!terminal.usable()) return Missing(name);
  TRY_ASSIGN(SecretBytes typed, SecretBytes::Make(bytes_max));
  TRY_ASSIGN(SecretBytes byte, SecretBytes::Make(1));
  const std::string asked = std::string(question) + ": ";
  terminal.Say(asked);
  const Deadline deadline = Deadline::In(kTypedWithin);
  for (;;) {
    pollfd wait = {terminal.descriptor(), POLLIN, 0};
    const int ready = poll(&wait, 1, static_cast<int>(deadline.remaining().count()));
    if (ready == 0 || (ready < 0 && errno != EINTR)) return Missing(name);
    if (ready < 0) continue;
    byte.Clear();
    if (read(terminal.descriptor(), byte.free_space().data(), 1) != 1) return Missing(name);
    byte.Grow(1);
    const std::uint8_t key = byte.view()[0];
    if (key == '\n' || key == '\r') break;
    if (key == kEscape || key == kEndOfInput) {
      terminal.Say("\n");
      return Missing(name);
    }
    if (key == kBackspace || key == kDelete) {
      TRY_VOID(RemoveLast(typed));
    } else if (key == kEraseLine) {
      typed.Clear();
    } else if (key < 0x20 || !typed.Append(key)) {
      continue;  // no character, or one too many: the key does nothing
    } else if (shown == Shown::kWhatIsTyped) {
      terminal.Say(AsText(byte.view()));
      continue;
    }
    if (shown == Shown::kWhatIsTyped) {
      terminal.Say("\r\x1B[K" + asked);
      terminal.Say(AsText(typed.view()));
    }
  }
  terminal.Say("\n");
  return typed;
}

}  // namespace

Result<Entry> Entry::Open(int secrets_fd) {
  Entry entry;
  if (secrets_fd < 0) return entry;
  entry.typed_ = false;
  TRY_ASSIGN(entry.lines_, SecretLines::Read(secrets_fd));
  return entry;
}

Result<SecretBytes> Entry::Secret(std::string_view name, std::string_view question, std::size_t bytes_max) {
  if (!typed_) {
    std::optional<SecretBytes> value = lines_.Take(name);
    if (!value || value->empty() || value->size() > bytes_max) return Missing(name);
    return std::move(*value);
  }
  TRY_ASSIGN(SecretBytes typed, Type(name, question, bytes_max, Shown::kNothing));
  if (typed.empty()) return Missing(name);
  return typed;
}

Result<SecretBytes> Entry::Again(std::string_view name, std::string_view question, std::size_t bytes_max) {
  return Secret(std::string(name) + "_again", question, bytes_max);
}

Result<std::string> Entry::Text(std::string_view name, std::string_view question, const std::string& otherwise,
                                std::size_t bytes_max) {
  if (!typed_) {
    const std::optional<SecretBytes> value = lines_.Take(name);
    if (!value && !otherwise.empty()) return otherwise;
    if (!value || value->empty() || value->size() > bytes_max) return Missing(name);
    return std::string(AsText(value->view()));
  }
  const std::string shown = otherwise.empty() ? std::string(question) : std::string(question) + " [" + otherwise + "]";
  TRY_ASSIGN(const SecretBytes typed, Type(name, shown, bytes_max, Shown::kWhatIsTyped));
  if (!typed.empty()) return std::string(AsText(typed.view()));
  if (otherwise.empty()) return Missing(name);
  return otherwise;
}

Result<SecretBytes> Entry::Field(std::string_view name, std::string_view question, std::size_t bytes_max) {
  if (typed_) return Type(name, question, bytes_max, Shown::kWhatIsTyped);
  std::optional<SecretBytes> value = lines_.Take(name);
  if (!value) return SecretBytes::Make(1);
  if (value->size() > bytes_max) return Missing(name);
  return std::move(*value);
}

bool Entry::Confirm(std::string_view question) const {
  if (!typed_) return false;
  const Result<SecretBytes> typed =
      Type("confirm", std::string(question) + " (y/N)", kTypedTextBytesMax, Shown::kWhatIsTyped);
  return typed && typed->size() == 1 && (typed->view()[0] == 'y' || typed->view()[0] == 'Y');
}

}  // namespace madoguchi::agent
