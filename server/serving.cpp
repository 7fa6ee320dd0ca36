// SPDX-License-Identifier: Apache-2.0
#include "server/serving.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>

#include "contract/channel_credentials.h"
#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/crypto/password_hash.h"
#include "contract/crypto/random.h"
#include "contract/crypto/seal.h"
#include "contract/files.h"
#include "contract/log.h"
#include "server/account/activation.h"
#include "server/account/manual_national_accounts.h"
#include "server/account/rounds.h"
#include "server/audit/event.h"
#include "server/call_side.h"
#include "server/card/scripts.h"
#include "server/check/check.h"
#include "server/check/pool.h"
#include "server/commands.h"
#include "server/console_side.h"
#include "server/desk/desk_account_service.h"
#include "server/desk/desk_check_service.h"
#include "server/desk/desk_service.h"
#include "server/identity/activation_keys.h"
#include "server/identity/enrolment_service.h"
#include "server/identity/facility_ca.h"
#include "server/identity/server_certificate.h"
#include "server/partitions.h"
#include "server/record_side.h"
#include "server/sink_side.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"
#include "server/telemetry/pages.h"
#include "server/trail_side.h"

namespace madoguchi::app {
namespace {

using config::Config;

constexpr const char* kComponent = "app";

// A running gRPC listener. Left to itself, gRPC would wait for ever for the streams of desks that are connected already
// when a later step of the start fails.
struct Listener {
  std::unique_ptr<grpc::Server> server;
  int port = 0;
  Listener() = default;
  Listener(Listener&&) = default;
  Listener& operator=(Listener&&) = delete;
  ~Listener() {
    if (server) Shutdown(std::chrono::seconds(0));
  }
  void Shutdown(std::chrono::seconds within) {
    server->Shutdown(std::chrono::system_clock::now() + within);
    server->Wait();
  }
};

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

Result<Listener> StartDesks(const Config& config, desk::DeskService& streams,
                            const std::vector<grpc::Service*>& calls) {
  const identity::IdentityFiles files(config.identity_directory);
  TRY_ASSIGN(auto credentials, wire::ServerCredentials({files.root, files.server, files.server_key}, true));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kMessageBytesMax));
  builder.SetMaxSendMessageSize(static_cast<int>(limits::kMessageBytesMax));
  // For the calls; the streams are callbacks.
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 1);
  builder.SetResourceQuota(grpc::ResourceQuota("desk").SetMaxThreads(kDeskCallThreadsMax));
  builder.RegisterService(&streams);
  for (grpc::Service* const service : calls) builder.RegisterService(service);
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

// host:port as desks reach a listener: as configured, else the server's first name and the port in use.
Result<std::string> PublicAddress(const std::string& configured, const Config& config, int port) {
  if (!configured.empty()) return configured;
  TRY_ASSIGN(const std::string name, identity::FirstServerName(config.identity_directory));
  return name + ":" + std::to_string(port);
}

Result<void> WriteReadyFile(const Config& config, const std::vector<std::pair<const char*, int>>& ports) {
  if (config.app_ready_file.empty()) return {};
  std::string text;
  for (const auto& [name, port] : ports) {
    text += (text.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + std::to_string(port);
  }
  return WriteFileWhole(config.app_ready_file, text + "}\n", false);
}

// Ends threads before the parts they use, which were made after them: also when a later step of the start fails.
struct AtEnd {
  std::function<void()> stop;
  ~AtEnd() { stop(); }
};

std::unique_ptr<card::SightProof> SightScheme(const Config& config) {
  if (config.sight_reference) return std::make_unique<card::ReferenceSight>();
  return std::make_unique<card::NoSight>();
}

void WaitForSignal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  log::Info(kComponent, "stopping", {{"signal", signal}});
}

}  // namespace

Result<void> Serve(const Config& config) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread: only WaitForSignal takes them
  const wire::Library library;                    // begins threads, so after that

  TRY_ASSIGN(const std::unique_ptr<identity::FacilityCa> ca, LoadIdentity(config));
  TRY_ASSIGN(const audit::KeyedHash keyed_hash, ReadAuditKeys(config));
  const audit::KeyedHash lasting_hash = keyed_hash.First();  // of what must be found after the key was changed
  const std::string owner = UuidText(crypto::NewUuid());
  TRY_ASSIGN(const crypto::Seal seal, crypto::Seal::FromKeyFile(config.account_seal_key_file));
  TRY_VOID(identity::FinishServerRenewal(config.identity_directory));
  TRY_ASSIGN(const std::unique_ptr<store::Store> store,
             store::Store::Open({.server_url = config.database_server_url,
                                 .owner = owner,
                                 .console_sessions = {std::chrono::minutes(config.console_idle_minutes),
                                                      std::chrono::hours(config.console_session_hours)}}));

  telemetry::Metrics metrics;
  TRY_ASSIGN(const std::unique_ptr<TrailSide> trail_side, TrailSide::Make({config, *store, metrics, owner}));
  TRY_VOID(MakePartitions(*store, metrics, kPartitionsAtStart));
  SinkSide sink(config.audit_sink, *store, metrics);
  std::atomic<bool> ready{false};
  CallSide calls({config, *store, metrics});
  const std::unique_ptr<card::SightProof> sight = SightScheme(config);
  CardScript opening = card::OpeningScript();
  sight->AddToOpening(opening);
  const std::chrono::seconds show_again(config.desk_show_again_seconds);
  HandoffSide handoffs({config, *store, metrics});
  const handoff::Names names(store->names(), seal, lasting_hash);
  const check::Seams seams{store->trail(),  keyed_hash, calls.national(),        *sight,
                           handoffs.outbox, names,      {config.number_inquiry}, owner};
  const auto run_check = [&seams, &handoffs](const check::Press& press, check::CardChannel& channel,
                                             Deadline deadline) {
    check::Outcome outcome = check::RunCheck(press, channel, seams, deadline);
    if (outcome.result && !outcome.result->handoff.empty()) handoffs.Wake();
    return outcome;
  };
  const AtEnd handoffs_end{[&handoffs] { handoffs.Stop(); }};
  check::CheckPool checks(config.check_workers, config.check_queue);
  AccountSide accounts({config, *store, lasting_hash, seal, *ca, metrics, calls.RecordOfAccounts()});
  desk::DeskService desk_service({
      store->directory(),
      store->trail(),
      checks,
      metrics,
      run_check,
      config.check_deadline,
      MADOGUCHI_VERSION,
      opening,
      [&store] { return store->is_alive(); },
      {config.desk_operators, sight->available(), config.number_inquiry, show_again,
       [&calls](const eligibility::Caller& caller) { calls.Prepare(caller); },
       [&store](const Bytes& report_id, const audit::Event& event, Deadline deadline) {
         return store->RecordScreenReport(report_id, event, deadline);
       }},
  });
  const AtEnd checks_end{[&checks] { checks.Stop(); }};
  desk::DeskAccountService desk_accounts(
      {store->log_ins(), accounts.log_in, accounts.operators,
       [&accounts](const std::string& desk_id, ByteView certificate_sha256, ByteView request_der, Deadline deadline) {
         return accounts.renewal.Renew(desk_id, certificate_sha256, request_der, deadline);
       },
       config.desk_operators});
  desk::DeskCheckService desk_checks(
      {store->log_ins(), handoffs.results, names, config.desk_operators, show_again, [&handoffs] { handoffs.Wake(); }});
  // What an unknown ID is compared with is made at the first call: not in the time of somebody's log-in.
  TRY_VOID(crypto::VerifyNobody({}, crypto::Slot::kLogIn, Deadline::In(kTrailEventMax)));
  const auto listening = store->Listen([&desk_service](const std::string& desk_id) { desk_service.Recheck(desk_id); });

  // Before anybody can ask for anything: no check of this server stands in the trail before its start.
  TRY_VOID(store->trail().RecordEvent({audit::action::kAppStarted, "", {}, 0, "owner=" + owner},
                                      Deadline::In(kTrailEventMax)));
  RecordSide record({config, *store, keyed_hash});
  TRY_VOID(record.Start());
  TRY_VOID(handoffs.Start(run_check));

  const identity::IdentityFiles files(config.identity_directory);
  TRY_ASSIGN(const auto pages,
             web::HttpsListener::Start(
                 {config.telemetry_listen.host, config.telemetry_listen.port, files.server, files.server_key},
                 telemetry::Pages(metrics, ready,
                                  {.forked = [&trail_side] { return trail_side->state().forked; },
                                   .sink_behind = [&sink] { return sink.behind(); }})));
  TRY_ASSIGN(Listener desks, StartDesks(config, desk_service, {&desk_accounts, &desk_checks}));
  TRY_ASSIGN(const std::string desk_address, PublicAddress(config.desk_public_address, config, desks.port));
  identity::EnrolmentService enrolment_service(accounts.activation, accounts.renewal, store->trail(), desk_address);
  TRY_ASSIGN(Listener enrolment, StartEnrolment(config, enrolment_service));
  TRY_ASSIGN(const std::string enrolment_address,
             PublicAddress(config.enrolment_public_address, config, enrolment.port));
  TRY_ASSIGN(const Bytes root, crypto::DerFromPem(ca->root_pem()));
  const crypto::Sha256Digest root_sha256 = crypto::Sha256(root);
  TRY_ASSIGN(
      const auto console,
      ConsoleSide::Start({config, *store, accounts, handoffs, keyed_hash, seal, enrolment_address,
                          Bytes(root_sha256.begin(), root_sha256.end()),
                          [&desk_service](const std::string& desk_id) { return desk_service.IsConnected(desk_id); },
                          *trail_side}));
  accounts.StartRounds();
  calls.StartRounds();
  account::Rounds abandoned(kAbandonedPressesEvery, [&store] {
    const Result<bool> done = store->EndAbandonedPresses(Deadline::In(kAbandonedPressesWithin));
    if (!done.ok()) log::Report(kComponent, "abandoned_presses_not_ended", done.error());
    return !done.ok() || *done;
  });
  account::Rounds partitions(kPartitionsEvery, [&store, &metrics] {
    const Result<void> there = MakePartitions(*store, metrics, kPartitionsWhileServing);
    if (!there.ok()) log::Report(kComponent, "partitions_not_looked_at", there.error());
    return true;
  });
  trail_side->Start();
  sink.Start();
  const std::vector<std::pair<const char*, int>> ports = {{"desk_port", desks.port},
                                                          {"enrolment_port", enrolment.port},
                                                          {"console_port", console->port()},
                                                          {"telemetry_port", static_cast<int>(pages->port())},
                                                          {"pull_port", handoffs.pull_port()}};
  Result<void> started = WriteReadyFile(config, ports);
  if (started.ok()) {
    ready = true;
    log::Info(kComponent, "serving",
              {{"desk_port", desks.port},
               {"enrolment_port", enrolment.port},
               {"console_port", console->port()},
               {"telemetry_port", static_cast<int>(pages->port())}});
    WaitForSignal(signals);
  }

  // Stop: no new presses, the open ones to their end, goodbye, then the listeners, the pool and the rounds; the store
  // ends with this function. A second signal changes nothing: every wait here has its limit.
  ready = false;
  if (!config.app_ready_file.empty()) std::remove(config.app_ready_file.c_str());
  desk_service.RefusePresses();
  desks.server->GetHealthCheckService()->SetServingStatus(false);
  enrolment.Shutdown(kGoodbyesMax);
  console->Stop();
  if (!desk_service.WaitForPresses(Deadline::In(config.check_deadline)))
    log::Warning(kComponent, "presses_cut_off", {});
  store->StopListening();
  desk_service.SayGoodbye();
  desks.Shutdown(kGoodbyesMax);
  checks.Stop();
  handoffs.Stop();
  abandoned.End();
  partitions.End();
  sink.Stop();
  record.Stop();
  accounts.StopRounds();
  calls.StopRounds();
  const Result<void> recorded = store->trail().RecordEvent({audit::action::kAppStopped, "", {}, 0, "owner=" + owner},
                                                           Deadline::In(kTrailEventMax));
  if (!recorded) log::Report(kComponent, "event_not_recorded", recorded.error());
  trail_side->Stop();
  log::Info(kComponent, "stopped", {});
  return started;
}

}  // namespace madoguchi::app
