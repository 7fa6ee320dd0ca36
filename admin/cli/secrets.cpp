// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/secrets.h"

#include <unistd.h>

#include <cerrno>

#include "admin/cli/terminal_entry.h"
#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

Failure NotGiven(std::string_view name) {
  const std::string line(name);
  return Usage("--secrets-fd から読んだ行に " + line + "= がありません",
               "the lines read from --secrets-fd hold no " + line + "=");
}

Failure NoTerminal(std::string_view name) {
  const std::string line(name);
  return Usage("入力できる端末がありません。--secrets-fd N で " + line + "=… の行を渡してください",
               "there is no terminal to type at: give a line " + line + "=… with --secrets-fd N");
}

Failure Malformed() {
  return Usage("--secrets-fd の内容は 名前=値 の行だけ、全体で 4096 バイト、値は 256 バイトまでです",
               "--secrets-fd takes lines name=value only, 4096 bytes in all, 256 bytes a value");
}

std::optional<Failure> Type(std::string_view name, const std::string& prompt, bool silent, SecretBytes& into) {
  switch (TypeLine(prompt, silent, into)) {
    case Typed::kLine:
      break;
    case Typed::kNoTerminal:
      return NoTerminal(name);
    case Typed::kCancelled:
      return Usage("入力を取り消しました", "cancelled");
    case Typed::kTooLong:
      return Usage("入力が長すぎます", "what was typed is too long");
  }
  if (!IsUtf8(AsText(into.view()))) return Usage("UTF-8 の文字ではありません", "not UTF-8");
  return {};
}

}  // namespace

Done Secrets::Read() {
  if (given_) return {};
  Result<SecretBytes> room = SecretBytes::Make(kSecretsBytesMax + 1);
  if (!room) return Because(room.error());
  while (!room->free_space().empty()) {
    const ssize_t got = read(descriptor_, room->free_space().data(), room->free_space().size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Usage("--secrets-fd の記述子を読めません", "the descriptor of --secrets-fd cannot be read");
    if (got == 0) break;
    room->Grow(static_cast<std::size_t>(got));
  }
  if (room->size() > kSecretsBytesMax || !IsUtf8(AsText(room->view()))) return Malformed();
  given_ = std::move(*room);
  return {};
}

Done Secrets::Find(std::string_view name, bool needed, std::string& into) {
  if (Done failed = Read()) return failed;
  std::string_view rest = AsText(given_->view());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || line.size() - equals - 1 > kSecretBytesMax) return Malformed();
    if (line.substr(0, equals) != name) continue;
    into.assign(line.substr(equals + 1));
    if (into.empty() && needed) return NotGiven(name);
    return {};
  }
  return needed ? Done(NotGiven(name)) : Done();
}

Done Secrets::Get(std::string_view name, const std::string& prompt, Typing typing, std::string& into) {
  if (descriptor_ >= 0) return Find(name, true, into);
  Result<SecretBytes> typed = SecretBytes::Make(kSecretBytesMax);
  if (!typed) return Because(typed.error());
  if (Done failed = Type(name, prompt, typing != Typing::kShown, *typed)) return failed;
  if (typed->empty()) return Usage("何も入力されていません", "nothing was typed");
  if (typing == Typing::kTwice) {
    Result<SecretBytes> again = SecretBytes::Make(kSecretBytesMax);
    if (!again) return Because(again.error());
    if (Done failed = Type(name, "もう一度 / again: ", true, *again)) return failed;
    if (AsText(again->view()) != AsText(typed->view())) return Because(ErrorCode::kPasswordsDiffer, "typed twice");
  }
  into.assign(AsText(typed->view()));
  return {};
}

Done Secrets::GetOptional(std::string_view name, const std::string& prompt, std::string& into) {
  if (descriptor_ >= 0) return Find(name, false, into);
  Result<SecretBytes> typed = SecretBytes::Make(kSecretBytesMax);
  if (!typed) return Because(typed.error());
  if (Done failed = Type(name, prompt, true, *typed)) return failed;
  into.assign(AsText(typed->view()));
  return {};
}

void WipeText(std::string& text) {
  if (!text.empty()) Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  text.clear();
}

void WipeText(std::string* text) {
  WipeText(*text);
}

std::optional<bool> AskYesNo(const std::string& question) {
  Result<SecretBytes> typed = SecretBytes::Make(kSecretBytesMax);
  if (!typed || TypeLine(question + " (y/N): ", false, *typed) != Typed::kLine) return {};
  const std::string_view answer = AsText(typed->view());
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace madoguchi::cli
