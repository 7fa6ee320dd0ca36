// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/completion.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace madoguchi::cli {
namespace {

constexpr std::string_view kHead = R"(# bash completion of madoguchi-admin. Printed by: madoguchi-admin completion bash
_madoguchi_admin() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" path="" word words=""
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
)";
constexpr std::string_view kAfterPaths = R"() path="$path $word" ;;
    esac
  done
  case "$path $previous" in
)";
constexpr std::string_view kAfterValues = R"(  esac
  case "$path" in
)";
constexpr std::string_view kTail = R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _madoguchi_admin madoguchi-admin
)";
constexpr std::string_view kFiles =
    "mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); compopt -o filenames; return";

using Apps = std::vector<std::pair<std::string, const CLI::App*>>;  // path with a blank before each word

void Collect(const CLI::App& app, const std::string& path, Apps& all) {
  all.emplace_back(path, &app);
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    Collect(*sub, path + " " + sub->get_name(), all);
}

bool IsPath(const std::string& type) {
  return type == "FILE" || type == "DIRECTORY";
}

// The words of a choice ("medical|dental") with blanks between them; empty when it is none.
std::string Choices(const std::string& type) {
  std::string words = type;
  if (words.find('|') == std::string::npos) return {};
  std::replace(words.begin(), words.end(), '|', ' ');
  return words;
}

std::vector<const CLI::Option*> Options(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return !option->get_lnames().empty(); });
}

// What follows an option that takes a value.
void AddValues(const std::string& path, const CLI::App& app, std::string& script) {
  for (const CLI::Option* option : Options(app)) {
    if (option->get_items_expected_max() == 0) continue;
    // Options of the program are good behind every command.
    const std::string name = " --" + option->get_lnames().front();
    const std::string where = path.empty() ? "*'" + name + "'" : "'" + path + name + "'";
    const std::string choices = Choices(option->get_type_name());
    script += "    " + where + ") ";
    if (IsPath(option->get_type_name())) {
      script += kFiles;
    } else if (!choices.empty()) {
      script += "mapfile -t COMPREPLY < <(compgen -W '" + choices + "' -- \"$current\"); return";
    } else {
      script += "return";  // free text: nothing to offer
    }
    script += " ;;\n";
  }
}

std::string WordsOf(const CLI::App& app) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) words += " " + sub->get_name();
  for (const CLI::Option* option : app.get_options([](const CLI::Option* one) { return one->get_positional(); })) {
    if (const std::string choices = Choices(option->get_type_name()); !choices.empty()) words += " " + choices;
  }
  for (const CLI::Option* option : Options(app)) words += " --" + option->get_lnames().front();
  return words.empty() ? words : words.substr(1);
}

bool TakesPaths(const CLI::App& app) {
  const CLI::Option* path = app.get_option_no_throw("PATH");
  return path != nullptr && path->get_positional();
}

}  // namespace

std::string BashCompletion(const CLI::App& app) {
  Apps all;
  Collect(app, "", all);
  std::string script(kHead);
  script += "      ";
  bool first = true;
  for (const auto& [path, one] : all) {
    if (path.empty()) continue;
    script += (first ? "'" : " | '") + path + "'";
    first = false;
  }
  script += kAfterPaths;
  for (const auto& [path, one] : all) AddValues(path, *one, script);
  script += kAfterValues;
  const std::string everywhere = WordsOf(app).substr(WordsOf(app).find("--"));
  for (const auto& [path, one] : all) {
    script += "    '" + path + "') words='" + WordsOf(*one);
    script += path.empty() ? "'" : " " + everywhere + "'";
    if (TakesPaths(*one)) script += std::string("; [[ $current == -* ]] || { ") + std::string(kFiles) + "; }";
    script += " ;;\n";
  }
  return script + std::string(kTail);
}

}  // namespace madoguchi::cli
