// SPDX-License-Identifier: Apache-2.0
#include "contract/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "contract/trace.h"

namespace madoguchi::log {
namespace {

spdlog::logger& Logger() {
  // Deliberately never destroyed: threads may log while the process ends.
  static auto* const logger = [] {
    auto* made = new spdlog::logger("madoguchi", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%f%z %l %v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

bool IsContinuationByte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Cut at a character boundary, so that a line stays valid UTF-8.
std::string_view Cut(std::string_view value) {
  if (value.size() <= kValueBytesMax) return value;
  std::size_t end = kValueBytesMax;
  while (end > 0 && IsContinuationByte(value[end])) --end;
  return value.substr(0, end);
}

void AppendValue(std::string& line, std::string_view value) {
  const std::string_view shown = Cut(value);
  bool plain = !shown.empty() && shown.size() == value.size();
  for (const char c : shown)
    plain = plain && c != ' ' && c != '"' && c != '=' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
  if (plain) {
    line += shown;
    return;
  }
  line += '"';
  for (const char c : shown) {
    if (c == '"' || c == '\\') line += '\\';
    // A line break in a value would forge a second log line.
    line += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  if (shown.size() != value.size()) line += "…";
  line += '"';
}

void AppendField(std::string& line, std::string_view name, std::string_view value) {
  line += ' ';
  line += name;
  line += '=';
  AppendValue(line, value);
}

// The trace last, where there is one: the same place on every line.
void Append(std::string& line, std::initializer_list<Field> fields) {
  for (const Field& field : fields) AppendField(line, field.name, field.value);
  if (!CurrentTrace().empty()) AppendField(line, "trace", CurrentTrace());
}

std::string Start(std::string_view component, std::string_view event) {
  std::string line = "component=";
  line += component;
  AppendField(line, "event", event);
  return line;
}

}  // namespace

void SetLevel(Level level) {
  Logger().set_level(ToSpdlog(level));
}

void Write(Level level, std::string_view component, std::string_view event, std::initializer_list<Field> fields) {
  if (!Logger().should_log(ToSpdlog(level))) return;
  std::string line = Start(component, event);
  Append(line, fields);
  Logger().log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

void Report(std::string_view component, std::string_view event, const Error& error,
            std::initializer_list<Field> fields) {
  const CatalogueEntry& entry = Describe(error.code);
  const bool expected = entry.kind == ErrorKind::kRefused || entry.kind == ErrorKind::kRetryable;
  const auto level = expected ? Level::kWarning : Level::kError;
  if (!Logger().should_log(ToSpdlog(level))) return;
  std::string line = Start(component, event);
  AppendField(line, "code", std::to_string(static_cast<int>(error.code)));
  AppendField(line, "name", entry.name);
  if (!error.detail.empty()) AppendField(line, "detail", error.detail);
  Append(line, fields);
  Logger().log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace madoguchi::log
