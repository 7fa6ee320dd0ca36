// SPDX-License-Identifier: Apache-2.0
#include "server/commands.h"

#include <iostream>

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "contract/crypto/seal.h"
#include "contract/crypto/server_pair.h"
#include "contract/files.h"
#include "contract/log.h"
#include "server/audit/event.h"
#include "server/store/console_seed.h"
#include "server/store/store.h"
#include "server/trail_key.h"

namespace madoguchi::app {

using config::Config;

namespace {

constexpr const char* kComponent = "app";

// Reads every file once, so that a wrong path or mode is found before anything starts.
Result<void> CheckFiles(const Config& config) {
  const identity::IdentityFiles identity(config.identity_directory);
  for (const std::string* file : {&identity.root_key, &identity.server_key, &config.mail_password_file}) {
    if (!file->empty()) TRY_VOID(ReadPrivateFile(*file));
  }
  for (const std::string* file :
       {&config.eligibility_root_file, &identity.root, &identity.server, &config.mail_root_file}) {
    if (!file->empty()) TRY_VOID(ReadSmallFile(*file));
  }
  TRY_ASSIGN(const std::string chain, ReadSmallFile(config.eligibility_certificate_file));
  TRY_ASSIGN(const std::string key, ReadPrivateFile(config.eligibility_key_file));
  if (!crypto::IsKeyOf(key, chain)) {
    return Error{ErrorCode::kConfigValueInvalid,
                 config.eligibility_key_file + ": not the key of " + config.eligibility_certificate_file,
                 {}};
  }
  return {};
}

}  // namespace

Result<Bytes> ReadAuditKey(const std::string& file) {
  TRY_ASSIGN(std::string text, ReadPrivateFile(file));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  std::optional<Bytes> key = FromHex(text);
  if (!key || key->size() < kAuditKeyBytesMin) {
    return Error{ErrorCode::kConfigValueInvalid, file + ": at least 64 hex digits", {}};
  }
  return std::move(*key);
}

Result<audit::KeyedHash> ReadAuditKeys(const Config& config) {
  TRY_ASSIGN(Bytes key, ReadAuditKey(config.audit_key_file));
  std::vector<Bytes> retired;
  for (const std::string& file : config.audit_retired_key_files) {
    TRY_ASSIGN(Bytes one, ReadAuditKey(file));
    retired.push_back(std::move(one));
  }
  return audit::KeyedHash(std::move(key), std::move(retired));
}

Result<std::unique_ptr<identity::FacilityCa>> LoadIdentity(const Config& config) {
  TRY_VOID(CheckFiles(config));
  TRY_ASSIGN(const std::string passphrase, identity::ReadPassphrase(config.identity_passphrase_file));
  return identity::FacilityCa::Load(config.identity_directory, passphrase);
}

Result<void> Migrate(const Config& config) {
  TRY_ASSIGN(const std::vector<std::string> applied,
             store::Migrate(config.database_owner_url, config.app_migrations_directory));
  std::string files;
  for (const std::string& name : applied) files += (files.empty() ? "" : ",") + name;
  if (!applied.empty())
    TRY_VOID(store::RecordActOfRoot(config.database_owner_url, audit::action::kAppMigrated, "files=" + files));
  log::Info(kComponent, "schema_current", {{"newest", store::kSchemaNewest}});
  return {};
}

Result<void> InitIdentity(const Config& config) {
  TRY_ASSIGN(const std::string passphrase, identity::ReadPassphrase(config.identity_passphrase_file));
  TRY_VOID(
      identity::FacilityCa::Create(config.identity_directory, passphrase, {config.server_names, config.server_ips}));
  const identity::IdentityFiles files(config.identity_directory);
  TRY_ASSIGN(const std::string root_pem, ReadSmallFile(files.root));
  TRY_ASSIGN(const Bytes root, crypto::DerFromPem(root_pem));
  std::cout << "{\"root_sha256\":\"" << ToHex(crypto::Sha256(root)) << "\"}\n" << std::flush;
  return {};
}

Result<void> AddDesk(const Config& config) {
  const Bytes token = crypto::RandomBytes(kTokenBytes);
  const crypto::Sha256Digest digest = crypto::Sha256(token);
  TRY_ASSIGN(const std::string desk_id,
             store::AddDesk(config.database_owner_url, {config.desk_name, config.institution_code, config.account_id,
                                                        Bytes(digest.begin(), digest.end())}));
  std::cout << "{\"desk_id\":\"" << desk_id << "\",\"token\":\"" << ToHex(token) << "\"}\n" << std::flush;
  return {};
}

Result<void> CheckConfig(const Config& config) {
  TRY_VOID(LoadIdentity(config));
  TRY_VOID(ReadAuditKeys(config));
  TRY_VOID(crypto::Seal::FromKeyFile(config.account_seal_key_file));
  TRY_VOID(audit::CheckSinkFiles(config.audit_sink));
  TRY_VOID(TrailSigner(config));
  TRY_VOID(handoff::CheckFiles(config.handoff, std::chrono::seconds(config.desk_show_again_seconds)));
  std::cout << "ok\n" << std::flush;
  return {};
}

}  // namespace madoguchi::app
