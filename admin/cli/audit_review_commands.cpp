// SPDX-License-Identifier: Apache-2.0
// audit timeline, subject, without-subject, saved: what the trail says to the person who asks; and the search, which
// stands in a file of its own.
#include "admin/cli/client.h"
#include "admin/cli/desk_choice.h"
#include "admin/cli/groups.h"
#include "admin/cli/trail_entries.h"
#include "madoguchi/v1/trail_review_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::TrailReviewService::Stub;

constexpr std::size_t kAccountDigits = 8;  // W0000001

Done Timeline(Shell& shell, const std::string& what, v1::ReadTimelineRequest& request) {
  const bool is_account = what.size() == kAccountDigits && what.front() == 'W';
  *(is_account ? request.mutable_account_id() : request.mutable_press_id()) = what;
  if (Done wrong = ReadSpan(request)) return wrong;
  v1::ReadTimelineResponse answer;
  if (Done failed = shell.client->Call(&Stub::Timeline, request, answer)) return failed;
  std::vector<Column> columns = TrailColumns();
  columns.insert(columns.begin() + 2, {"after_ms", "間隔 ms / after"});
  Shown shown = ShownList("entries", answer.entries(), columns);
  shown.flags.emplace_back("more", answer.more());
  if (answer.more())
    shown.notes.emplace_back("この後にもあります。--since で続けてください / there are later ones: use --since");
  Show(shell.settings, shown);
  return {};
}

Done Subject(Shell& shell, PatientWish wish, v1::ReadSubjectRequest& request) {
  if (Done wrong = ReadSpan(request)) return wrong;
  request.set_institution_code(shell.settings.institution);
  if (!wish.Wanted()) wish.number = true;
  if (Done failed = AskPatient(shell, wish, *request.mutable_patient())) return failed;
  v1::ReadSubjectResponse answer;
  Done failed = shell.client->Call(&Stub::Subject, request, answer);
  WipePatient(*request.mutable_patient());
  if (failed) return failed;
  ShowTrail(shell, answer.entries(), answer.next());
  return {};
}

Done WithoutSubject(Shell& shell, v1::CountWithoutSubjectRequest& request) {
  if (Done wrong = ReadSpan(request)) return wrong;
  if (!request.desk_id().empty()) {
    if (Done failed = FillDesk(shell, request.mutable_desk_id())) return failed;
  }
  request.set_institution_code(shell.settings.institution);
  v1::CountWithoutSubjectResponse answer;
  if (Done failed = shell.client->Call(&Stub::WithoutSubject, request, answer)) return failed;
  Shown shown = ShownList("minutes", answer.minutes(),
                          {{"minute", "分 / minute"},
                           {"desk_name", "窓口端末 / desk"},
                           {"operators", "受付担当 / operators"},
                           {"checks", "件 / checks"},
                           {"without_number", "患者番号なし / without number"},
                           {"nobody_found", "該当者なし / nobody found"},
                           {"not_to_be_found", "どの番号でも探せない / found by no number"}});
  shown.flags.emplace_back("more", answer.more());
  Show(shell.settings, shown);
  return {};
}

Done ListSaved(Shell& shell) {
  v1::ListTrailSearchesResponse answer;
  if (Done failed = shell.client->Call(&Stub::ListSearches, v1::ListTrailSearchesRequest(), answer)) return failed;
  Show(shell.settings,
       ShownList("searches", answer.searches(), {{"name", "名前 / name"}, {"saved_at", "保存 / saved"}}));
  return {};
}

Done DeleteSaved(Shell& shell, const std::string& name) {
  v1::DeleteTrailSearchRequest request;
  request.set_name(name);
  v1::DeleteTrailSearchResponse answer;
  if (Done failed = shell.client->Call(&Stub::DeleteSearch, request, answer)) return failed;
  Show(shell.settings, ShownNote("削除しました / deleted"));
  return {};
}

}  // namespace

void AddAuditReviewCommands(CLI::App& audit, Shell& shell) {
  AddAuditSearchCommand(audit, shell);
  const auto what = std::make_shared<std::string>();
  const auto timeline = std::make_shared<v1::ReadTimelineRequest>();
  CLI::App& line = AddCommand(audit, shell, "timeline",
                              "1 件の資格確認、または 1 つのアカウントの経過 / one check or one account, step by step",
                              [what, timeline](Shell& run) { return Timeline(run, *what, *timeline); });
  AddText(line, "PRESS_OR_ACCOUNT", what.get(), "照会操作の ID かアカウントの ID / id of a press or an account")
      .required();
  AddSpan(line, timeline);
  const auto wish = std::make_shared<PatientWish>();
  const auto subject = std::make_shared<v1::ReadSubjectRequest>();
  CLI::App& who = AddCommand(audit, shell, "subject", "ある患者を誰が見たか / who looked at a patient",
                             [wish, subject](Shell& run) { return Subject(run, *wish, *subject); });
  AddPatient(who, wish);
  AddSpan(who, subject);
  AddPage(who, subject);
  const auto without = std::make_shared<v1::CountWithoutSubjectRequest>();
  CLI::App& nobody = AddCommand(audit, shell, "without-subject",
                                "患者番号のない、または該当者のない資格確認を端末と分ごとに数える / checks without a "
                                "patient number or that found nobody, by desk and minute",
                                [without](Shell& run) { return WithoutSubject(run, *without); });
  AddSpan(nobody, without);
  for (const char* option : {"--since", "--until"}) nobody.get_option(option)->required();
  AddText(nobody, "--desk", without->mutable_desk_id(), "端末の名前か ID / name or id of the desk");
  CLI::App& saved = AddGroup(audit, "saved", "保存した検索 / saved searches");
  AddCommand(saved, shell, "list", "一覧 / list", ListSaved);
  const auto name = std::make_shared<std::string>();
  CLI::App& remove =
      AddCommand(saved, shell, "delete", "削除する / delete", [name](Shell& run) { return DeleteSaved(run, *name); });
  AddText(remove, "NAME", name.get(), "名前 / name").required();
}

}  // namespace madoguchi::cli
