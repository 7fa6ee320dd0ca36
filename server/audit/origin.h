// SPDX-License-Identifier: Apache-2.0
// Origin: who acts and from where, for every row of the trail that is written meanwhile. The edge that knows it (a call
// of the console, a call or press of a desk, a receiver) opens an Acting for its thread; what it calls writes its
// events without passing these facts through every signature. Rounds and the server's own acts have none: "server".
//   role            "administrator", "auditor", "viewer" · "operator", "desk" · "receiver" · "server", "national",
//   "root" authentication  words of authentication.h joined by '+', as "password+totp"
// Thread: each its own. Nothing blocks.
#pragma once
#include <string>

#include "server/audit/trail.h"

namespace madoguchi::audit {

struct Origin {
  std::string role, authentication;
  std::string source_address;  // IP address; empty: not known, or this machine
};

class Acting {
 public:
  explicit Acting(Origin origin);
  ~Acting();
  Acting(const Acting&) = delete;
  Acting& operator=(const Acting&) = delete;
  // Found out later: whose session it is.
  void Become(Origin origin);

 private:
  const Acting* const outer_;
  Origin origin_;
  friend Event WithOrigin(Event event);
};

// The event with what it does not say itself: role, authentication and address of this thread's Acting, or what its
// actor means where there is none, and the trace (contract/trace.h).
Event WithOrigin(Event event);

// 32 random hex digits, for a contract TraceScope.
std::string NewTraceId();

}  // namespace madoguchi::audit
