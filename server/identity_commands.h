// SPDX-License-Identifier: Apache-2.0
// Commands about the facility's identity that only root on the server's machine may give. Each runs to its end on the
// calling thread and prints one JSON document on standard output. Keys leave only into files of mode 0600; nothing is
// overwritten. Errors: CONFIG_FILE_UNWRITABLE (also: a file is already there), FACILITY_CA_UNREADABLE,
// RECOVERY_COPY_UNREADABLE, IDENTITY_EXISTS, DATABASE_….
#pragma once
#include "contract/result.h"
#include "server/config.h"

namespace madoguchi::app {

// console.pem, console.key (0600) and facility-ca.pem in a directory: what madoguchi-admin or a gateway needs to reach
// the console listener. In the book of certificates and in the trail before a file is written.
Result<void> AddConsole(const config::Config& config);
// receiver.pem, receiver.key (0600) and facility-ca.pem in a directory: what a program needs to ask for results; the
// certificate's SHA-256 goes into handoff.pull_clients. In the trail before a file is written.
Result<void> AddReceiver(const config::Config& config);
// Root certificate, root key and, where audit.signing_key_file is set, the trail's key and name into one file, the keys
// under a passphrase of the file's own; in the trail before the file is written.
Result<void> ExportIdentity(const config::Config& config);
// A new identity directory with the root of such a file and a fresh server certificate, and the trail's key in
// audit.signing_key_file. Refused with CONFIG_VALUE_INVALID when the trail would get another name here.
Result<void> ImportIdentity(const config::Config& config);

}  // namespace madoguchi::app
