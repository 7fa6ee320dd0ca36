// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/refusal_output.h"

#include <poll.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "contract/deadline.h"
#include "contract/log.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/silent_terminal.h"

namespace madoguchi::agent {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string MinutesAndSeconds(std::chrono::milliseconds time) {
  const long seconds = std::chrono::duration_cast<std::chrono::seconds>(time + std::chrono::milliseconds(999)).count();
  const std::string rest = std::to_string(seconds % 60);
  return std::to_string(seconds / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

std::string RefusalJson(const Error& error, const identity::CallRefusal& refusal) {
  Json out = Json::parse(ErrorJson(error));
  if (refusal.retry_after.count() > 0) out["error"]["locked_ms"] = refusal.retry_after.count();
  for (const identity::FieldNote& note : refusal.notes)
    out["error"]["fields"].push_back({{"field", note.field}, {"text_ja", note.text_ja}, {"text_en", note.text_en}});
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string RefusalText(const Error& error, const identity::CallRefusal& refusal) {
  std::string text = ErrorText(error);
  for (const identity::FieldNote& note : refusal.notes)
    text += "項目: " + note.field + ": " + note.text_ja + "\n      " + note.text_en + "\n";
  if (refusal.retry_after.count() > 0) {
    const std::string left = MinutesAndSeconds(refusal.retry_after);
    text += "残り: " + left + " でロックが解除されます\n      the lock ends in " + left + "\n";
  }
  return text;
}

int ShowRefusal(const Error& error, const identity::CallRefusal& refusal, bool json) {
  if (refusal.notes.empty() && refusal.retry_after.count() == 0) return ShowError(error, json);
  log::Report("agent", "ended", error);
  if (json) {
    PrintLine(RefusalJson(error, refusal));
  } else {
    Progress(RefusalText(error, refusal));
  }
  return ExitStatus(error.code);
}

bool CountDown(std::chrono::milliseconds locked) {
  constexpr std::chrono::milliseconds kTick{1000};
  const SilentTerminal terminal;
  if (!terminal.usable()) return false;
  const Deadline end = Deadline::In(locked);
  while (!end.passed()) {
    terminal.Say("\r\x1B[Kロック解除まで / locked for " + MinutesAndSeconds(end.remaining()) +
                 " (どれかのキーで中止 / any key stops)");
    pollfd wait = {terminal.descriptor(), POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(end.Capped(kTick).remaining().count())) > 0) {
      terminal.Say("\n");
      return false;
    }
  }
  terminal.Say("\r\x1B[Kロックが解除されました / the lock is over\n");
  return true;
}

}  // namespace madoguchi::agent
