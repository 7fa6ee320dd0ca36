// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_footer.h"

#include <array>
#include <cstdio>

#include "madoguchi/v1/result.pb.h"
#include "terminal/agent/result_page.h"

namespace madoguchi::agent {
namespace {

// Two digits of a small number, one of a bigger: "0.9", "12.3", "0.02", "0.004".
std::string Seconds(std::chrono::microseconds time) {
  const double seconds = static_cast<double>(time.count()) / 1e6;
  const int digits = seconds >= 0.095 ? 1 : seconds >= 0.0095 ? 2 : 3;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, seconds);
  return text.data();
}

std::string ChannelName(const std::string& channel) {
  if (channel == "oqs_folder") return "OQS フォルダー / OQS folder";
  if (channel == "webhook") return "Webhook";
  if (channel == "pull") return "取得 API / pull API";
  return channel;
}

void ShowHandoff(const Checked& checked, Page& page) {
  const link::CheckAnswer& answer = checked.answer;
  std::string channels;
  for (const std::string& channel : answer.handoff) channels += (channels.empty() ? "" : "、") + ChannelName(channel);
  page.Line(answer.birthdate_differs ? "レセコン連携（確認のあとに渡します / after confirmation）"
                                     : "レセコン連携 / hand-off",
            channels);
  if (!answer.handoff_not_kept) return;
  const CatalogueEntry& not_kept = Describe(ErrorCode::kHandoffNotKept);
  page.Banner(std::string(not_kept.what_ja) + " / " + std::string(not_kept.what_en));
  page.Advice(not_kept.desk_action_ja, not_kept.desk_action_en);
}

void ShowCommands(const Checked& checked, Page& page) {
  const std::string press = UuidText(checked.press_id);
  if (checked.answer.birthdate_differs) {
    page.Banner("生年月日が予定と違います / the birth date is not the expected one");
    page.Advice("患者さんの取り違えがないか確かめてください。", "Make sure that patients were not mixed up.");
    if (!checked.answer.handoff.empty())
      page.Line("確認の操作 / to confirm", "madoguchi-terminal confirm --press " + press +
                                               " --same-person（別の人なら / another person: --another）");
  }
  int number = 0;
  for (const v1::QualificationResult& result : checked.answer.answer->results()) {
    ++number;
    const v1::NameNotes& notes = result.name_notes();
    const bool unsettled =
        (notes.unresolved_size() > 0 || notes.outside_jis_x_0208_size() > 0) && !notes.has_claim_safe_name();
    if (!unsettled && !notes.has_proposed_name()) continue;
    page.Line("請求用の氏名 / name for claims", std::string("madoguchi-terminal name ") +
                                                    (notes.has_proposed_name() ? "confirm" : "propose") + " --press " +
                                                    press + " --result " + std::to_string(number));
  }
}

}  // namespace

std::string LatencyText(const Checked& checked) {
  const Phases phases = PhasesOf(checked);
  const auto other = phases.total - phases.card - phases.national;
  const bool by_card = checked.method != link::Method::kNumber;
  return (by_card ? "カード " + Seconds(phases.card) + " 秒 · " : std::string()) + "国 " + Seconds(phases.national) +
         " 秒 · 他 " + Seconds(other) + " 秒 / " +
         (by_card ? "card " + Seconds(phases.card) + " s · " : std::string()) + "national service " +
         Seconds(phases.national) + " s · other " + Seconds(other) + " s";
}

std::string ResultFooter(const Checked& checked) {
  Page page;
  ShowHandoff(checked, page);
  ShowCommands(checked, page);
  if (const auto again = checked.welcome.show_again; again.count() > 0) {
    const std::string seconds = std::to_string(again.count());
    page.Line("再表示 / show again", "madoguchi-terminal show-again（" + seconds + " 秒以内、記録されます / within " +
                                         seconds + " s, recorded）");
  }
  page.Line("照会操作 / press", UuidText(checked.press_id));
  page.Line("所要時間 / time", LatencyText(checked));
  return page.Take();
}

}  // namespace madoguchi::agent
