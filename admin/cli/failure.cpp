// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/failure.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

using Json = nlohmann::ordered_json;

bool IsOfTrailFiles(ErrorCode code) {
  return code == ErrorCode::kTrailKeyInvalid || code == ErrorCode::kTrailExportInvalid;
}

// What helps the person before the screen: paths and addresses of this machine.
bool DetailHelps(ErrorCode code) {
  const int block = static_cast<int>(code) / 100;
  return block == 22 || block == 23 || IsOfTrailFiles(code);
}

std::string Line(std::string_view label, std::string_view ja, std::string_view en) {
  return std::string(label) + std::string(ja) + "\n      " + std::string(en) + "\n";
}

std::vector<std::string> ApproverWords(const Failure& failure) {
  return {"madoguchi-admin", "approval", "approve", failure.approval_id};
}

// The same command again, with the approval; a descriptor of this run means nothing to the next.
std::vector<std::string> ProposerWords(const Failure& failure, const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 2> kLeftOut = {"--approval", "--secrets-fd"};
  std::vector<std::string> next;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view name = std::string_view(words[i]).substr(0, words[i].find('='));
    if (std::find(kLeftOut.begin(), kLeftOut.end(), name) == kLeftOut.end()) {
      next.push_back(words[i]);
    } else if (name == words[i]) {
      ++i;  // its value is the next word
    }
  }
  next.insert(next.end(), {"--approval", failure.approval_id});
  return next;
}

}  // namespace

Failure Because(Error error) {
  return {std::move(error), {}, {}, {}, {}};
}

Failure Because(ErrorCode code, std::string detail) {
  return Because(Error{code, std::move(detail), {}});
}

Failure Usage(const std::string& ja, const std::string& en) {
  return {{ErrorCode::kInternalError, {}, {}}, {}, {}, {}, ja + "\n" + en};
}

int ExitStatus(const Failure& failure) {
  if (!failure.usage.empty()) return kExitUsage;
  const int block = static_cast<int>(failure.error.code) / 100;
  const bool of_environment =
      block == 17 || block == 19 || block == 22 || block == 23 || IsOfTrailFiles(failure.error.code);
  return of_environment ? kExitEnvironment : kExitRefused;
}

std::string FailureText(const Failure& failure, const std::vector<std::string>& words) {
  if (!failure.usage.empty()) return failure.usage + "\n--help で使い方を表示します / --help shows the usage\n";
  const CatalogueEntry& entry = Describe(failure.error.code);
  std::string text =
      "エラー " + std::to_string(static_cast<int>(failure.error.code)) + " (" + std::string(entry.name) + ")\n";
  text += Line("内容: ", entry.what_ja, entry.what_en);
  for (const Problem& problem : failure.problems) {
    text += Line(problem.warning ? "注意: " : "項目: ", Printable(problem.field) + ": " + Printable(problem.text_ja),
                 Printable(problem.text_en));
  }
  if (DetailHelps(failure.error.code) && !failure.error.detail.empty())
    text += "対象: " + Printable(failure.error.detail) + "\n";
  if (failure.retry_after.count() > 0) text += "残り: あと " + Countdown(failure.retry_after) + "\n";
  if (!failure.approval_id.empty()) {
    text +=
        Line("承認: ", "もう 1 名の管理者が 15 分以内に実行します:", "A second administrator runs within 15 minutes:");
    text += "      " + ShellLine(ApproverWords(failure)) + "\n";
    text += Line("次に: ", "承認のあと、同じ操作をもう一度実行します:", "After the approval, run the same act again:");
    text += "      " + ShellLine(ProposerWords(failure, words)) + "\n";
  }
  text += Line("管理: ", entry.admin_action_ja, entry.admin_action_en);
  text += Line("連絡: ", entry.call_ja, entry.call_en);
  return text;
}

std::string FailureJson(const Failure& failure, const std::vector<std::string>& words) {
  const CatalogueEntry& entry = Describe(failure.error.code);
  Json error = Json::object();
  if (!failure.usage.empty()) {
    error["usage"] = failure.usage;
  } else {
    error = {{"code", static_cast<int>(failure.error.code)},
             {"name", entry.name},
             {"what_ja", entry.what_ja},
             {"what_en", entry.what_en},
             {"admin_action_ja", entry.admin_action_ja},
             {"admin_action_en", entry.admin_action_en},
             {"call_ja", entry.call_ja},
             {"call_en", entry.call_en}};
    if (DetailHelps(failure.error.code) && !failure.error.detail.empty()) error["detail"] = failure.error.detail;
  }
  for (const Problem& problem : failure.problems) {
    error["problems"].push_back({{"field", problem.field},
                                 {"text_ja", problem.text_ja},
                                 {"text_en", problem.text_en},
                                 {"warning", problem.warning}});
  }
  if (failure.retry_after.count() > 0) error["retry_after_ms"] = failure.retry_after.count();
  if (!failure.approval_id.empty()) {
    error["approval_id"] = failure.approval_id;
    error["approve_command"] = ApproverWords(failure);
    error["repeat_command"] = ProposerWords(failure, words);
  }
  Json out = {{"ok", false}, {"error", error}};
  if (!failure.more_json.empty()) out.update(Json::parse(failure.more_json));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace madoguchi::cli
