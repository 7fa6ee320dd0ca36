// SPDX-License-Identifier: Apache-2.0
#include "server/trail_commands.h"

#include <csignal>
#include <filesystem>
#include <iostream>
#include <utility>

#include "contract/files.h"
#include "contract/log.h"
#include "contract/web/https_listener.h"
#include "server/audit/cosigner.h"
#include "server/trail_key.h"

namespace madoguchi::app {
namespace {

using config::Config;

constexpr const char* kComponent = "app";

std::chrono::seconds Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
}

Result<crypto::Ed25519Key> WitnessKey(const std::string& directory) {
  const std::string file = directory + "/witness.key";
  std::error_code failed;
  if (std::filesystem::create_directories(directory, failed))
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
  if (failed) return Error{ErrorCode::kConfigFileUnwritable, directory + ": " + failed.message(), {}};
  if (std::filesystem::exists(file, failed)) return crypto::Ed25519Key::Read(file);
  TRY_ASSIGN(crypto::Ed25519Key key, crypto::Ed25519Key::Make());
  TRY_VOID(key.Write(file));
  return key;
}

Result<trail::VerifierKey> LogKey(const std::string& file) {
  TRY_ASSIGN(std::string text, ReadSmallFile(file, trail::kNoteBytesMax));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return trail::VerifierKey::Read(text);
}

web::Handler Pages(audit::Cosigner& cosigner, std::string key) {
  return [&cosigner, key = std::move(key)](const web::Request& request) -> web::Response {
    if (request.method == "POST" && request.path == "/add-checkpoint") {
      audit::Cosigner::Answer answer = cosigner.Add(request.body);
      return {answer.status, answer.content_type, std::move(answer.body)};
    }
    if (request.method == "GET" && request.path == "/key") return {.body = key + "\n"};
    if (request.method == "GET" && request.path == "/checkpoint" && !cosigner.note().empty())
      return {.body = cosigner.note()};
    return {.status = 404, .body = "POST /add-checkpoint, GET /checkpoint, GET /key\n"};
  };
}

}  // namespace

Result<void> MakeTrailKey(const Config& config) {
  TRY_ASSIGN(const crypto::Ed25519Key key, crypto::Ed25519Key::Make());
  TRY_ASSIGN(std::string origin, TrailOrigin(config));
  TRY_VOID(key.Write(config.audit_signing_key_file));
  const trail::Signer signer(std::move(origin), key, trail::SignatureType::kEd25519);
  std::cout << "{\"verifier_key\":\"" << signer.verifier().Written() << "\"}\n" << std::flush;
  return {};
}

Result<void> RunWitness(const Config& config) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // the listener's thread inherits it

  TRY_ASSIGN(trail::VerifierKey log_key, LogKey(config.witness_log_key_file));
  TRY_ASSIGN(crypto::Ed25519Key own_key, WitnessKey(config.witness_directory));
  trail::Signer signer(config.witness_name, std::move(own_key), trail::SignatureType::kCosignature);
  const std::string verifier = signer.verifier().Written();
  TRY_VOID(trail::VerifierKey::Read(verifier));  // the name may not be one
  TRY_ASSIGN(audit::Cosigner cosigner, audit::Cosigner::Open(config.witness_directory + "/checkpoint",
                                                             std::move(log_key), std::move(signer), Now));
  TRY_ASSIGN(const auto listener, web::HttpsListener::Start({.address = config.witness_listen.host,
                                                             .port = config.witness_listen.port,
                                                             .certificate_file = config.witness_certificate_file,
                                                             .key_file = config.witness_tls_key_file,
                                                             .posts = true},
                                                            Pages(cosigner, verifier)));
  const std::string port = std::to_string(listener->port());
  if (!config.app_ready_file.empty()) {
    TRY_VOID(WriteFileWhole(config.app_ready_file, "{\"port\":" + port + ",\"verifier_key\":\"" + verifier + "\"}\n",
                            false));
  }
  log::Info(kComponent, "witness_serving", {{"port", port}, {"verifier_key", verifier}});
  int signal = 0;
  sigwait(&signals, &signal);
  log::Info(kComponent, "stopping", {{"signal", signal}});
  return {};
}

}  // namespace madoguchi::app
