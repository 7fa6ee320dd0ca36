// SPDX-License-Identifier: Apache-2.0
// Structured log, one line per event on standard error:
//   2026-11-22T09:00:00.123456+09:00 info component=check event=answered press=… code=0
// `component` is the module's word and leads to its folder. Never a PIN, password, activation code, key, name or number
// of a person. Thread: any. Values are quoted when they hold a space, a quote or a control character.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "contract/error.h"

namespace madoguchi::log {

inline constexpr std::size_t kValueBytesMax = 512;  // longer values are cut and end in "…"

struct Field {
  Field(std::string_view name, std::string_view value) : name(name), value(value) {}
  Field(std::string_view name, const char* value) : name(name), value(value) {}
  Field(std::string_view name, const std::string& value) : name(name), value(value) {}
  Field(std::string_view name, long long value) : name(name), value(std::to_string(value)) {}
  Field(std::string_view name, unsigned long long value) : name(name), value(std::to_string(value)) {}
  Field(std::string_view name, long value) : Field(name, static_cast<long long>(value)) {}
  Field(std::string_view name, unsigned long value) : Field(name, static_cast<unsigned long long>(value)) {}
  Field(std::string_view name, int value) : Field(name, static_cast<long long>(value)) {}
  Field(std::string_view name, unsigned value) : Field(name, static_cast<unsigned long long>(value)) {}
  std::string_view name;
  std::string value;
};

enum class Level { kDebug, kInfo, kWarning, kError };

// Lines below this level are left out. Default kInfo.
void SetLevel(Level level);

void Write(Level level, std::string_view component, std::string_view event, std::initializer_list<Field> fields);
inline void Debug(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kDebug, component, event, fields);
}
inline void Info(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kInfo, component, event, fields);
}
inline void Warning(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kWarning, component, event, fields);
}
inline void Failure(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kError, component, event, fields);
}
// code=… name=… detail=… of an error, at warning for refused and retryable, at error otherwise.
void Report(std::string_view component, std::string_view event, const Error& error,
            std::initializer_list<Field> fields = {});

}  // namespace madoguchi::log
