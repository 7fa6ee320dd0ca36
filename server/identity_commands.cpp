// SPDX-License-Identifier: Apache-2.0
#include "server/identity_commands.h"

#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "contract/files.h"
#include "contract/trail/checkpoint.h"
#include "server/audit/event.h"
#include "server/identity/facility_ca.h"
#include "server/identity/recovery_copy.h"
#include "server/store/console_seed.h"
#include "server/trail_key.h"

namespace madoguchi::app {
namespace {

using config::Config;

Result<std::unique_ptr<identity::FacilityCa>> LoadCa(const Config& config) {
  TRY_ASSIGN(const std::string passphrase, identity::ReadPassphrase(config.identity_passphrase_file));
  return identity::FacilityCa::Load(config.identity_directory, passphrase);
}

Result<void> RefuseExisting(const std::string& file) {
  std::error_code failed;
  if (std::filesystem::exists(file, failed) || failed) {
    return Error{ErrorCode::kConfigFileUnwritable, file + " is already there", {}};
  }
  return {};
}

Result<std::string> RootSha256(const std::string& root_pem) {
  TRY_ASSIGN(const Bytes root, crypto::DerFromPem(root_pem));
  return ToHex(crypto::Sha256(root));
}

// trail: the verifier key; empty: the copy has no key of the trail.
void PrintIdentity(const std::string& root_sha256, const std::string& trail) {
  std::cout << "{\"root_sha256\":\"" << root_sha256 << "\",\"trail_verifier_key\":\"" << trail << "\"}\n" << std::flush;
}

// The trail's key of the copy into its file, before anything else is written: a second attempt finds the same key
// there and goes on. → its verifier key; empty: the copy has none.
Result<std::string> ImportTrailKey(const Config& config, const std::string& copy, const std::string& passphrase) {
  TRY_ASSIGN(const std::optional<identity::TrailKeyCopy> trail, identity::TrailKeyOf(copy, passphrase));
  if (!trail) return std::string();
  const std::string& file = config.audit_signing_key_file;
  if (file.empty())
    return Error{ErrorCode::kConfigValueMissing, "audit.signing_key_file (the copy holds the trail's key)", {}};
  const std::string origin = config.audit_origin.empty() ? config.server_names.front() + "/trail" : config.audit_origin;
  if (origin != trail->origin)
    return Error{ErrorCode::kConfigValueInvalid, "audit.origin: the trail of this copy is " + trail->origin, {}};
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) TRY_VOID(WriteFileWhole(file, trail->key_pem, true));
  TRY_ASSIGN(crypto::Ed25519Key key, crypto::Ed25519Key::Read(file));
  TRY_ASSIGN(const std::string there, ReadPrivateFile(file));
  if (there != trail->key_pem) return Error{ErrorCode::kConfigFileUnwritable, file + " is already there", {}};
  return trail::Signer(origin, std::move(key), trail::SignatureType::kEd25519).verifier().Written();
}

// Where a certificate, its key and our root are put; nothing that is there already is overwritten.
struct PairFiles {
  PairFiles(const std::string& directory, const std::string& stem)
      : certificate(directory + "/" + stem + ".pem"),
        key(directory + "/" + stem + ".key"),
        root(directory + "/facility-ca.pem") {}
  std::string certificate, key, root;
};

Result<void> MakeRoomFor(const std::string& directory, const PairFiles& files) {
  std::error_code failed;
  if (std::filesystem::create_directories(directory, failed)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
  }
  if (failed) return Error{ErrorCode::kConfigFileUnwritable, directory + ": " + failed.message(), {}};
  for (const std::string* file : {&files.certificate, &files.key, &files.root}) TRY_VOID(RefuseExisting(*file));
  return {};
}

Result<void> Write(const PairFiles& files, const identity::FacilityCa::IssuedWithKey& made,
                   const std::string& root_pem) {
  TRY_VOID(WriteFileWhole(files.key, made.key_pem, true));
  TRY_VOID(WriteFileWhole(files.certificate, made.issued.certificate_pem, false));
  return WriteFileWhole(files.root, root_pem, false);
}

}  // namespace

Result<void> AddConsole(const Config& config) {
  TRY_ASSIGN(const std::unique_ptr<identity::FacilityCa> ca, LoadCa(config));
  const PairFiles files(config.console_directory, "console");
  TRY_VOID(MakeRoomFor(config.console_directory, files));
  const std::string console_id = UuidText(crypto::NewUuid());
  TRY_ASSIGN(const identity::FacilityCa::IssuedWithKey console, ca->IssueConsole(console_id));
  TRY_VOID(
      store::AddConsole(config.database_owner_url, {console_id, config.console_name, console.issued.certificate_sha256,
                                                    console.issued.serial, console.issued.not_after}));
  TRY_VOID(Write(files, console, ca->root_pem()));
  std::cout << "{\"console_id\":\"" << console_id << "\",\"serial\":\"" << console.issued.serial << "\"}\n"
            << std::flush;
  return {};
}

Result<void> AddReceiver(const Config& config) {
  TRY_ASSIGN(const std::unique_ptr<identity::FacilityCa> ca, LoadCa(config));
  const PairFiles files(config.receiver_directory, "receiver");
  TRY_VOID(MakeRoomFor(config.receiver_directory, files));
  TRY_ASSIGN(const identity::FacilityCa::IssuedWithKey receiver, ca->IssueReceiver(UuidText(crypto::NewUuid())));
  const std::string sha256 = ToHex(receiver.issued.certificate_sha256);
  TRY_VOID(store::RecordActOfRoot(config.database_owner_url, audit::action::kIdentityReceiverAdded,
                                  "name=" + config.receiver_name + " certificate_sha256=" + sha256));
  TRY_VOID(Write(files, receiver, ca->root_pem()));
  std::cout << "{\"certificate_sha256\":\"" << sha256 << "\",\"serial\":\"" << receiver.issued.serial << "\"}\n"
            << std::flush;
  return {};
}

Result<void> ExportIdentity(const Config& config) {
  TRY_ASSIGN(const std::unique_ptr<identity::FacilityCa> ca, LoadCa(config));
  TRY_ASSIGN(const std::string copy_passphrase, identity::ReadPassphrase(config.recovery_passphrase_file));
  TRY_VOID(RefuseExisting(config.recovery_file));
  TRY_ASSIGN(std::string copy, ca->RecoveryCopy(copy_passphrase));
  TRY_ASSIGN(const std::string root_sha256, RootSha256(ca->root_pem()));
  std::string trail;
  if (!config.audit_signing_key_file.empty()) {
    TRY_ASSIGN(const trail::Signer signer, TrailSigner(config));
    TRY_ASSIGN(const std::string key_pem, ReadPrivateFile(config.audit_signing_key_file));
    TRY_ASSIGN(copy, identity::WithTrailKey(copy, {signer.verifier().name, key_pem}, copy_passphrase));
    trail = signer.verifier().Written();
  }
  TRY_VOID(store::RecordActOfRoot(config.database_owner_url, audit::action::kIdentityRecoveryExported,
                                  "root=" + root_sha256));
  TRY_VOID(WriteFileWhole(config.recovery_file, copy, true));
  PrintIdentity(root_sha256, trail);
  return {};
}

Result<void> ImportIdentity(const Config& config) {
  TRY_ASSIGN(const std::string passphrase, identity::ReadPassphrase(config.identity_passphrase_file));
  TRY_ASSIGN(const std::string copy_passphrase, identity::ReadPassphrase(config.recovery_passphrase_file));
  TRY_ASSIGN(const std::string copy, ReadPrivateFile(config.recovery_file));
  TRY_ASSIGN(const std::string trail, ImportTrailKey(config, copy, copy_passphrase));
  TRY_VOID(identity::FacilityCa::Restore(copy, copy_passphrase, config.identity_directory, passphrase,
                                         {config.server_names, config.server_ips}));
  TRY_ASSIGN(const std::string root_sha256, RootSha256(copy));
  PrintIdentity(root_sha256, trail);
  return {};
}

}  // namespace madoguchi::app
