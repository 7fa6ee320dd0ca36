// SPDX-License-Identifier: Apache-2.0
#include "server/audit/origin.h"

#include <utility>

#include "contract/crypto/random.h"
#include "contract/trace.h"
#include "server/audit/authentication.h"

namespace madoguchi::audit {
namespace {

constexpr char kServer[] = "server";
constexpr char kNational[] = "national";
constexpr char kRoot[] = "root";
constexpr char kDesk[] = "desk";
constexpr char kOperator[] = "operator";
constexpr std::string_view kStaff = "staff:";

const Acting*& Innermost() {
  thread_local const Acting* innermost = nullptr;
  return innermost;
}

void Fill(std::string& field, const std::string& with) {
  if (field.empty()) field = with;
}

// Of rows that no edge caused: local commands, rounds, and what the national side let happen.
Origin OfActor(const std::string& actor) {
  if (actor == kRoot) return {kRoot, authentication::kFileSystem, {}};
  if (actor == kDesk) return {kDesk, authentication::kCertificate, {}};
  if (actor == kNational) return {kNational, {}, {}};
  if (actor.empty() || actor == kServer) return {kServer, {}, {}};
  return {};
}

}  // namespace

Acting::Acting(Origin origin) : outer_(std::exchange(Innermost(), this)), origin_(std::move(origin)) {}

Acting::~Acting() {
  Innermost() = outer_;
}

void Acting::Become(Origin origin) {
  origin_ = std::move(origin);
}

Event WithOrigin(Event event) {
  const Acting* const acting = Innermost();
  // What the server does by itself while somebody calls is the server's own act, but has the call's address and trace.
  const bool by_itself = event.actor == kServer || event.actor == kNational;
  Origin origin = acting == nullptr || by_itself ? OfActor(event.actor) : acting->origin_;
  if (event.actor.starts_with(kStaff)) {  // signed in at the desk, beside the desk's own certificate
    Fill(event.operator_code, event.actor.substr(kStaff.size()));
    if (origin.role.empty() || origin.role == kDesk)
      origin = {kOperator, authentication::kCertificateAndPin, origin.source_address};
  }
  if (event.role.empty() && event.authentication.empty()) event.authentication = origin.authentication;
  Fill(event.role, origin.role);
  if (acting != nullptr) Fill(event.source_address, acting->origin_.source_address);
  Fill(event.trace_id, CurrentTrace());
  return event;
}

std::string NewTraceId() {
  return ToHex(crypto::RandomBytes(kTraceIdBytes));
}

}  // namespace madoguchi::audit
