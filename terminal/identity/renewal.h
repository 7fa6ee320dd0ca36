// SPDX-License-Identifier: Apache-2.0
// Renewal of the desk's certificate. The new key and its certificate are written beside the present ones and used from
// the next connection on; the server ends the old certificate when it sees the new one (desk_identity.h). Thread: any;
// blocks. Errors: those of the services, CONFIG_FILE_…, SERVER_MESSAGE_INVALID.
#pragma once
#include <string>

#include "terminal/identity/call_refusal.h"
#include "terminal/identity/desk_identity.h"
#include "terminal/identity/desk_key.h"

namespace madoguchi::identity {

// When the present certificate should be renewed.
Result<Validity> PresentValidity(const std::string& directory);

// What a failed connection comes from: DESK_CERTIFICATE_EXPIRED when this desk's certificate has run out, for gRPC says
// no more than that the handshake failed; else as it was.
Error AtConnecting(Error error, const std::string& directory);

// With the present certificate, on the desk listener. Nothing happens while a renewed pair waits for its first use.
Result<void> Renew(const std::string& server, const std::string& directory, CallRefusal& refusal);

struct LateRenewal {
  crypto::Sha256Digest key_fingerprint{};  // of the new key: the administrator compares it before approving
  bool done = false;                       // false: RENEWAL_NOT_APPROVED yet; the same call again asks for it
};
// After the certificate ran out: proved with the old key on the enrolment listener, approved by an administrator. The
// key and request of the first try are kept and used again, until they are refused.
Result<LateRenewal> RenewLate(const std::string& enrolment_server, const std::string& directory, CallRefusal& refusal);

}  // namespace madoguchi::identity
