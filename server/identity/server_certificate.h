// SPDX-License-Identifier: Apache-2.0
// The server's own certificate: renewed with a new key by the running server, two thirds through its life. Its
// listeners notice by themselves (contract/crypto/server_pair.h). Several processes with one directory take turns (a
// lock file).
//
//   server.next.key.pem written ─▶ server.pem replaced ─▶ server.next.key.pem becomes server.key.pem
//
// Whatever breaks between is put right by the next call: a next key that fits the certificate takes its place, another
// one is thrown away. A certificate without its key is replaced at once. Thread: any; blocks on files. Errors:
// CONFIG_FILE_…, FACILITY_CA_UNREADABLE (no server certificate whose names could be taken over), INTERNAL_ERROR.
#pragma once
#include <chrono>
#include <string>

#include "server/identity/facility_ca.h"

namespace madoguchi::identity {

inline constexpr std::chrono::hours kRenewalLookEvery{1};

// True: it was due (or not yet valid, or without its key) and has been renewed, for the names it had.
Result<bool> RenewServerCertificate(const FacilityCa& ca, const std::string& directory,
                                    std::chrono::system_clock::time_point now = std::chrono::system_clock::now());
// Before the pair is used for the first time.
Result<void> FinishServerRenewal(const std::string& directory);

// The first DNS name in the server's certificate: how desks call this server unless the configuration says otherwise.
Result<std::string> FirstServerName(const std::string& directory);

// When the first certificate of a PEM file ends. CONFIG_FILE_…, CERTIFICATE_UNREADABLE.
Result<std::chrono::system_clock::time_point> EndOf(const std::string& certificate_file);

}  // namespace madoguchi::identity
