// SPDX-License-Identifier: Apache-2.0
#include "server/console/guard.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>

#include "contract/crypto/digest.h"
#include "contract/log.h"
#include "contract/peer_address.h"
#include "contract/trace.h"
#include "server/audit/authentication.h"
#include "server/audit/event.h"
#include "server/audit/origin.h"
#include "server/console/act_hash.h"
#include "server/console/authorisation.h"
#include "server/console/peer.h"
#include "server/console/role_words.h"
#include "server/console/summary.h"

namespace madoguchi::console {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr const char* kComponent = "console";

Deadline DeadlineOf(const grpc::ServerContext& context) {
  const Deadline ours = Deadline::In(kCallWithin);
  const auto theirs = context.deadline() - std::chrono::system_clock::now();  // no deadline: the far end of time
  if (theirs >= std::chrono::hours(1)) return ours;
  return ours.Capped(
      std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(theirs)));
}

std::optional<Bytes> TokenOf(const grpc::ServerContext& context) {
  const auto range = context.client_metadata().equal_range(kSessionMetadata);
  if (range.first == range.second || std::next(range.first) != range.second) return {};
  const grpc::string_ref text = range.first->second;
  if (text.size() != 2 * kTokenBytes) return {};
  return FromHex({text.data(), text.size()});
}

// Every institution_code that is set, wherever it stands in the request.
bool AllAllowed(const Caller& caller, const Message& message, int depth) {
  const auto& reflection = *message.GetReflection();
  for (int at = 0; at < message.GetDescriptor()->field_count(); ++at) {
    const FieldDescriptor* field = message.GetDescriptor()->field(at);
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    if (field->name() == "institution_code" && !field->is_repeated()) {
      const std::string code = reflection.GetString(message, field);
      if (!code.empty() && !caller.MayActFor(code)) return false;
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated() && !reflection.HasField(message, field)) continue;
      if (depth == 0) return false;
      for (int i = 0; i < count; ++i) {
        const Message& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                    : reflection.GetMessage(message, field);
        if (!AllAllowed(caller, inner, depth - 1)) return false;
      }
    }
  }
  return true;
}

const char* FactorsOf(const SessionFacts& session) {
  if (session.by_recovery_code) return audit::authentication::kPasswordAndRecoveryCode;
  return session.complete ? audit::authentication::kPasswordAndTotp : audit::authentication::kPassword;
}

}  // namespace

bool Caller::MayActFor(const std::string& institution_code) const {
  return institution_codes.empty() ||
         std::find(institution_codes.begin(), institution_codes.end(), institution_code) != institution_codes.end();
}

Result<Caller> Guard::Admit(const grpc::ServerContext& context, const MethodAccess& access, Caller& seen,
                            Deadline deadline) const {
  const std::optional<Door> door = PeerDoor(*context.auth_context());
  if (!door) return Error{ErrorCode::kConsoleCertificateInvalid, "no console certificate", {}};
  seen.console_id = door->console_id;
  if (access.caller == v1::CALLER_CONSOLE) {
    TRY_VOID(seams_.sessions.AdmitConsole(*door, deadline));
    return seen;
  }
  const std::optional<Bytes> token = TokenOf(context);
  if (!token) {
    TRY_VOID(seams_.sessions.AdmitConsole(*door, deadline));
    return Error{ErrorCode::kSessionInvalid, "no session token", {}};
  }
  const crypto::Sha256Digest digest = crypto::Sha256(*token);
  TRY_ASSIGN(seen.session, seams_.sessions.Admit(*door, digest, deadline));
  seen.user_id = seen.session.user_id;
  seen.role = RoleFromWord(seen.session.role);
  seen.institution_codes = seen.session.institution_codes;
  seen.token_sha256.assign(digest.begin(), digest.end());
  if (!access.Allows(seen.role)) return Error{ErrorCode::kRoleNotAllowed, seen.session.role, {}};
  if (!seen.session.complete && !access.before_complete) return Error{ErrorCode::kCredentialsIncomplete, "", {}};
  return seen;
}

Result<void> Guard::HaveTwoPeople(Caller& caller, const std::string& method, const Message& request, Deadline deadline,
                                  Refused& refused) const {
  if (!TextField(request, "break_glass_code").empty()) return {};
  Proposal act{method, ActHash(method, request), {}, {}, caller.user_id, TextField(request, "institution_code")};
  const std::string approval_id = TextField(request, "approval_id");
  if (!approval_id.empty()) {
    account::Approval approval{approval_id, method, caller.user_id, std::move(act.act_sha256)};
    TRY_VOID(seams_.approvals.Check(approval, deadline));
    caller.approval = std::move(approval);
    return {};
  }
  TRY_ASSIGN(Summary summary, Summarise(method, request));
  act.summary_ja = std::move(summary.ja);
  act.summary_en = std::move(summary.en);
  TRY_ASSIGN(refused.approval_id, seams_.approvals.Propose(act, deadline));
  return Error{ErrorCode::kApprovalNeeded, "", {}};
}

void Guard::RecordRefusal(const Caller& seen, const std::string& method, const Error& error, Deadline deadline) const {
  audit::Event event;
  event.action = audit::action::kConsoleRefused;
  event.code = static_cast<int>(error.code);
  event.detail = "method=" + method + (seen.console_id.empty() ? "" : " console=" + seen.console_id);
  event.actor = seen.user_id;
  const Result<void> recorded = seams_.trail.RecordEvent(event, deadline);
  if (!recorded.ok()) log::Report(kComponent, "event_not_recorded", recorded.error());
}

grpc::Status Guard::Serve(const grpc::ServerContext& context, const std::string& method, const Message& request,
                          const Act& act) {
  const Deadline deadline = DeadlineOf(context);
  const TraceScope trace(audit::NewTraceId());
  const std::string address = PeerAddress(context.peer());
  audit::Acting acting({{}, audit::authentication::kCertificate, address});
  Refused refused;
  Caller caller;
  const auto refuse = [&](const Error& error, bool record) {
    log::Report(kComponent, "call_refused", error, {{"method", method}, {"console", caller.console_id}});
    if (record) RecordRefusal(caller, method, error, deadline);
    return ToStatus(error, refused);
  };
  const MethodAccess* access = FindMethod(method);
  if (access == nullptr || (access->caller != v1::CALLER_CONSOLE && access->caller != v1::CALLER_SESSION))
    return refuse(Error{ErrorCode::kInternalError, "no method of the console", {}}, false);
  const Result<Caller> admitted = Admit(context, *access, caller, deadline);
  if (!caller.user_id.empty()) {
    acting.Become({caller.session.role, FactorsOf(caller.session), address});
  }
  if (!admitted.ok()) return refuse(admitted.error(), Describe(admitted.error().code).kind == ErrorKind::kRefused);
  const bool own_codes_only = access->caller != v1::CALLER_SESSION || AllAllowed(caller, request, kNestedMessagesMax);
  if (!own_codes_only) return refuse(Error{ErrorCode::kInstitutionNotAllowed, "", {}}, true);
  if (access->two_people) {
    const Result<void> two = HaveTwoPeople(caller, method, request, deadline, refused);
    // A proposal is in the trail as such.
    if (!two.ok()) return refuse(two.error(), two.error().code == ErrorCode::kApprovalInvalid);
  }
  const Result<void> done = act(caller, deadline, refused);
  // Of two that come with one approval at the same moment, the act refuses the second.
  if (!done.ok()) return refuse(done.error(), done.error().code == ErrorCode::kApprovalInvalid);
  return grpc::Status::OK;
}

}  // namespace madoguchi::console
