// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/error_output.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "contract/log.h"

namespace madoguchi::agent {
namespace {

// Names of readers, files, fields and places in a sheet help to choose or correct; they say nothing about a person and
// hold nothing secret (contract/sheet/sheet_reader.h, contract/enrolment_link.h).
bool DetailHelps(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSeveralCards:
    case ErrorCode::kIdentityExists:
    case ErrorCode::kFieldInvalid:
    case ErrorCode::kInquiryFieldInvalid:
    case ErrorCode::kSheetUnreadable:
    case ErrorCode::kSheetImageOnly:
    case ErrorCode::kSheetFieldInvalid:
    case ErrorCode::kSheetDuplicated:
    case ErrorCode::kImportTooLarge:
    case ErrorCode::kEnrolmentLinkInvalid:
      return true;
    default:
      return false;
  }
}

// The command that does what the person at the desk is told to do.
std::string_view CommandFor(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotLoggedIn:
    case ErrorCode::kPasscodeSpent:
      return "madoguchi-terminal log-in";
    case ErrorCode::kOperatorNeeded:
      return "madoguchi-terminal operator sign-in --staff CODE";
    case ErrorCode::kOperatorPinMustChange:
      return "madoguchi-terminal operator change-pin --staff CODE";
    case ErrorCode::kDeskIdentityMissing:
      return "madoguchi-terminal activate";
    default:
      return {};
  }
}

}  // namespace

int ExitStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNoReader:
    case ErrorCode::kPcscServiceUnavailable:
    case ErrorCode::kReaderHeldByOtherProgram:
    case ErrorCode::kReaderLost:
    case ErrorCode::kReaderUnsuitable:
      return kExitEnvironment;
    default:
      break;
  }
  const int block = static_cast<int>(code) / 100;
  return block == 18 || block == 19 || block == 22 || block == 23 ? kExitEnvironment : kExitRefused;
}

std::string ErrorJson(const Error& error) {
  const CatalogueEntry& entry = Describe(error.code);
  nlohmann::ordered_json out = {{"code", static_cast<int>(error.code)},
                                {"name", entry.name},
                                {"what_ja", entry.what_ja},
                                {"what_en", entry.what_en},
                                {"desk_action_ja", entry.desk_action_ja},
                                {"desk_action_en", entry.desk_action_en},
                                {"admin_action_ja", entry.admin_action_ja},
                                {"admin_action_en", entry.admin_action_en},
                                {"call_ja", entry.call_ja},
                                {"call_en", entry.call_en}};
  if (error.tries_left) out["tries_left"] = *error.tries_left;
  if (DetailHelps(error.code)) out["detail"] = error.detail;
  return nlohmann::ordered_json{{"ok", false}, {"error", out}}.dump();
}

std::string ErrorText(const Error& error) {
  const CatalogueEntry& entry = Describe(error.code);
  const auto line = [](std::string_view label, std::string_view ja, std::string_view en) {
    return std::string(label) + std::string(ja) + "\n      " + std::string(en) + "\n";
  };
  std::string text = "エラー " + std::to_string(static_cast<int>(error.code)) + " (" + std::string(entry.name) + ")\n";
  text += line("内容: ", entry.what_ja, entry.what_en);
  if (error.tries_left) {
    const std::string tries = std::to_string(*error.tries_left);
    const bool passcode = error.code == ErrorCode::kPasscodeWrong;
    text += line("残り: ", (passcode ? "パスコードをあと " : "暗証番号をあと ") + tries + " 回入力できます",
                 (passcode ? "passcode tries left: " : "PIN tries left: ") + tries);
  }
  if (DetailHelps(error.code)) text += "対象: " + error.detail + "\n";
  text += line("窓口: ", entry.desk_action_ja, entry.desk_action_en);
  if (const std::string_view command = CommandFor(error.code); !command.empty())
    text += "操作: " + std::string(command) + "\n";
  text += line("管理: ", entry.admin_action_ja, entry.admin_action_en);
  text += line("連絡: ", entry.call_ja, entry.call_en);
  return text;
}

int ShowError(const Error& error, bool json) {
  log::Report("agent", "ended", error);
  if (json) {
    PrintLine(ErrorJson(error));
  } else {
    Progress(ErrorText(error));
  }
  return ExitStatus(error.code);
}

void PrintLine(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

void Progress(const std::string& line) {
  std::fputs((line + "\n").c_str(), stderr);
}

}  // namespace madoguchi::agent
