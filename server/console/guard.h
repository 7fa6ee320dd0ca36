// SPDX-License-Identifier: Apache-2.0
// Guard: the one way into every console method. Serve() finds out who calls (console certificate, session token),
// whether the method's declared access (proto option madoguchi.v1.access) allows it, whether every institution_code of
// the request is one of the caller's, and, for two_people methods, whether exactly this act was approved; only then
// `act` runs, and uses the approval up in its own transaction. Refusals go into the trail, named by the method alone.
// Errors cross the wire as wire_error.h says. Thread: any (gRPC's synchronous threads); blocks on the database up to
// kCallWithin or the caller's own deadline.
#pragma once
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "madoguchi/v1/options.pb.h"
#include "server/audit/trail.h"
#include "server/console/approval_book.h"
#include "server/console/session_book.h"
#include "server/console/wire_error.h"

namespace madoguchi::console {

struct MethodAccess;

inline constexpr std::chrono::seconds kCallWithin{20};
inline constexpr char kSessionMetadata[] = "madoguchi-session";
inline constexpr int kNestedMessagesMax = 4;  // how deep institution codes are looked for

// Who calls, once admitted.
struct Caller {
  std::string user_id;  // empty for methods with CALLER_CONSOLE
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::vector<std::string> institution_codes;  // empty: all
  std::string console_id;                      // of the certificate
  account::Approval approval = {};  // that a two_people act uses up; empty where a break-glass code stands in
  Bytes token_sha256 = {};          // of the session; empty for methods with CALLER_CONSOLE
  SessionFacts session = {};
  bool Approved() const { return !approval.approval_id.empty(); }
  bool MayActFor(const std::string& institution_code) const;
};

class Guard {
 public:
  // All outlive the guard.
  struct Seams {
    SessionBook& sessions;
    ApprovalBook& approvals;
    audit::Trail& trail;
  };
  explicit Guard(const Seams& seams) : seams_(seams) {}
  using Act = std::function<Result<void>(const Caller& caller, Deadline deadline, Refused& refused)>;
  // method: "AccountService/Suspend". A request with break_glass_code set needs no approval_id: `act` must use the code
  // up itself. Of a stream, `request` is its first message.
  grpc::Status Serve(const grpc::ServerContext& context, const std::string& method,
                     const google::protobuf::Message& request, const Act& act);

 private:
  Result<Caller> Admit(const grpc::ServerContext& context, const MethodAccess& access, Caller& seen,
                       Deadline deadline) const;
  Result<void> HaveTwoPeople(Caller& caller, const std::string& method, const google::protobuf::Message& request,
                             Deadline deadline, Refused& refused) const;
  void RecordRefusal(const Caller& seen, const std::string& method, const Error& error, Deadline deadline) const;
  const Seams seams_;
};

}  // namespace madoguchi::console
