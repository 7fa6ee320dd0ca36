// SPDX-License-Identifier: Apache-2.0
// Entry: where a command gets its fields from: --secrets-fd when it is given, else the keyboard (/dev/tty; secret ones
// without echo). Thread: one. Errors: FIELD_INVALID (the detail names the field; too long, empty, not typed in time,
// cancelled, or no keyboard), SECRET_MEMORY_UNAVAILABLE.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "terminal/agent/secret_lines.h"

namespace madoguchi::agent {

inline constexpr std::chrono::seconds kTypedWithin{300};  // one field
inline constexpr std::size_t kTypedTextBytesMax = 600;

class Entry {
 public:
  // secrets_fd: -1 = from the keyboard.
  static Result<Entry> Open(int secrets_fd);

  bool typed() const { return typed_; }
  // name: of secret_lines.h. question: Japanese / English with an example, without colon.
  Result<SecretBytes> Secret(std::string_view name, std::string_view question, std::size_t bytes_max);
  // Secret that is asked for a second time under `name` + "_again"; the caller compares or sends both.
  Result<SecretBytes> Again(std::string_view name, std::string_view question, std::size_t bytes_max);
  // Not secret. An empty entry takes `otherwise`, which is shown, if there is one.
  Result<std::string> Text(std::string_view name, std::string_view question, const std::string& otherwise,
                           std::size_t bytes_max = kTypedTextBytesMax);
  // Of a person, and seen while it is typed: kept in locked memory all the same. May be empty.
  Result<SecretBytes> Field(std::string_view name, std::string_view question, std::size_t bytes_max);
  // From the keyboard only: y or Y. With secrets from a descriptor, or without keyboard: no.
  bool Confirm(std::string_view question) const;

 private:
  SecretLines lines_;
  bool typed_ = true;
};

}  // namespace madoguchi::agent
