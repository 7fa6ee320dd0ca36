// SPDX-License-Identifier: Apache-2.0
// user: administrators, auditors, viewers of the console.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "madoguchi/v1/user_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::UserService::Stub;

constexpr char kUserHelp[] = "利用者のメールアドレス / the user's mail address";

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {{"user_id", "利用者 / user"},
                                              {"name", "氏名 / name"},
                                              {"role", "役割 / role"},
                                              {"institution_codes", "医療機関コード / institutions"},
                                              {"enabled", "有効 / enabled"},
                                              {"complete", "設定済み / set up"},
                                              {"last_log_in_at", "最終ログイン / last log-in"},
                                              {"locked_until", "ロック / locked until"}};
  return columns;
}

// --role and --only, the institutions; none: all.
template <class Request>
void AddRole(CLI::App& command, const std::shared_ptr<Request>& request) {
  AddChoice(
      command, "--role", *v1::Role_descriptor(),
      [request](int role) { request->set_role(static_cast<v1::Role>(role)); }, "役割 / role")
      .required();
  command
      .add_option_function<std::vector<std::string>>(
          "--only",
          [request](const std::vector<std::string>& codes) {
            for (const std::string& code : codes) request->add_institution_codes(code);
          },
          "扱える医療機関コード（なければ全部） / institutions this user may act for; none: all")
      ->expected(1)
      ->take_all()
      ->type_name("CODE");
}

template <class Request, class Response>
std::shared_ptr<Request> AddAct(CLI::App& group, Shell& shell, const char* name, const char* description,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const char* note, CLI::App** command) {
  const auto request = std::make_shared<Request>();
  *command = &AddCommand(group, shell, name, description, [request, method, note](Shell& run) -> Done {
    Response answer;
    if (Done failed = run.client->Call(method, *request, answer)) return failed;
    if constexpr (std::is_same_v<Response, v1::ResetUserCredentialsResponse>) {
      Show(run.settings, ShownNote(note));
    } else {
      Shown shown = ShownOne("user", answer.user(), Columns());
      shown.notes.emplace_back(note);
      Show(run.settings, shown);
    }
    return {};
  });
  AddText(**command, "USER", request->mutable_user_id(), kUserHelp).required();
  return request;
}

}  // namespace

void AddUserCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "user", "管理画面の利用者 / users of the console");
  AddCommand(group, shell, "list", "利用者の一覧 / list the users", [](Shell& run) -> Done {
    v1::ListUsersResponse answer;
    if (Done failed = run.client->Call(&Stub::List, {}, answer)) return failed;
    Show(run.settings, ShownList("users", answer.users(), Columns()));
    return {};
  });
  CLI::App* command = nullptr;
  const auto created = AddAct<v1::CreateUserRequest, v1::CreateUserResponse>(
      group, shell, "create", "利用者を作る（2 名） / create a user (two people)", &Stub::Create,
      "最初のパスワードをメールで送ります / the first password goes out by mail", &command);
  AddText(*command, "--name", created->mutable_name(), "氏名 / name").required();
  AddRole(*command, created);
  AddApproval(*command, created->mutable_approval_id());

  const auto changed = AddAct<v1::SetUserRoleRequest, v1::SetUserRoleResponse>(
      group, shell, "role", "役割を変える（2 名） / change the role (two people)", &Stub::SetRole,
      "役割を変えました / the role was changed", &command);
  AddRole(*command, changed);
  AddApproval(*command, changed->mutable_approval_id());

  const auto reset = AddAct<v1::ResetUserCredentialsRequest, v1::ResetUserCredentialsResponse>(
      group, shell, "reset", "パスワードと確認コードをやり直させる（2 名） / password and TOTP anew (two people)",
      &Stub::ResetCredentials, "最初のパスワードをメールで送ります / a first password goes out by mail", &command);
  AddApproval(*command, reset->mutable_approval_id());

  AddAct<v1::DisableUserRequest, v1::DisableUserResponse>(
      group, shell, "disable", "使えなくする（ログイン中でもすぐに） / disable, also while logged in", &Stub::Disable,
      "使えなくしました / disabled", &command);

  const auto enabled = AddAct<v1::EnableUserRequest, v1::EnableUserResponse>(
      group, shell, "enable", "また使えるようにする（2 名） / enable again (two people)", &Stub::Enable,
      "使えるようにしました / enabled", &command);
  AddApproval(*command, enabled->mutable_approval_id());
}

}  // namespace madoguchi::cli
