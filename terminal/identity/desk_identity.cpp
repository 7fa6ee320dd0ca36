// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <vector>

#include "contract/files.h"
#include "terminal/identity/desk_key.h"
#include "terminal/identity/directory_lock.h"

namespace madoguchi::identity {
namespace {

bool Exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

Error Unwritable(const std::string& path) {
  return {ErrorCode::kConfigFileUnwritable, path + ": errno " + std::to_string(errno), {}};
}

std::string NextKey(const std::string& directory) {
  return directory + "/desk.next.key";
}
std::string NextCertificate(const std::string& directory) {
  return directory + "/desk.next.pem";
}
std::string ConnectionFile(const std::string& directory) {
  return directory + "/connection";
}

struct NamedField {
  std::string_view name;
  std::string Connection::*field;
};
constexpr std::array<NamedField, 6> kConnectionFields = {{{"server", &Connection::server},
                                                          {"enrolment_server", &Connection::enrolment_server},
                                                          {"institution_code", &Connection::institution_code},
                                                          {"account_id", &Connection::account_id},
                                                          {"desk_id", &Connection::desk_id},
                                                          {"desk_name", &Connection::desk_name}}};

// The bytes of the key's own blocks, before its name goes. What a file system or a disk copied elsewhere is beyond us.
Result<void> Overwrite(const std::string& file) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return errno == ENOENT ? Result<void>() : Unwritable(file);
  struct stat status {};
  bool done = fstat(descriptor, &status) == 0;
  const std::string zeros(done ? static_cast<std::size_t>(status.st_size) : 0, '\0');
  done = done && pwrite(descriptor, zeros.data(), zeros.size(), 0) == static_cast<ssize_t>(zeros.size()) &&
         fsync(descriptor) == 0;
  close(descriptor);
  return done ? Result<void>() : Unwritable(file);
}

Result<void> Remove(const std::string& file) {
  if (unlink(file.c_str()) != 0 && errno != ENOENT) return Unwritable(file);
  return {};
}

bool BelongTogether(const std::string& certificate, const std::string& key) {
  if (!Exists(certificate) || !Exists(key)) return false;
  const Result<std::string> pem = ReadSmallFile(certificate, kCertificatePemBytesMax);
  const Result<SecretBytes> key_pem = ReadKey(key);
  if (!pem || !key_pem) return false;
  const Result<bool> match = CertificateIsForKey(*pem, *key_pem);
  return match && *match;
}

}  // namespace

Result<void> MakeDirectory(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return Unwritable(directory);
  if (chmod(directory.c_str(), 0700) != 0) return Unwritable(directory);
  return {};
}

Result<void> RequireNoIdentity(const std::string& directory) {
  for (const std::string& file : {IdentityFiles(directory).certificate, NextCertificate(directory)}) {
    if (Exists(file)) return Error{ErrorCode::kIdentityExists, file, {}};
  }
  return {};
}

Result<SecretBytes> KeyForActivation(const std::string& directory) {
  const std::string file = IdentityFiles(directory).key;
  if (Exists(file)) {
    Result<SecretBytes> kept = ReadKey(file);
    if (!kept) return Error{ErrorCode::kIdentityExists, file, {}};  // somebody's, but no key of ours
    return kept;
  }
  TRY_ASSIGN(SecretBytes key, MakeKey());
  TRY_VOID(WriteFileWhole(file, AsText(key.view()), true));
  return key;
}

Result<void> StoreIdentity(const std::string& directory, const std::string& root_pem,
                           const std::string& certificate_pem, const Connection& connection) {
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  const IdentityFiles files(directory);
  TRY_VOID(RequireNoIdentity(directory));
  std::string lines;
  for (const NamedField& one : kConnectionFields) {
    std::string value = connection.*one.field;
    for (char& c : value) {
      if (c == '\n' || c == '\r' || c == '\0') c = ' ';
    }
    lines += std::string(one.name) + "=" + value + "\n";
  }
  if (lines.size() > kConnectionBytesMax) return Error{ErrorCode::kServerMessageInvalid, "connection too long", {}};
  TRY_VOID(WriteFileWhole(files.root, root_pem, false));
  TRY_VOID(WriteFileWhole(ConnectionFile(directory), lines, false));
  TRY_VOID(WriteFileWhole(files.certificate, certificate_pem, false));
  return lock.Flush();
}

Result<SecretBytes> KeyForAddition(const std::string& directory) {
  TRY_ASSIGN(const IdentityFiles found, FindIdentity(directory));
  if (found.renewed) TRY_VOID(KeepRenewed(directory));
  return ReadKey(IdentityFiles(directory).key);
}

Result<void> StoreAddition(const std::string& directory, const std::string& certificate_pem) {
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  TRY_VOID(FindIdentity(directory));  // deregistered meanwhile: nothing to add to
  TRY_VOID(WriteFileWhole(IdentityFiles(directory).certificate, certificate_pem, false));
  return lock.Flush();
}

Result<IdentityFiles> FindIdentity(const std::string& directory) {
  IdentityFiles files(directory);
  if (!Exists(files.root)) return Error{ErrorCode::kDeskIdentityMissing, files.root, {}};
  // Of a switch that was interrupted the new certificate may still have its old name, beside the key in its new place.
  for (const std::string& key : {NextKey(directory), files.key}) {
    if (!BelongTogether(NextCertificate(directory), key)) continue;
    files.certificate = NextCertificate(directory);
    files.key = key;
    files.renewed = true;
    return files;
  }
  for (const std::string& file : {files.certificate, files.key}) {
    if (!Exists(file)) return Error{ErrorCode::kDeskIdentityMissing, file, {}};
  }
  return files;
}

Result<Connection> ReadConnection(const std::string& directory) {
  Connection connection;
  if (!Exists(ConnectionFile(directory))) return connection;
  TRY_ASSIGN(const std::string lines, ReadSmallFile(ConnectionFile(directory), kConnectionBytesMax));
  std::size_t at = 0;
  while (at < lines.size()) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    const std::string_view line = std::string_view(lines).substr(at, end - at);
    for (const NamedField& one : kConnectionFields) {
      if (line.size() > one.name.size() && line.starts_with(one.name) && line[one.name.size()] == '=')
        connection.*one.field = line.substr(one.name.size() + 1);
    }
    at = end + 1;
  }
  return connection;
}

Result<void> KeepRenewed(const std::string& directory) {
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  const Result<IdentityFiles> found = FindIdentity(directory);
  if (!found || !found->renewed) return {};  // another program was first
  const IdentityFiles files(directory);
  if (found->key != files.key) {
    TRY_VOID(Overwrite(files.key));
    if (std::rename(found->key.c_str(), files.key.c_str()) != 0) return Unwritable(files.key);
  }
  if (std::rename(found->certificate.c_str(), files.certificate.c_str()) != 0) return Unwritable(files.certificate);
  TRY_VOID(Remove(directory + "/desk.next.csr"));
  return lock.Flush();
}

Result<void> DestroyIdentity(const std::string& directory) {
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  const IdentityFiles files(directory);
  for (const std::string& key : {files.key, NextKey(directory), files.key + ".new", NextKey(directory) + ".new"}) {
    TRY_VOID(Overwrite(key));
    TRY_VOID(Remove(key));
  }
  for (const std::string& file :
       {files.certificate, NextCertificate(directory), directory + "/desk.next.csr", ConnectionFile(directory),
        directory + "/passcode", directory + "/activation", files.root}) {
    TRY_VOID(Remove(file));
  }
  return lock.Flush();
}

}  // namespace madoguchi::identity
