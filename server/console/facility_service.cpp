// SPDX-License-Identifier: Apache-2.0
#include "server/console/facility_service.h"

#include <array>

#include "server/account/mail_texts.h"
#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

using account::Institution;
using account::Problems;

// In the order of v1::EligibilityCategory.
constexpr std::array<const char*, 6> kCategories{
    "", "paper_claims", "therapist", "health_examination", "workplace_clinic", "temporary"};

std::string CategoryWord(v1::EligibilityCategory category) {
  const auto at = static_cast<std::size_t>(category);
  return at < kCategories.size() ? kCategories[at] : "?";
}

void Fill(const Institution& from, v1::Institution& to) {
  to.set_institution_code(from.code);
  to.set_type(static_cast<v1::InstitutionType>(from.type));
  to.set_name(from.name);
  to.set_founder(from.founder);
  to.set_phone(from.phone);
  for (std::size_t i = 1; i < kCategories.size(); ++i) {
    if (from.category == kCategories[i]) to.set_category(static_cast<v1::EligibilityCategory>(i));
  }
  to.set_category_ends_on(from.category_ends_on);
  to.set_starts_on(from.starts_on);
  to.set_ends_on(from.ends_on);
  to.set_accounts_issued(from.accounts_issued);
  to.set_accounts_active(from.accounts_active);
  to.set_moves_to(from.moves_to);
  to.set_moves_on(from.moves_on);
}

account::Registration RegistrationOf(const v1::RegisterInstitutionRequest& request) {
  return {static_cast<int>(request.type()),
          request.prefecture(),
          request.code(),
          request.name(),
          request.founder(),
          request.phone(),
          CategoryWord(request.category()),
          request.category_ends_on(),
          request.applicant_surname(),
          request.applicant_given_name(),
          request.applicant_mail()};
}

}  // namespace

grpc::Status FacilityService::RegisterInstitution(grpc::ServerContext* context,
                                                  const v1::RegisterInstitutionRequest* request,
                                                  v1::RegisterInstitutionResponse* response) {
  return guard_.Serve(*context, "FacilityService/RegisterInstitution", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        if (!caller.institution_codes.empty())
                          return Error{ErrorCode::kInstitutionNotAllowed, "not for every institution", {}};
                        Problems problems;
                        auto registered =
                            institutions_.Register(RegistrationOf(*request), caller.user_id, problems, deadline);
                        refused.problems = ProblemsOnWire(problems);
                        if (!registered.ok()) return std::move(registered).error();
                        Fill(registered->institution, *response->mutable_institution());
                        for (const v1::FieldProblem& warning : refused.problems) *response->add_warnings() = warning;
                        response->set_user_id(registered->user_id);
                        response->set_mail_queued(registered->user_is_new);
                        return {};
                      });
}

grpc::Status FacilityService::ListInstitutions(grpc::ServerContext* context, const v1::ListInstitutionsRequest* request,
                                               v1::ListInstitutionsResponse* response) {
  return guard_.Serve(*context, "FacilityService/ListInstitutions", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const std::vector<Institution> found,
                                   institutions_.book().List(caller.institution_codes, deadline));
                        for (const Institution& institution : found) Fill(institution, *response->add_institutions());
                        return {};
                      });
}

grpc::Status FacilityService::ChangeInstitution(grpc::ServerContext* context,
                                                const v1::ChangeInstitutionRequest* request,
                                                v1::ChangeInstitutionResponse* response) {
  return guard_.Serve(*context, "FacilityService/ChangeInstitution", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        Problems problems;
                        auto changed = institutions_.Change(
                            {request->institution_code(), request->name(), request->founder(), request->phone(),
                             CategoryWord(request->category()), request->category_ends_on()},
                            caller.user_id, problems, deadline);
                        refused.problems = ProblemsOnWire(problems);
                        if (!changed.ok()) return std::move(changed).error();
                        Fill(*changed, *response->mutable_institution());
                        return {};
                      });
}

grpc::Status FacilityService::MoveInstitution(grpc::ServerContext* context, const v1::MoveInstitutionRequest* request,
                                              v1::MoveInstitutionResponse* response) {
  return guard_.Serve(*context, "FacilityService/MoveInstitution", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        if (!caller.MayActFor(request->to_code()))
                          return Error{ErrorCode::kInstitutionNotAllowed, request->to_code(), {}};
                        Problems problems;
                        auto planned = institutions_.PlanMove({request->institution_code(), request->to_code(),
                                                               request->on(), caller.user_id, caller.approval},
                                                              problems, deadline);
                        refused.problems = ProblemsOnWire(problems);
                        if (!planned.ok()) return std::move(planned).error();
                        response->set_accounts(*planned);
                        TRY_ASSIGN(const std::vector<Institution> found,
                                   institutions_.book().List({request->institution_code()}, deadline));
                        for (const Institution& institution : found)
                          Fill(institution, *response->mutable_institution());
                        return {};
                      });
}

grpc::Status FacilityService::SetStartDate(grpc::ServerContext* context, const v1::SetStartDateRequest* request,
                                           v1::SetStartDateResponse* response) {
  return guard_.Serve(*context, "FacilityService/SetStartDate", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        Problems problems;
                        auto started = institutions_.SetStart(request->institution_code(), request->starts_on(),
                                                              caller.user_id, problems, deadline);
                        refused.problems = ProblemsOnWire(problems);
                        if (!started.ok()) return std::move(started).error();
                        Fill(*started, *response->mutable_institution());
                        return {};
                      });
}

grpc::Status FacilityService::ListNotices(grpc::ServerContext* context, const v1::ListNoticesRequest* request,
                                          v1::ListNoticesResponse* response) {
  return guard_.Serve(
      *context, "FacilityService/ListNotices", *request,
      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
        TRY_ASSIGN(const std::vector<account::Notice> notices,
                   institutions_.book().Notices(caller.user_id, caller.institution_codes, request->limit(), deadline));
        for (const account::Notice& notice : notices) {
          v1::Notice& shown = *response->add_notices();
          const account::NoticeText text = account::TextOfNotice(notice.kind, notice.about);
          shown.set_notice_id(notice.notice_id);
          shown.set_kind(notice.kind);
          shown.set_at(notice.at);
          shown.set_text_ja(text.ja);
          shown.set_text_en(text.en);
          shown.set_read(notice.read);
        }
        return {};
      });
}

}  // namespace madoguchi::console
