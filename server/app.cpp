// SPDX-License-Identifier: Apache-2.0
#include "server/app.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>

#include "contract/channel_credentials.h"
#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "contract/files.h"
#include "contract/log.h"
#include "server/audit/event.h"
#include "server/card/scripts.h"
#include "server/check/check.h"
#include "server/check/pool.h"
#include "server/desk/desk_service.h"
#include "server/eligibility/https_national_service.h"
#include "server/identity/enrolment_service.h"
#include "server/identity/facility_ca.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"
#include "server/telemetry/pages.h"

namespace madoguchi::app {
namespace {

using config::Config;

constexpr const char* kComponent = "app";

// A running gRPC listener.
struct Listener {
  std::unique_ptr<grpc::Server> server;
  int port = 0;
  void Shutdown(std::chrono::seconds within) {
    server->Shutdown(std::chrono::system_clock::now() + within);
    server->Wait();
  }
};

Result<Bytes> ReadAuditKey(const std::string& file) {
  TRY_ASSIGN(std::string text, ReadPrivateFile(file));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  std::optional<Bytes> key = FromHex(text);
  if (!key || key->size() < kAuditKeyBytesMin) {
    return Error{ErrorCode::kConfigValueInvalid, file + ": at least 64 hex digits", {}};
  }
  return std::move(*key);
}

// Reads every file once, so that a wrong path or mode is found before anything starts.
Result<void> CheckFiles(const Config& config) {
  const identity::IdentityFiles identity(config.identity_directory);
  for (const std::string* file : {&config.eligibility_key_file, &identity.root_key, &identity.server_key}) {
    TRY_VOID(ReadPrivateFile(*file));
  }
  for (const std::string* file :
       {&config.eligibility_root_file, &config.eligibility_certificate_file, &identity.root, &identity.server}) {
    TRY_VOID(ReadSmallFile(*file));
  }
  return {};
}

Result<std::unique_ptr<identity::FacilityCa>> LoadIdentity(const Config& config) {
  TRY_VOID(CheckFiles(config));
  TRY_ASSIGN(const std::string passphrase, identity::ReadPassphrase(config.identity_passphrase_file));
  return identity::FacilityCa::Load(config.identity_directory, passphrase);
}

Result<Listener> Start(grpc::ServerBuilder& builder, const config::Listen& listen,
                       std::shared_ptr<grpc::ServerCredentials> credentials) {
  // Two servers on one port would share the desks between them without anybody noticing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
  Listener listener;
  builder.AddListeningPort(listen.Text(), std::move(credentials), &listener.port);
  listener.server = builder.BuildAndStart();
  if (!listener.server || listener.port == 0) return Error{ErrorCode::kListenerFailed, listen.Text(), {}};
  return listener;
}

Result<Listener> StartDesks(const Config& config, desk::DeskService& service) {
  const identity::IdentityFiles files(config.identity_directory);
  TRY_ASSIGN(auto credentials, wire::ServerCredentials({files.root, files.server, files.server_key}, true));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kMessageBytesMax));
  builder.SetMaxSendMessageSize(static_cast<int>(limits::kMessageBytesMax));
  builder.RegisterService(&service);
  return Start(builder, config.desk_listen, std::move(credentials));
}

Result<Listener> StartEnrolment(const Config& config, identity::EnrolmentService& service) {
  const identity::IdentityFiles files(config.identity_directory);
  TRY_ASSIGN(auto credentials, wire::ServerCredentials({files.root, files.server, files.server_key}, false));
  grpc::EnableDefaultHealthCheckService(false);
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(identity::kEnrolmentMessageBytesMax);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 1);
  builder.SetResourceQuota(grpc::ResourceQuota("enrolment").SetMaxThreads(identity::kEnrolmentThreadsMax));
  builder.RegisterService(&service);
  return Start(builder, config.enrolment_listen, std::move(credentials));
}

Result<void> WriteReadyFile(const Config& config, const Listener& desks, const Listener& enrolment,
                            int telemetry_port) {
  if (config.app_ready_file.empty()) return {};
  return WriteFileWhole(config.app_ready_file,
                        "{\"desk_port\":" + std::to_string(desks.port) +
                            ",\"enrolment_port\":" + std::to_string(enrolment.port) +
                            ",\"telemetry_port\":" + std::to_string(telemetry_port) + "}\n",
                        false);
}

void WaitForSignal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  log::Info(kComponent, "stopping", {{"signal", signal}});
}

Result<void> Serve(const Config& config) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread: only WaitForSignal takes them

  TRY_ASSIGN(const std::unique_ptr<identity::FacilityCa> ca, LoadIdentity(config));
  TRY_ASSIGN(Bytes audit_key, ReadAuditKey(config.audit_key_file));
  const audit::KeyedHash keyed_hash(std::move(audit_key));
  const std::string owner = UuidText(crypto::NewUuid());
  TRY_ASSIGN(const std::unique_ptr<store::Store> store, store::Store::Open({config.database_server_url, owner}));

  telemetry::Metrics metrics;
  std::atomic<bool> ready{false};
  eligibility::HttpsNationalService national(
      config.eligibility_url,
      {config.eligibility_root_file, config.eligibility_certificate_file, config.eligibility_key_file});
  const check::Seams seams{store->trail(), keyed_hash, national, owner};
  check::CheckPool checks(config.check_workers, config.check_queue);
  desk::DeskService desk_service({
      store->directory(),
      store->trail(),
      checks,
      metrics,
      [&seams](const check::Press& press, check::CardChannel& channel, Deadline deadline) {
        return check::RunCheck(press, channel, seams, deadline);
      },
      config.check_deadline,
      MADOGUCHI_VERSION,
      card::OpeningScript(),
  });
  identity::EnrolmentService enrolment_service(*ca, store->token_book(), store->trail());

  const identity::IdentityFiles files(config.identity_directory);
  TRY_ASSIGN(const auto pages, web::HttpsListener::Start({config.telemetry_listen.host, config.telemetry_listen.port,
                                                          files.server, files.server_key},
                                                         telemetry::Pages(metrics, ready)));
  TRY_ASSIGN(Listener enrolment, StartEnrolment(config, enrolment_service));
  TRY_ASSIGN(Listener desks, StartDesks(config, desk_service));
  Result<void> started = store->trail().RecordEvent({audit::action::kAppStarted, "", {}, 0, "owner=" + owner},
                                                    Deadline::In(kTrailEventMax));
  if (started.ok()) started = WriteReadyFile(config, desks, enrolment, pages->port());
  if (started.ok()) {
    ready = true;
    log::Info(kComponent, "serving",
              {{"desk_port", desks.port},
               {"enrolment_port", enrolment.port},
               {"telemetry_port", static_cast<int>(pages->port())}});
    WaitForSignal(signals);
  }

  // Stop: no new presses, the open ones to their end, goodbye, then the listeners; the pool and the store end with this
  // function.
  ready = false;
  if (!config.app_ready_file.empty()) std::remove(config.app_ready_file.c_str());
  desk_service.RefusePresses();
  desks.server->GetHealthCheckService()->SetServingStatus(false);
  enrolment.Shutdown(kGoodbyesMax);
  if (!desk_service.WaitForPresses(Deadline::In(config.check_deadline)))
    log::Warning(kComponent, "presses_cut_off", {});
  desk_service.SayGoodbye();
  desks.Shutdown(kGoodbyesMax);
  checks.Stop();
  const Result<void> recorded = store->trail().RecordEvent({audit::action::kAppStopped, "", {}, 0, "owner=" + owner},
                                                           Deadline::In(kTrailEventMax));
  if (!recorded) log::Report(kComponent, "event_not_recorded", recorded.error());
  log::Info(kComponent, "stopped", {});
  return started;
}

Result<void> Migrate(const Config& config) {
  TRY_ASSIGN(const std::vector<std::string> applied,
             store::Migrate(config.database_owner_url, config.app_migrations_directory));
  for (const std::string& name : applied) log::Info(kComponent, "migrated", {{"file", name}});
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
  TRY_VOID(ReadAuditKey(config.audit_key_file));
  std::cout << "ok\n" << std::flush;
  return {};
}

int ExitStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAccountNotUsable:
    case ErrorCode::kIdentityExists:
      return 1;
    case ErrorCode::kConfigKeyUnknown:
    case ErrorCode::kConfigValueInvalid:
    case ErrorCode::kConfigValueMissing:
      return 2;
    default:
      return 3;
  }
}

}  // namespace

Result<void> Run(const Config& config) {
  log::SetLevel(config.log_level);
  switch (config.command) {
    case config::Command::kServe:
      return Serve(config);
    case config::Command::kMigrate:
      return Migrate(config);
    case config::Command::kInitIdentity:
      return InitIdentity(config);
    case config::Command::kAddDesk:
      return AddDesk(config);
    case config::Command::kCheckConfig:
      return CheckConfig(config);
  }
  return Error{ErrorCode::kInternalError, "command", {}};
}

int Explain(const Error& error) {
  const CatalogueEntry& entry = Describe(error.code);
  std::cerr << "madoguchi-server: " << static_cast<int>(error.code) << ' ' << entry.name << ": " << error.detail
            << "\n  " << entry.what_ja << "\n  → " << entry.admin_action_ja << "\n  " << entry.what_en << "\n  → "
            << entry.admin_action_en << '\n';
  return ExitStatus(error.code);
}

}  // namespace madoguchi::app
