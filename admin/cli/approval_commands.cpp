// SPDX-License-Identifier: Apache-2.0
// approval, break-glass: acts that need two people, and the sealed codes for when there is only one.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/out_files.h"
#include "madoguchi/v1/approval_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::ApprovalService::Stub;

constexpr char kIdHelp[] = "承認番号 / number of the approval";

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {{"approval_id", "承認番号 / id"},
                                              {"state", "状態 / state"},
                                              {"summary_ja", "操作"},
                                              {"summary_en", "act"},
                                              {"proposer", "提案者 / proposer"},
                                              {"approver", "承認者 / approver"},
                                              {"expires_at", "期限 / until"}};
  return columns;
}

const std::vector<Column>& UseColumns() {
  static const std::vector<Column> columns = {{"use_id", "ID"},
                                              {"used_by", "使用者 / used by"},
                                              {"used_at", "使用 / used"},
                                              {"act", "操作 / act"},
                                              {"review_due", "確認期限 / review by"},
                                              {"reviewed_by", "確認者 / reviewed by"},
                                              {"reviewed_at", "確認 / reviewed"}};
  return columns;
}

// The second person reads what would be done before they type a code for it.
Done ShowAct(const Shell& shell, const std::string& approval_id) {
  v1::ListApprovalsResponse all;
  if (Done failed = shell.client->Call(&Stub::List, {}, all)) return failed;
  for (const v1::Approval& one : all.approvals()) {
    if (one.approval_id() != approval_id) continue;
    Progress(ShownText(ShownOne("approval", one, Columns())));
    return Agree(shell, "この操作を承認しますか / approve this act?");
  }
  return Because(ErrorCode::kApprovalInvalid, "not among those this user sees");
}

Done Approve(Shell& shell, v1::ApproveRequest& request) {
  if (Done no = ShowAct(shell, request.approval_id())) return no;
  if (Done failed = shell.secrets->Get(secret_name::kCode, "自分の確認コード 6 桁 / your TOTP code: ", Typing::kSilent,
                                       *request.mutable_code())) {
    return failed;
  }
  v1::ApproveResponse answer;
  Done failed = shell.client->Call(&Stub::Approve, request, answer);
  WipeText(request.mutable_code());
  if (failed) return failed;
  Shown shown = ShownOne("approval", answer.approval(), Columns());
  shown.notes.emplace_back(
      "承認しました。提案者が --approval を付けてもう一度実行します / approved; the proposer repeats with --approval");
  Show(shell.settings, shown);
  return {};
}

Done MakeCodes(Shell& shell, const v1::MakeBreakGlassCodesRequest& request, const std::string& out) {
  SecretLines lines;
  if (Done failed = lines.Open(shell.settings, out)) return failed;
  v1::MakeBreakGlassCodesResponse answer;
  if (Done failed = shell.client->Call(&Stub::MakeBreakGlassCodes, request, answer)) return failed;
  std::vector<std::pair<std::string, std::string_view>> codes;
  for (const std::string& code : answer.codes()) codes.emplace_back("break_glass", code);
  Done failed = lines.Keep(codes);
  Shown shown = ShownNote(
      "緊急解除コードを作りました。印刷して封をし、ファイルは消してください。前の未使用のものは無効です\n"
      "Codes made: print them, seal them, remove the file. Older unused ones have ended");
  shown.numbers.emplace_back("codes", answer.codes_size());
  shown.texts.emplace_back("out", out);
  for (std::string& code : *answer.mutable_codes()) WipeText(code);
  if (!failed) Show(shell.settings, shown);
  return failed;
}

void AddBreakGlass(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "break-glass", "緊急解除コード / sealed codes for emergencies");
  const auto made = std::make_shared<v1::MakeBreakGlassCodesRequest>();
  const auto out = std::make_shared<std::string>();
  CLI::App& make = AddCommand(group, shell, "make", "新しいコードを作る（2 名） / make new codes (two people)",
                              [made, out](Shell& run) { return MakeCodes(run, *made, *out); });
  AddText(make, "--out", out.get(), "コードを書く新しいファイル（0600） / new file for the codes (0600)");
  AddApproval(make, made->mutable_approval_id());
  AddCommand(group, shell, "uses", "使用の一覧 / list the uses", [](Shell& run) -> Done {
    v1::ListBreakGlassUsesResponse answer;
    if (Done failed = run.client->Call(&Stub::ListBreakGlassUses, {}, answer)) return failed;
    Show(run.settings, ShownList("uses", answer.uses(), UseColumns()));
    return {};
  });
  const auto reviewed = std::make_shared<v1::ReviewBreakGlassUseRequest>();
  CLI::App& review =
      AddCommand(group, shell, "review", "使用を確認する（使った人以外） / review a use (not by its user)",
                 [reviewed](Shell& run) -> Done {
                   v1::ReviewBreakGlassUseResponse answer;
                   if (Done failed = run.client->Call(&Stub::ReviewBreakGlassUse, *reviewed, answer)) return failed;
                   Show(run.settings, ShownOne("use", answer.use(), UseColumns()));
                   return {};
                 });
  AddText(review, "ID", reviewed->mutable_use_id(), "使用の ID / id of the use").required();
  AddText(review, "--finding", reviewed->mutable_finding(), "確認した結果 / what was found").required();
}

}  // namespace

void AddApprovalCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "approval", "2 名で行う操作の承認 / approvals of acts that need two people");
  AddCommand(group, shell, "list", "承認の一覧 / list the approvals", [](Shell& run) -> Done {
    v1::ListApprovalsResponse answer;
    if (Done failed = run.client->Call(&Stub::List, {}, answer)) return failed;
    Show(run.settings, ShownList("approvals", answer.approvals(), Columns()));
    return {};
  });
  const auto approved = std::make_shared<v1::ApproveRequest>();
  CLI::App& approve =
      AddCommand(group, shell, "approve", "承認する（確認コードが必要） / approve (with a fresh TOTP code)",
                 [approved](Shell& run) { return Approve(run, *approved); });
  AddText(approve, "ID", approved->mutable_approval_id(), kIdHelp).required();
  const auto refused = std::make_shared<v1::RefuseApprovalRequest>();
  CLI::App& refuse = AddCommand(group, shell, "refuse", "却下する / refuse", [refused](Shell& run) -> Done {
    v1::RefuseApprovalResponse answer;
    if (Done failed = run.client->Call(&Stub::Refuse, *refused, answer)) return failed;
    Show(run.settings, ShownOne("approval", answer.approval(), Columns()));
    return {};
  });
  AddText(refuse, "ID", refused->mutable_approval_id(), kIdHelp).required();
  AddBreakGlass(app, shell);
}

}  // namespace madoguchi::cli
