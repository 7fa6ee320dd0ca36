// SPDX-License-Identifier: Apache-2.0
// application: made through the server, or recorded when made in the real portal.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/import_files.h"
#include "contract/bytes.h"
#include "contract/crypto/random.h"
#include "madoguchi/v1/application_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::ApplicationService::Stub;

constexpr std::uint64_t kAttachmentBytesMax = 2 * 1024 * 1024;  // as server/account/limits.h

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {{"number", "番号 / no."},
                                              {"institution_code", "医療機関コード / code"},
                                              {"kind", "種類 / kind"},
                                              {"state", "状態 / state"},
                                              {"devices", "台数 / devices"},
                                              {"accounts_issued", "発行 / issued"},
                                              {"accounts_in_use", "使用中 / in use"},
                                              {"accounts_free", "空き / free"},
                                              {"receipt", "受付番号 / receipt"},
                                              {"created_at", "申請 / made"},
                                              {"decided_at", "決定 / decided"},
                                              {"reason", "理由 / reason"},
                                              {"application_id", "ID"}};
  return columns;
}

struct Wish {
  v1::ApplyRequest request;
  std::vector<std::string> attachments;
  bool by_bank_account = false;
};

Done Apply(Shell& shell, Wish& wish) {
  if (Done failed = FillInstitution(shell, wish.request.mutable_institution_code())) return failed;
  if (wish.request.request_id().empty()) wish.request.set_request_id(UuidText(crypto::NewUuid()));
  for (const std::string& path : wish.attachments) {
    Result<FileContent> content = ReadContent(path, kAttachmentBytesMax);
    if (!content && content.error().code == ErrorCode::kImportTooLarge)
      return Because(ErrorCode::kAttachmentRefused, path);
    if (!content) return Because(content.error());
    v1::Attachment& attachment = *wish.request.add_attachments();
    attachment.set_file_name(content->name);
    attachment.set_content(std::move(content->bytes));
  }
  if (wish.by_bank_account) {
    if (Done failed = shell.secrets->Get(secret_name::kBankAccount, "口座番号の下 4 桁 / last four digits: ",
                                         Typing::kSilent, *wish.request.mutable_bank_account_last4())) {
      return failed;
    }
  }
  v1::ApplyResponse answer;
  Done failed = shell.client->Call(&Stub::Apply, wish.request, answer);
  WipeText(wish.request.mutable_bank_account_last4());
  if (failed && Describe(failed->error.code).kind == ErrorKind::kOutcomeUnknown) {
    failed->problems.push_back({"--request-id",
                                wish.request.request_id() + " を付けて送り直しても、申請は 1 件になります。",
                                "Sent again with this --request-id, it stays one application.", false});
  }
  if (failed) return failed;
  Shown shown = ShownOne("application", answer.application(), Columns());
  shown.notes.emplace_back(
      answer.application().state() == v1::DRAFT
          ? "下書きです（手動モード）。ポータルで申請して application record で記録してください / a draft (manual "
            "mode): "
            "apply in the portal and record it with application record"
          : "申請しました。審査のあとお知らせとメールが届きます / submitted; a notice and a mail follow the review");
  Show(shell.settings, shown);
  return {};
}

void AddApply(CLI::App& group, Shell& shell) {
  const auto wish = std::make_shared<Wish>();
  v1::ApplyRequest& request = wish->request;
  CLI::App& command =
      AddCommand(group, shell, "apply", "申請する（1 回に 20 台まで） / apply (at most 20 devices at once)",
                 [wish](Shell& run) { return Apply(run, *wish); });
  AddChoice(
      command, "--kind", *v1::ApplicationKind_descriptor(),
      [wish](int kind) { wish->request.set_kind(static_cast<v1::ApplicationKind>(kind)); }, "申請の種類 / kind")
      .required();
  AddText(command, "--applicant", request.mutable_applicant(), "申請者名 / applicant's name");
  AddNumber(
      command, "--staff", [wish](std::uint32_t count) { wish->request.set_staff_count(count); },
      "職員数 1–9999 / staff count");
  AddNumber(
      command, "--devices", [wish](std::uint32_t count) { wish->request.set_devices(count); },
      "申請台数 1–20 / devices");
  AddText(command, "--agree-terms", request.mutable_terms_version(),
          "同意する利用規約の版（例 2026-11） / version of the terms that is agreed to");
  AddFlag(
      command, "--bank-account", [wish] { wish->by_bank_account = true; },
      "口座番号の下 4 桁で施設を証明する（入力） / prove the facility by four digits of its account (typed)");
  command
      .add_option("--attach", wish->attachments,
                  "証明書類 PDF PNG JPEG（2 MiB、3 件まで） / documents instead of the account number")
      ->expected(1)
      ->take_all()
      ->type_name("FILE");
  AddText(command, "--effective-on", request.mutable_effective_on(),
          "変更日・終了日 YYYY-MM-DD / date of change or end");
  AddText(command, "--request-id", request.mutable_request_id(),
          "UUID（なければ作る）。同じ番号でもう一度送っても 1 件になる / made when left out; the same one again makes "
          "no second application");
}

void AddRecord(CLI::App& group, Shell& shell) {
  const auto request = std::make_shared<v1::RecordApplicationRequest>();
  CLI::App& command = AddCommand(group, shell, "record",
                                 "ポータルで行った申請を記録する / record an application made in the real portal",
                                 [request](Shell& run) -> Done {
                                   if (Done failed = FillInstitution(run, request->mutable_institution_code()))
                                     return failed;
                                   v1::RecordApplicationResponse answer;
                                   if (Done failed = run.client->Call(&Stub::Record, *request, answer)) return failed;
                                   Show(run.settings, ShownOne("application", answer.application(), Columns()));
                                   return {};
                                 });
  AddChoice(
      command, "--kind", *v1::ApplicationKind_descriptor(),
      [request](int kind) { request->set_kind(static_cast<v1::ApplicationKind>(kind)); }, "申請の種類 / kind")
      .required();
  AddText(command, "--applicant", request->mutable_applicant(), "申請者名 / applicant's name");
  AddNumber(
      command, "--staff", [request](std::uint32_t count) { request->set_staff_count(count); }, "職員数 / staff count");
  AddNumber(
      command, "--devices", [request](std::uint32_t count) { request->set_devices(count); }, "台数 / devices");
  AddText(command, "--made-on", request->mutable_made_on(), "申請日 YYYY-MM-DD / date in the portal").required();
  AddText(command, "--answered-on", request->mutable_answered_on(), "回答日 YYYY-MM-DD / date of the answer");
  AddFlag(
      command, "--accepted", [request] { request->set_accepted(true); }, "受け付けられた / it was accepted");
  AddText(command, "--reason", request->mutable_reason(), "却下の理由 / reason of a rejection");
  AddText(command, "--receipt", request->mutable_receipt(), "受付番号 / number of the receipt");
}

}  // namespace

void AddApplicationCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "application", "利用開始・追加・変更の申請 / applications");
  AddApply(group, shell);
  AddRecord(group, shell);
  AddCommand(group, shell, "list", "申請の一覧と台帳 / list the applications and their ledger", [](Shell& run) -> Done {
    v1::ListApplicationsRequest request;
    request.set_institution_code(run.settings.institution);
    v1::ListApplicationsResponse answer;
    if (Done failed = run.client->Call(&Stub::List, request, answer)) return failed;
    Show(run.settings, ShownList("applications", answer.applications(), Columns()));
    return {};
  });
  const auto withdrawn = std::make_shared<v1::WithdrawApplicationRequest>();
  CLI::App& withdraw = AddCommand(group, shell, "withdraw", "申請を取り下げる / withdraw an application",
                                  [withdrawn](Shell& run) -> Done {
                                    if (Done failed = FillInstitution(run, withdrawn->mutable_institution_code()))
                                      return failed;
                                    if (Done no = Agree(run, "申請を取り下げますか / withdraw the application?"))
                                      return no;
                                    v1::WithdrawApplicationResponse answer;
                                    if (Done failed = run.client->Call(&Stub::Withdraw, *withdrawn, answer))
                                      return failed;
                                    Show(run.settings, ShownOne("application", answer.application(), Columns()));
                                    return {};
                                  });
  AddText(withdraw, "ID", withdrawn->mutable_application_id(), "申請の ID（application list） / the application's id")
      .required();
}

}  // namespace madoguchi::cli
