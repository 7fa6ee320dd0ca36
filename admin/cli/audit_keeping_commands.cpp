// SPDX-License-Identifier: Apache-2.0
// audit partitions, audit hold: how long the trail is kept.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/time_text.h"
#include "madoguchi/v1/trail_keeping_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::TrailKeepingService::Stub;

Done ListPartitions(Shell& shell) {
  v1::ListTrailPartitionsResponse answer;
  if (Done failed = shell.client->Call(&Stub::ListPartitions, {}, answer)) return failed;
  Shown shown = ShownList("partitions", answer.partitions(),
                          {{"name", "区画 / partition"},
                           {"from", "から / from"},
                           {"until", "まで / until"},
                           {"state", "状態 / state"},
                           {"rows", "行 / rows"},
                           {"bytes", "バイト / bytes"},
                           {"retirable_from", "廃棄できる日 / retirable from"},
                           {"hold", "保全 / hold"},
                           {"retired_at", "廃棄 / retired"},
                           {"retired_by", "廃棄した人 / by"},
                           {"reason", "理由 / reason"}});
  shown.numbers.emplace_back("retention_years", answer.retention_years());
  shown.notes.push_back(
      "保存年数 / kept for: " + std::to_string(answer.retention_years()) +
      " 年 / years。retirable の区画は、サーバーの機械で madoguchi-server retire-trail で廃棄できます "
      "/ a retirable one can be retired on the server's machine with madoguchi-server retire-trail");
  Show(shell.settings, shown);
  return {};
}

Done ListHolds(Shell& shell) {
  v1::ListTrailHoldsResponse answer;
  if (Done failed = shell.client->Call(&Stub::ListHolds, {}, answer)) return failed;
  Show(shell.settings, ShownList("holds", answer.holds(),
                                 {{"number", "番号 / number"},
                                  {"from", "から / from"},
                                  {"until", "まで / until"},
                                  {"reason", "理由 / reason"},
                                  {"placed_by", "指定した人 / placed by"},
                                  {"placed_at", "指定 / placed"},
                                  {"lifted_by", "解除した人 / lifted by"},
                                  {"lifted_at", "解除 / lifted"}}));
  return {};
}

Done Place(Shell& shell, v1::PlaceTrailHoldRequest& request) {
  if (Done wrong = ReadTime("--from", *request.mutable_from())) return wrong;
  if (Done wrong = ReadTime("--until", *request.mutable_until())) return wrong;
  v1::PlaceTrailHoldResponse answer;
  if (Done failed = shell.client->Call(&Stub::PlaceHold, request, answer)) return failed;
  Shown shown =
      ShownNote("保全を指定しました。この期間の証跡は廃棄されません / placed: nothing of that time is retired. " +
                std::string("番号 / number: ") + std::to_string(answer.number()));
  shown.numbers.emplace_back("number", answer.number());
  Show(shell.settings, shown);
  return {};
}

}  // namespace

void AddAuditKeepingCommands(CLI::App& audit, Shell& shell) {
  AddCommand(audit, shell, "partitions",
             "証跡の月ごとの区画と、廃棄できる日 / the trail's months, and when each can be retired", ListPartitions);
  CLI::App& group = AddGroup(audit, "hold", "証跡の保全: 期間を指定して廃棄させない / legal hold: a time is kept");
  AddCommand(group, shell, "list", "保全の一覧 / list the holds", ListHolds);

  const auto placed = std::make_shared<v1::PlaceTrailHoldRequest>();
  CLI::App& place = AddCommand(group, shell, "place", "保全を指定する / place a hold",
                               [placed](Shell& run) { return Place(run, *placed); });
  AddText(place, "--from", placed->mutable_from(), "この日時から（日本時間） / from then on (of Japan without a zone)")
      .required();
  AddText(place, "--until", placed->mutable_until(), "この日時より前 / before then").required();
  AddText(place, "--reason", placed->mutable_reason(),
          "理由（200 文字まで。患者の名前は書かない） / why; never a patient's name")
      .required();

  const auto lifted = std::make_shared<v1::LiftTrailHoldRequest>();
  CLI::App& lift = AddCommand(group, shell, "lift", "保全を解除する（2 名） / lift a hold (two people)",
                              [lifted](Shell& run) -> Done {
                                v1::LiftTrailHoldResponse answer;
                                if (Done failed = run.client->Call(&Stub::LiftHold, *lifted, answer)) return failed;
                                Show(run.settings, ShownNote("保全を解除しました / the hold was lifted"));
                                return {};
                              });
  AddNumber(
      lift, "NUMBER", [lifted](std::uint32_t number) { lifted->set_number(number); },
      "audit hold list の番号 / number of the hold")
      .required();
  AddApproval(lift, lifted->mutable_approval_id());
}

}  // namespace madoguchi::cli
