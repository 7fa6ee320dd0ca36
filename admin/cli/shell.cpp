// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/shell.h"

#include "admin/cli/client.h"
#include "admin/cli/text.h"
#include "madoguchi/v1/facility_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

constexpr char kCommands[] = "操作 / Commands";

std::string CheckText(const std::string& text) {
  if (text.size() > kTextBytesMax) return "長すぎます（1000 バイトまで）/ too long (1000 bytes)";
  if (!IsUtf8(text)) return "UTF-8 の文字ではありません / not UTF-8";
  return {};
}

}  // namespace

CLI::App& AddGroup(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App& group = *app.add_subcommand(name, description);
  group.require_subcommand(1);
  group.group(kCommands);
  return group;
}

CLI::App& AddCommand(CLI::App& group, Shell& shell, const std::string& name, const std::string& description,
                     std::function<Done(Shell&)> act) {
  CLI::App& command = *group.add_subcommand(name, description);
  command.group(kCommands);
  command.final_callback([&shell, act = std::move(act)] { shell.act = act; });
  return command;
}

CLI::Option& AddText(CLI::App& command, const std::string& name, std::string* into, const std::string& description) {
  return *command.add_option(name, *into, description)->check(CLI::Validator(CheckText, "", ""));
}

CLI::Option& AddNumber(CLI::App& command, const std::string& name, std::function<void(std::uint32_t)> take,
                       const std::string& description) {
  return *command.add_option_function<std::uint32_t>(name, std::move(take), description)->type_name("N");
}

CLI::Option& AddFlag(CLI::App& command, const std::string& name, std::function<void()> take,
                     const std::string& description) {
  return *command.add_flag_callback(name, std::move(take), description);
}

CLI::Option& AddChoice(CLI::App& command, const std::string& name, const google::protobuf::EnumDescriptor& type,
                       std::function<void(int)> take, const std::string& description) {
  std::string words;
  for (const std::string& word : Words(type)) words += (words.empty() ? "" : "|") + word;
  const auto check = [&type, words](const std::string& word) {
    return NumberOf(type, word) ? std::string() : "次のどれかです / one of: " + words;
  };
  return *command
              .add_option_function<std::string>(
                  name, [&type, take = std::move(take)](const std::string& word) { take(*NumberOf(type, word)); },
                  description)
              ->check(CLI::Validator(check, "", ""))
              ->type_name(words);
}

void AddApproval(CLI::App& command, std::string* into) {
  AddText(command, "--approval", into, "承認番号（もう 1 名の承認のあと） / number of the second person's approval");
}

Done Agree(const Shell& shell, const std::string& question) {
  if (shell.settings.yes) return {};
  const std::optional<bool> agreed = AskYesNo(question);
  if (!agreed)
    return Usage("確認の質問に答える端末がありません。よければ --yes を付けてください",
                 "there is no terminal to answer the question at: add --yes if it is meant");
  if (!*agreed) return Usage("取り消しました。何も変わっていません", "cancelled; nothing was changed");
  return {};
}

Done FillInstitution(Shell& shell, std::string* into) {
  if (!into->empty()) return {};
  if (!shell.settings.institution.empty()) {
    *into = shell.settings.institution;
    return {};
  }
  v1::ListInstitutionsResponse found;
  if (Done failed = shell.client->Call(&v1::FacilityService::Stub::ListInstitutions, {}, found)) return failed;
  if (found.institutions_size() == 1) {
    *into = found.institutions(0).institution_code();
    return {};
  }
  std::string codes;
  for (const v1::Institution& institution : found.institutions())
    codes += " " + Printable(institution.institution_code());
  if (codes.empty()) return Because(ErrorCode::kInstitutionUnknown, "none is registered");
  return Usage("医療機関コードを --institution で選んでください:" + codes, "choose one with --institution:" + codes);
}

}  // namespace madoguchi::cli
