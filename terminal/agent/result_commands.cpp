// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_commands.h"

#include <nlohmann/json.hpp>

#include "contract/card_script.h"
#include "terminal/agent/desk_call.h"
#include "terminal/agent/entry.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/passcode_commands.h"
#include "terminal/agent/refusal_output.h"
#include "terminal/agent/result_json.h"
#include "terminal/agent/result_text.h"

namespace madoguchi::agent {
namespace {

Result<Bytes> PressOf(const Options& options) {
  const std::optional<Bytes> press = UuidFromText(options.press_id);
  if (!press) return Error{ErrorCode::kFieldInvalid, "--press", {}};
  return *press;
}

// Passcode, connection, then `act`. What the server refused is shown with what it said besides.
template <class Act>
int WithDesk(const Options& options, Act act) {
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  if (const Result<void> in = AskPasscode(options, *entry); !in) return ShowError(in.error(), options.json);
  const Result<std::unique_ptr<identity::DeskCheck>> desk = OpenDeskCheck(options);
  if (!desk) return ShowError(desk.error(), options.json);
  const Result<std::string> said = act(*entry, **desk);
  if (!said) return ShowRefusal(said.error(), (*desk)->refusal(), options.json);
  PrintLine(*said);
  return kExitDone;
}

std::string Done(const Options& options, const std::string& text) {
  return options.json ? nlohmann::ordered_json{{"ok", true}}.dump() : text;
}

}  // namespace

int ShowAgainCommand(const Options& options) {
  return WithDesk(options, [&options](Entry&, identity::DeskCheck& desk) -> Result<std::string> {
    TRY_ASSIGN(const identity::ShownAgain shown, desk.ShowAgain());
    if (options.json) return ShownAgainJson(shown.press_id, *shown.answer, shown.left);
    return "【再表示 / shown again】 あと " + std::to_string(shown.left.count()) +
           " 秒で消えます。表示したことは記録されます / it is destroyed then; this showing is recorded\n" +
           ResultText(*shown.answer) + "  照会操作 / press：" + UuidText(shown.press_id);
  });
}

int ConfirmCommand(const Options& options) {
  return WithDesk(options, [&options](Entry&, identity::DeskCheck& desk) -> Result<std::string> {
    TRY_ASSIGN(const Bytes press, PressOf(options));
    TRY_VOID(desk.Confirm(press, options.same_person));
    return Done(options,
                options.same_person
                    ? "同じ人として確認しました。結果をレセコンに渡します / confirmed, it is handed on"
                    : "別の人として、保管していた結果を破棄しました / another person: what was kept is destroyed");
  });
}

int ProposeNameCommand(const Options& options) {
  return WithDesk(options, [&options](Entry& entry, identity::DeskCheck& desk) -> Result<std::string> {
    TRY_ASSIGN(const Bytes press, PressOf(options));
    const auto result = static_cast<std::uint32_t>(options.result - 1);
    if (options.remove) {
      TRY_VOID(desk.ProposeName(press, result, nullptr));
      return Done(options, "読み替えをやめました / the mapping is forgotten");
    }
    TRY_ASSIGN(const SecretBytes name, entry.Field("name", "請求に使う氏名(姓と名の間に空白) / name for claims",
                                                   identity::kProposedNameBytesMax));
    if (name.empty()) return Error{ErrorCode::kFieldInvalid, "name", {}};
    TRY_VOID(desk.ProposeName(press, result, &name));
    return Done(
        options,
        "提案しました。別の担当者が name confirm で確認すると使われます / proposed; it counts once another operator "
        "has confirmed it");
  });
}

int ConfirmNameCommand(const Options& options) {
  return WithDesk(options, [&options](Entry& entry, identity::DeskCheck& desk) -> Result<std::string> {
    TRY_ASSIGN(const Bytes press, PressOf(options));
    TRY_ASSIGN(
        const SecretBytes name,
        entry.Field("name",
                    "見比べた氏名(結果に出た提案のとおりなら Enter) / the name as you read it; Enter: as the result "
                    "showed it",
                    identity::kProposedNameBytesMax));
    TRY_VOID(desk.ConfirmName(press, static_cast<std::uint32_t>(options.result - 1), name));
    return Done(options,
                "確認しました。次の照会から請求用の氏名として出ます / confirmed; shown from the next check on");
  });
}

}  // namespace madoguchi::agent
