// SPDX-License-Identifier: Apache-2.0
// facility, start-date.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "madoguchi/v1/facility_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::FacilityService::Stub;

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {{"institution_code", "医療機関コード / code"},
                                              {"type", "種別 / type"},
                                              {"name", "名称 / name"},
                                              {"category", "利用区分 / category"},
                                              {"category_ends_on", "区分の期限 / until"},
                                              {"starts_on", "運用開始 / start"},
                                              {"ends_on", "利用終了 / end"},
                                              {"accounts_issued", "発行 / issued"},
                                              {"accounts_active", "利用中 / active"},
                                              {"moves_to", "移行先 / moves to"},
                                              {"moves_on", "移行日 / on"}};
  return columns;
}

void AddCategory(CLI::App& command, std::function<void(int)> take, std::string* ends_on) {
  AddChoice(command, "--category", *v1::EligibilityCategory_descriptor(), std::move(take),
            "限定型を使える区分 / which rule allows the limited type");
  AddText(command, "--category-ends-on", ends_on, "区分の期限 YYYY-MM-DD / last day of the category");
}

Done Register(Shell& shell, const v1::RegisterInstitutionRequest& request) {
  v1::RegisterInstitutionResponse answer;
  if (Done failed = shell.client->Call(&Stub::RegisterInstitution, request, answer)) return failed;
  Shown shown = ShownOne("institution", answer.institution(), Columns());
  for (const v1::FieldProblem& warning : answer.warnings())
    shown.warnings.push_back({warning.field(), warning.text_ja(), warning.text_en(), true});
  shown.texts.emplace_back("user_id", answer.user_id());
  shown.flags.emplace_back("mail_queued", answer.mail_queued());
  shown.notes.emplace_back("登録しました / registered");
  if (answer.mail_queued()) {
    shown.notes.emplace_back(
        "申請担当者に ID と最初のパスワードをメールで送ります / the applicant gets ID and first password by mail");
  }
  Show(shell.settings, shown);
  return {};
}

void AddRegister(CLI::App& group, Shell& shell) {
  const auto request = std::make_shared<v1::RegisterInstitutionRequest>();
  CLI::App& command = AddCommand(group, shell, "register", "医療機関を登録する / register an institution",
                                 [request](Shell& run) { return Register(run, *request); });
  AddChoice(
      command, "--type", *v1::InstitutionType_descriptor(),
      [request](int type) { request->set_type(static_cast<v1::InstitutionType>(type)); }, "種別 / type")
      .required();
  AddNumber(
      command, "--prefecture", [request](std::uint32_t number) { request->set_prefecture(number); },
      "都道府県番号 1–47 / prefecture")
      .required();
  AddText(command, "--code", request->mutable_code(), "医療機関等コード 7 桁 / code, 7 digits").required();
  AddText(command, "--name", request->mutable_name(), "名称 / name").required();
  AddText(command, "--founder", request->mutable_founder(), "開設者名（全角） / founder, full width").required();
  AddText(command, "--phone", request->mutable_phone(), "電話番号 / telephone");
  AddCategory(
      command, [request](int category) { request->set_category(static_cast<v1::EligibilityCategory>(category)); },
      request->mutable_category_ends_on());
  AddText(command, "--surname", request->mutable_applicant_surname(), "申請担当者の姓 / applicant's surname")
      .required();
  AddText(command, "--given-name", request->mutable_applicant_given_name(), "申請担当者の名 / applicant's given name")
      .required();
  AddText(command, "--mail", request->mutable_applicant_mail(), "申請担当者のメール（39 文字まで） / applicant's mail")
      .required();
}

void AddChange(CLI::App& group, Shell& shell) {
  const auto request = std::make_shared<v1::ChangeInstitutionRequest>();
  CLI::App& command =
      AddCommand(group, shell, "change", "登録内容を変える / change what is registered", [request](Shell& run) -> Done {
        if (Done failed = FillInstitution(run, request->mutable_institution_code())) return failed;
        v1::ChangeInstitutionResponse answer;
        if (Done failed = run.client->Call(&Stub::ChangeInstitution, *request, answer)) return failed;
        Show(run.settings, ShownOne("institution", answer.institution(), Columns()));
        return {};
      });
  AddText(command, "--name", request->mutable_name(), "名称 / name");
  AddText(command, "--founder", request->mutable_founder(), "開設者名（全角） / founder, full width");
  AddText(command, "--phone", request->mutable_phone(), "電話番号 / telephone");
  AddCategory(
      command, [request](int category) { request->set_category(static_cast<v1::EligibilityCategory>(category)); },
      request->mutable_category_ends_on());
}

void AddMove(CLI::App& group, Shell& shell) {
  const auto request = std::make_shared<v1::MoveInstitutionRequest>();
  CLI::App& command = AddCommand(
      group, shell, "move",
      "全アカウントを別のコードへ移す日を決める（2 名） / plan the move of all accounts to another code (two people)",
      [request](Shell& run) -> Done {
        if (Done failed = FillInstitution(run, request->mutable_institution_code())) return failed;
        v1::MoveInstitutionResponse answer;
        if (Done failed = run.client->Call(&Stub::MoveInstitution, *request, answer)) return failed;
        Shown shown = ShownOne("institution", answer.institution(), Columns());
        shown.numbers.emplace_back("accounts", answer.accounts());
        shown.notes.push_back("移るアカウント / accounts that move: " + std::to_string(answer.accounts()));
        Show(run.settings, shown);
        return {};
      });
  AddText(command, "--to", request->mutable_to_code(), "移行先の医療機関コード 10 桁 / the code to move to").required();
  AddText(command, "--on", request->mutable_on(), "移行日 YYYY-MM-DD / date").required();
  AddApproval(command, request->mutable_approval_id());
}

void AddLists(CLI::App& group, Shell& shell) {
  AddCommand(group, shell, "list", "登録した医療機関の一覧 / list the institutions", [](Shell& run) -> Done {
    v1::ListInstitutionsResponse answer;
    if (Done failed = run.client->Call(&Stub::ListInstitutions, {}, answer)) return failed;
    Show(run.settings, ShownList("institutions", answer.institutions(), Columns()));
    return {};
  });
  const auto request = std::make_shared<v1::ListNoticesRequest>();
  CLI::App& notices =
      AddCommand(group, shell, "notices", "お知らせの一覧 / list the notices", [request](Shell& run) -> Done {
        v1::ListNoticesResponse answer;
        if (Done failed = run.client->Call(&Stub::ListNotices, *request, answer)) return failed;
        Show(run.settings, ShownList("notices", answer.notices(),
                                     {{"at", "日時 / at"}, {"text_ja", "お知らせ"}, {"text_en", "notice"}}));
        return {};
      });
  AddNumber(
      notices, "--limit", [request](std::uint32_t limit) { request->set_limit(limit); },
      "件数（既定 100、最大 1000） / how many (100, at most 1000)");
}

}  // namespace

void AddFacilityCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "facility", "医療機関の登録、お知らせ / institutions and notices");
  AddRegister(group, shell);
  AddLists(group, shell);
  AddChange(group, shell);
  AddMove(group, shell);

  const auto request = std::make_shared<v1::SetStartDateRequest>();
  CLI::App& start = AddCommand(app, shell, "start-date", "運用開始日を登録する / set the start of operation",
                               [request](Shell& run) -> Done {
                                 if (Done failed = FillInstitution(run, request->mutable_institution_code()))
                                   return failed;
                                 v1::SetStartDateResponse answer;
                                 if (Done failed = run.client->Call(&Stub::SetStartDate, *request, answer))
                                   return failed;
                                 Show(run.settings, ShownOne("institution", answer.institution(), Columns()));
                                 return {};
                               });
  AddText(start, "DATE", request->mutable_starts_on(), "運用開始日 YYYY-MM-DD / date").required();
}

}  // namespace madoguchi::cli
