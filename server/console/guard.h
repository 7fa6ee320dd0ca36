// SPDX-License-Identifier: Apache-2.0
// Guard: the one way into every console method. Serve() finds out who calls (console certificate, session token), whether the method's
// declared access (proto option madoguchi.v1.access) allows it, whether the request's institution_code is one of the caller's, and, for
// two_people methods, whether exactly this act was approved; only then `act` runs. Refusals go into the trail. Errors cross the wire as
// the code's name with a serialised v1.CallRefusal. Thread: any (gRPC's synchronous threads); blocks on the database up to kCallWithin.
#pragma once
#include <grpcpp/server_context.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "madoguchi/v1/facility.pb.h"
#include "madoguchi/v1/options.pb.h"

namespace madoguchi::console {

inline constexpr std::chrono::seconds kCallWithin{20};
inline constexpr char kSessionMetadata[] = "madoguchi-session";

// Who calls, once admitted.
struct Caller {
  std::string user_id;  // empty for methods with CALLER_CONSOLE
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::vector<std::string> institution_codes;  // empty: all
  std::string console_id;                      // of the certificate
  bool approved = false;                       // a two_people act came with its approval; false where a break-glass code stands in
  bool MayActFor(const std::string& institution_code) const;
};

// What an act may give beside its error: which fields were wrong, how long to wait.
struct Refused {
  std::vector<v1::FieldProblem> problems;
  std::chrono::milliseconds retry_after{0};
  std::string approval_id;
};

class Sessions;  // sessions.h

class Guard {
 public:
  explicit Guard(Sessions& sessions) : sessions_(sessions) {}
  using Act = std::function<Result<void>(const Caller& caller, Deadline deadline, Refused& refused)>;
  // method: "AccountService/Suspend". A request with break_glass_code set needs no approval_id: `act` must use the code up itself.
  grpc::Status Serve(const grpc::ServerContext& context, const std::string& method, const google::protobuf::Message& request,
                     const Act& act);

 private:
  Sessions& sessions_;
};

}  // namespace madoguchi::console
