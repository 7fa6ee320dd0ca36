// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/check_refusal.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "contract/log.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/result_outcome.h"
#include "terminal/agent/result_page.h"

namespace madoguchi::agent {
namespace {

using link::Method;
using Json = nlohmann::ordered_json;

// Of what is public; how a registration is made is not this product's affair.
struct Way {
  const char *ja, *en;
};
constexpr std::array<Way, 3> kWaysToRegister = {
    {{"顔認証付きカードリーダー（置いてある医療機関・薬局で）", "a face recognition reader, where there is one"},
     {"マイナポータル（患者さんのスマートフォンなど）", "Mynaportal, on the patient's phone for example"},
     {"セブン銀行 ATM", "a Seven Bank ATM"}}};

// The PIN cannot be used, or was not known.
bool AskedForAPinInVain(ErrorCode code) {
  switch (code) {
    case ErrorCode::kPinWrong:
    case ErrorCode::kPinLastTry:
    case ErrorCode::kPinBlocked:
    case ErrorCode::kPinDisabled:
    case ErrorCode::kPinCancelled:
    case ErrorCode::kMethodNotAllowedHere:
      return true;
    default:
      return false;
  }
}

bool SightDidNotWork(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSightRefusedByCard:
    case ErrorCode::kNationalRefusedSight:
    case ErrorCode::kSightOnlySimulated:
    case ErrorCode::kMethodNotAllowed:
    case ErrorCode::kMethodNotAllowedHere:
    case ErrorCode::kCardWithoutPhoto:
      return true;
    default:
      return false;
  }
}

std::string_view SightOrPin(Method method) {
  return method == Method::kSight
             ? "目視で確認できます / sight can be used here: madoguchi-terminal check --method sight"
             : "暗証番号で確認できます / the PIN can be used: madoguchi-terminal check --method pin";
}

std::string NotRegisteredText(const Error& error) {
  const CatalogueEntry& entry = Describe(error.code);
  Page page;
  page.Banner(std::string(entry.what_ja) + " / " + std::string(entry.what_en));
  page.Advice(kSubstitutes.ja, kSubstitutes.en);
  page.Heading("利用登録の方法 / how it can be registered");
  for (const Way& way : kWaysToRegister) page.Line(way.ja, way.en);
  page.Advice(
      "登録を受け付けていない時間帯があります。時間はこの画面では分かりません。マイナポータルの案内を見てください。登録"
      "が"
      "済んだら、カードをもう一度読み取ってください。",
      "There are hours at which nothing can be registered; they are not known here: see Mynaportal. Once it is "
      "registered, "
      "read the card again.");
  page.Line("コード / code", std::to_string(static_cast<int>(error.code)) + " (" + std::string(entry.name) + ")");
  page.Line("連絡 / call", std::string(entry.call_ja) + " / " + std::string(entry.call_en));
  return page.Take();
}

}  // namespace

std::vector<Method> OtherMethods(ErrorCode code, Method used, const std::vector<Method>& allowed) {
  std::vector<Method> others;
  const auto offer = [&](Method method, bool helps) {
    if (helps && method != used && std::find(allowed.begin(), allowed.end(), method) != allowed.end())
      others.push_back(method);
  };
  offer(Method::kSight, used == Method::kPin && AskedForAPinInVain(code));
  offer(Method::kPin, used == Method::kSight && SightDidNotWork(code));
  return others;
}

std::string CheckRefusalText(const Error& error, const std::vector<Method>& others) {
  std::string text = error.code == ErrorCode::kNotRegisteredForInsurance ? NotRegisteredText(error) : ErrorText(error);
  for (const Method other : others) text += "別の方法: " + std::string(SightOrPin(other)) + "\n";
  return text;
}

std::string CheckRefusalJson(const Error& error, const std::vector<Method>& others) {
  Json out = Json::parse(ErrorJson(error));
  for (const Method other : others) out["error"]["other_methods"].push_back(link::MethodWord(other));
  if (error.code == ErrorCode::kNotRegisteredForInsurance) {
    for (const Way& way : kWaysToRegister)
      out["error"]["ways_to_register"].push_back({{"text_ja", way.ja}, {"text_en", way.en}});
    out["error"]["substitutes"] = {{"text_ja", kSubstitutes.ja}, {"text_en", kSubstitutes.en}};
  }
  return out.dump();
}

int ShowCheckRefusal(const Error& error, Method used, const std::vector<Method>& allowed, bool json) {
  log::Report("agent", "ended", error);
  const std::vector<Method> others = OtherMethods(error.code, used, allowed);
  if (json) {
    PrintLine(CheckRefusalJson(error, others));
  } else {
    Progress(CheckRefusalText(error, others));
  }
  return ExitStatus(error.code);
}

}  // namespace madoguchi::agent
