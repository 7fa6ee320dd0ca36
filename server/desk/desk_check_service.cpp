// SPDX-License-Identifier: Apache-2.0
#include "server/desk/desk_check_service.h"

#include <algorithm>

#include "contract/limits.h"
#include "contract/log.h"
#include "contract/trace.h"
#include "server/account/text_fields.h"
#include "server/audit/authentication.h"
#include "server/desk/answer_wire.h"
#include "server/desk/call_status.h"

namespace madoguchi::desk {
namespace {

constexpr const char* kComponent = "desk";
constexpr account::Field kName{"name", "氏名", "the name"};

Result<Bytes> PressIdOf(const std::string& bytes) {
  if (bytes.size() != kPressIdBytes) return Error{ErrorCode::kResultGone, "press_id is not 16 bytes", {}};
  return Bytes(bytes.begin(), bytes.end());
}

template <class Request>
Result<handoff::NameSubject> SubjectOf(const DeskCall& call, const Request& request) {
  TRY_ASSIGN(Bytes press_id, PressIdOf(request.press_id()));
  if (request.result() > kResultPlaceMax) return Error{ErrorCode::kResultGone, "no result has this place", {}};
  return handoff::NameSubject{call.desk_id, std::move(press_id), static_cast<int>(request.result())};
}

}  // namespace

void CheckName(account::Problems& problems, const std::string& name) {
  const std::size_t before = problems.size();
  account::CheckText(problems, kName, name, handoff::kNameCharactersMax);
  if (problems.size() > before) return;
  const auto wrong = [&](const char* ja, const char* en) { problems.push_back({kName.name, ja, en, false}); };
  if (!eligibility::NotesOn(name).unresolved.empty())
    return wrong("氏名に ● が残っています。カードの文字を入力してください。",
                 "The name still has a ● in it. Type the character that is on the card.");
  if (!eligibility::IsClaimSafe(name))
    wrong(
        "氏名に、レセプトで使えない文字（JIS X 0208 "
        "にない文字や半角の文字）があります。全角の、使える字体で入力してください。",
        "The name has a character that claims may not hold (outside JIS X 0208, or half width). Use the usual form of "
        "it.");
}

grpc::Status DeskCheckService::Serve(const grpc::ServerContext& context, const char* method, const Act& act) {
  const TraceScope trace(audit::NewTraceId());
  const audit::Acting acting(OriginOf(context, audit::authentication::kCertificate));
  const auto serve = [&](account::Problems& problems) -> Result<void> {
    TRY_ASSIGN(const DeskCall call, AdmitCall(context, parts_.log_ins));
    TRY_VOID(MayCheck(call));
    return act(call, problems);
  };
  account::Problems problems;
  const Result<void> done = serve(problems);
  if (done.ok()) return grpc::Status::OK;
  log::Report(kComponent, method, done.error());
  return ToCallStatus(done.error(), {}, problems);
}

Result<void> DeskCheckService::MayCheck(const DeskCall& call) const {
  TRY_ASSIGN(const account::DeskStanding facts,
             parts_.log_ins.Describe(call.desk_id, call.certificate_sha256, call.deadline));
  const auto& accounts = facts.accounts;
  if (std::none_of(accounts.begin(), accounts.end(), [](const auto& account) { return account.active; }))
    return Error{ErrorCode::kAccountNotUsable, "desk " + call.desk_id, {}};
  if (std::none_of(accounts.begin(), accounts.end(),
                   [](const auto& account) { return account.active && account.logged_in; }))
    return Error{ErrorCode::kNotLoggedIn, "desk " + call.desk_id, {}};
  if (parts_.operator_needed && facts.operator_code.empty())
    return Error{ErrorCode::kOperatorNeeded, "desk " + call.desk_id, {}};
  return {};
}

grpc::Status DeskCheckService::Confirm(grpc::ServerContext* context, const v1::ConfirmRequest* request,
                                       v1::ConfirmResponse* /*response*/) {
  return Serve(*context, "confirm_refused", [&](const DeskCall& call, account::Problems&) -> Result<void> {
    TRY_ASSIGN(const Bytes press_id, PressIdOf(request->press_id()));
    TRY_VOID(parts_.kept.ConfirmPerson(call.desk_id, press_id, request->same_person(), call.deadline));
    if (request->same_person()) parts_.released();
    return {};
  });
}

grpc::Status DeskCheckService::ShowAgain(grpc::ServerContext* context, const v1::ShowAgainRequest* /*request*/,
                                         v1::ShowAgainResponse* response) {
  return Serve(*context, "show_again_refused", [&](const DeskCall& call, account::Problems&) -> Result<void> {
    if (parts_.show_again.count() == 0) return Error{ErrorCode::kShowAgainOff, "desk.show_again_seconds", {}};
    TRY_ASSIGN(const handoff::ShownAgain shown, parts_.kept.ShowAgain(call.desk_id, call.deadline));
    const handoff::Handing& handing = shown.handing;
    const int days = handing.certificate_days_left;
    *response->mutable_answer() = ToMessage(handing.answer, days < 0 ? std::optional<int>() : days,
                                            parts_.names.Of(handing.answer, call.deadline));
    response->set_press_id(std::string(AsText(handing.press_id)));
    response->set_seconds_left(static_cast<std::uint32_t>(std::max<std::chrono::seconds::rep>(shown.left.count(), 0)));
    return {};
  });
}

grpc::Status DeskCheckService::ProposeName(grpc::ServerContext* context, const v1::ProposeNameRequest* request,
                                           v1::ProposeNameResponse* /*response*/) {
  return Serve(*context, "name_refused", [&](const DeskCall& call, account::Problems& problems) -> Result<void> {
    TRY_ASSIGN(const handoff::NameSubject subject, SubjectOf(call, *request));
    if (request->remove()) return parts_.names.Remove(subject, call.deadline);
    CheckName(problems, request->name());
    if (account::Refuses(problems)) return Error{ErrorCode::kFieldInvalid, "name", {}};
    Result<void> proposed = parts_.names.Propose(subject, request->name(), call.deadline);
    if (!proposed && proposed.error().code == ErrorCode::kFieldInvalid)
      problems.push_back({kName.name, "登録できる読み替えの数に達しています。使わない読み替えをやめてください。",
                          "There are as many names as there may be. Forget one that is not used.", false});
    return proposed;
  });
}

grpc::Status DeskCheckService::ConfirmName(grpc::ServerContext* context, const v1::ConfirmNameRequest* request,
                                           v1::ConfirmNameResponse* /*response*/) {
  return Serve(*context, "name_not_confirmed", [&](const DeskCall& call, account::Problems&) -> Result<void> {
    TRY_ASSIGN(const handoff::NameSubject subject, SubjectOf(call, *request));
    return parts_.names.Confirm(subject, request->name(), call.deadline);
  });
}

}  // namespace madoguchi::desk
