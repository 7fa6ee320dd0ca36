// SPDX-License-Identifier: Apache-2.0
// The identity of this desk in its directory (mode 0700): desk.key (0600), facility-ca.pem, connection and desk.pem.
// The certificate comes last: a directory without it holds no identity yet, and its key is used by the next activation.
// A renewal stands beside as desk.next.key and desk.next.pem until it was used once; whatever moment the program is
// killed in, exactly one pair of key and certificate is complete and chosen. Thread: any; programs at the same
// directory exclude each other where they write. Errors: DESK_IDENTITY_MISSING, IDENTITY_EXISTS, CONFIG_FILE_….
#pragma once
#include <string>

#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::identity {

inline constexpr std::size_t kConnectionBytesMax = 4096;

struct IdentityFiles {
  explicit IdentityFiles(const std::string& directory)
      : root(directory + "/facility-ca.pem"), certificate(directory + "/desk.pem"), key(directory + "/desk.key") {}
  std::string root, certificate, key;
  bool renewed = false;  // the pair of a renewal that was not used yet: KeepRenewed after its first use
};

// Where this desk connects to and as what; texts of the server, none secret. Any may be empty.
struct Connection {
  std::string server;            // host:port of the desk listener
  std::string enrolment_server;  // host:port of the enrolment listener, for a late renewal
  std::string institution_code, account_id, desk_id, desk_name;
};

// Made with mode 0700 if it does not exist.
Result<void> MakeDirectory(const std::string& directory);
// IDENTITY_EXISTS when there is a certificate already.
Result<void> RequireNoIdentity(const std::string& directory);
// The key of an earlier try, else a new one; on disk when this returns.
Result<SecretBytes> KeyForActivation(const std::string& directory);
// The key of this desk, which it keeps when it is given one more account: one file changes then, so that whatever
// moment the program is killed in, the key fits the certificate. A renewed pair is taken over first, also one that was
// not used yet: it is the only one that is chosen. DESK_IDENTITY_MISSING.
Result<SecretBytes> KeyForAddition(const std::string& directory);
// Precondition: the key is in its file. All or nothing: without the certificate the rest means nothing.
Result<void> StoreIdentity(const std::string& directory, const std::string& root_pem,
                           const std::string& certificate_pem, const Connection& connection);

// Of a desk that was given one more account: its certificate takes the place of the present one in one step, and
// nothing else changes. Precondition: the key it is for was that of KeyForAddition, under the same
// DirectoryLock::TakeForCertificate.
Result<void> StoreAddition(const std::string& directory, const std::string& certificate_pem);

// The newest pair that belongs together. DESK_IDENTITY_MISSING when there is none or the root is not there.
Result<IdentityFiles> FindIdentity(const std::string& directory);
// Empty fields when the directory has none (enrolled before there was such a file).
Result<Connection> ReadConnection(const std::string& directory);

// The renewed pair was used: it takes the place of the old one, whose key is overwritten first.
Result<void> KeepRenewed(const std::string& directory);
// Keys overwritten and removed, then everything else of the identity, the passcode too. Says done only when it is.
Result<void> DestroyIdentity(const std::string& directory);

}  // namespace madoguchi::identity
