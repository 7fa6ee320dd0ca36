// SPDX-License-Identifier: Apache-2.0
// method: which ways of checking are allowed where and when: rules by desk or zone, days and times of day.
#include <algorithm>
#include <charconv>

#include "admin/cli/client.h"
#include "admin/cli/desk_choice.h"
#include "admin/cli/groups.h"
#include "madoguchi/v1/method_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::MethodService::Stub;

constexpr std::uint32_t kDaysOfWeek = 7;
constexpr char kDeskHelp[] = "端末の名前か ID / name or id of the desk";
constexpr char kZoneHelp[] = "ゾーンの名前（40 文字まで） / name of the zone";

struct Wish {
  v1::AddMethodRuleRequest add;
  std::vector<std::string> methods;
  std::string days;
  bool none = false;
};

// "1,3-5" → 1 3 4 5.
Done ReadDays(const std::string& text, v1::MethodRule& rule) {
  const auto wrong = [] {
    return Usage("曜日は 1（月）から 7（日）で、1-5 や 1,3,6 のように指定してください",
                 "days are 1 (Monday) to 7 (Sunday), such as 1-5 or 1,3,6");
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::uint32_t first = 0, last = 0;
    auto read = std::from_chars(at, end, first);
    if (read.ec != std::errc()) return wrong();
    last = first;
    if (read.ptr != end && *read.ptr == '-') {
      read = std::from_chars(read.ptr + 1, end, last);
      if (read.ec != std::errc()) return wrong();
    }
    if (first < 1 || last > kDaysOfWeek || first > last) return wrong();
    for (std::uint32_t day = first; day <= last; ++day) rule.add_weekdays(day);
    at = read.ptr;
    if (at == end) break;
    if (*at != ',' || ++at == end) return wrong();
  }
  return {};
}

Done List(Shell& shell, bool rules) {
  v1::ListMethodRulesResponse answer;
  if (Done failed = shell.client->Call(&Stub::List, {}, answer)) return failed;
  Shown shown;
  if (rules) {
    shown = ShownList("rules", answer.rules(),
                      {{"number", "番号 / number"},
                       {"desk_name", "窓口端末 / desk"},
                       {"zone", "ゾーン / zone"},
                       {"weekdays", "曜日（1 月曜） / days (1 Monday)"},
                       {"from", "から / from"},
                       {"until", "まで / until"},
                       {"methods", "使える方法 / allowed"},
                       {"made_by", "作成者 / made by"},
                       {"made_at", "作成 / made"}});
    shown.notes.emplace_back(
        "1 "
        "つの端末の規則、ゾーンの規則、全体の規則の順に優先し、同じなら新しいものが有効です。どれにも当てはまらなければ"
        "、"
        "設定で有効な方法をすべて使えます / a desk's rule comes before a zone's, a zone's before one for all, the "
        "newest "
        "first; where none fits, every method that is switched on is allowed");
  } else {
    shown = ShownList("desks", answer.desks(),
                      {{"desk_name", "窓口端末 / desk"},
                       {"zone", "ゾーン / zone"},
                       {"methods", "いま使える方法 / allowed now"},
                       {"desk_id", "ID"}});
  }
  shown.notes.emplace_back("方法の空欄: どの方法も使えません / no method in the column: no check is allowed");
  Show(shell.settings, shown);
  return {};
}

Done Add(Shell& shell, Wish& wish) {
  v1::MethodRule& rule = *wish.add.mutable_rule();
  if (wish.methods.empty() != wish.none)
    return Usage("使える方法を --allow で指定するか、--none を付けてください",
                 "say with --allow which methods are allowed, or give --none");
  if (Done wrong = ReadDays(wish.days, rule)) return wrong;
  for (const std::string& word : wish.methods)
    rule.add_methods(static_cast<v1::Method>(*NumberOf(*v1::Method_descriptor(), word)));
  if (!rule.desk_id().empty()) {
    if (Done failed = FillDesk(shell, rule.mutable_desk_id())) return failed;
  }
  if (wish.none) {
    if (Done no = Agree(shell,
                        "この規則の間はどの方法でも資格確認ができません。よろしいですか / no check will be possible "
                        "while this rule holds. Add it?"))
      return no;
  }
  v1::AddMethodRuleResponse answer;
  if (Done failed = shell.client->Call(&Stub::Add, wish.add, answer)) return failed;
  Shown shown = ShownNote("規則を加えました / the rule was added: " + std::to_string(answer.number()));
  shown.numbers.emplace_back("number", answer.number());
  Show(shell.settings, shown);
  return {};
}

Done Remove(Shell& shell, const v1::RemoveMethodRuleRequest& request) {
  if (Done no = Agree(shell, "規則 " + std::to_string(request.number()) + " を消しますか / remove this rule?"))
    return no;
  v1::RemoveMethodRuleResponse answer;
  if (Done failed = shell.client->Call(&Stub::Remove, request, answer)) return failed;
  Show(shell.settings, ShownNote("規則を消しました / the rule was removed"));
  return {};
}

void AddAdd(CLI::App& group, Shell& shell) {
  const auto wish = std::make_shared<Wish>();
  v1::MethodRule& rule = *wish->add.mutable_rule();
  CLI::App& add =
      AddCommand(group, shell, "add", "規則を加える / add a rule", [wish](Shell& run) { return Add(run, *wish); });
  CLI::Option& desk = AddText(add, "--desk", rule.mutable_desk_id(), kDeskHelp);
  AddText(add, "--zone", rule.mutable_zone(), kZoneHelp).excludes(&desk);
  AddText(add, "--days", &wish->days,
          "曜日 1（月）–7（日）、例 1-5（なければ毎日） / days 1 (Monday) to 7, such as 1-5");
  AddText(add, "--from", rule.mutable_from(), "開始 HH:MM（日本時間） / from, time of Japan");
  AddText(add, "--until", rule.mutable_until(),
          "終了 HH:MM（この時刻は含まない。開始より前なら翌日） / until, exclusive; before --from: of the next day");
  const auto known = [](const std::string& word) {
    return NumberOf(*v1::Method_descriptor(), word) ? std::string() : "次のどれかです / one of: sight|pin|number";
  };
  CLI::Option& allow =
      *add.add_option("--allow", wish->methods,
                      "使える方法（いくつもあるときは繰り返す） / an allowed method; repeat it for more")
           ->expected(1)
           ->take_all()
           ->check(CLI::Validator(known, "", ""))
           ->type_name("sight|pin|number");
  AddFlag(
      add, "--none", [wish] { wish->none = true; }, "どの方法も使えない / allow no method at all")
      .excludes(&allow);
}

}  // namespace

void AddMethodCommands(CLI::App& app, Shell& shell) {
  CLI::App& group =
      AddGroup(app, "method", "確認の方法（目視・暗証番号・番号照会）の規則 / which ways of checking are allowed");
  AddCommand(group, shell, "list", "規則の一覧 / list the rules", [](Shell& run) { return List(run, true); });
  AddCommand(group, shell, "desks", "いまどの端末でどの方法が使えるか / what is allowed at each desk now",
             [](Shell& run) { return List(run, false); });
  AddAdd(group, shell);

  const auto removed = std::make_shared<v1::RemoveMethodRuleRequest>();
  CLI::App& remove = AddCommand(group, shell, "remove", "規則を消す / remove a rule",
                                [removed](Shell& run) { return Remove(run, *removed); });
  AddNumber(
      remove, "NUMBER", [removed](std::uint32_t number) { removed->set_number(number); },
      "method list の番号 / number of the rule")
      .required();

  const auto zone = std::make_shared<v1::SetZoneRequest>();
  CLI::App& set =
      AddCommand(group, shell, "zone", "端末をゾーンに入れる / put a desk into a zone", [zone](Shell& run) -> Done {
        if (Done failed = FillDesk(run, zone->mutable_desk_id())) return failed;
        v1::SetZoneResponse answer;
        if (Done failed = run.client->Call(&Stub::SetZone, *zone, answer)) return failed;
        Show(run.settings, ShownNote(zone->zone().empty() ? "ゾーンから外しました / in no zone now"
                                                          : "ゾーンに入れました / put into the zone"));
        return {};
      });
  AddText(set, "DESK", zone->mutable_desk_id(), kDeskHelp).required();
  AddText(set, "ZONE", zone->mutable_zone(),
          "ゾーンの名前。なければゾーンから外す / name of the zone; none: in no zone");
}

}  // namespace madoguchi::cli
