// SPDX-License-Identifier: Apache-2.0
#include "server/account_side.h"

#include "contract/log.h"
#include "server/account/https_national_accounts.h"
#include "server/account/manual_national_accounts.h"
#include "server/identity/activation_keys.h"
#include "server/identity/server_certificate.h"
#include "server/identity/upkeep.h"
#include "server/outbound/smtp_client.h"

namespace madoguchi::app {
namespace {

constexpr const char* kComponent = "app";

using config::Config;

std::unique_ptr<account::NationalAccounts> MakeNational(const Config& config, const account::RecordCall& record) {
  if (config.account_manual) return std::make_unique<account::ManualNationalAccounts>();
  return std::make_unique<account::HttpsNationalAccounts>(
      config.eligibility_url,
      outbound::HttpsFiles{config.eligibility_root_file, config.eligibility_certificate_file,
                           config.eligibility_key_file},
      record);
}

account::LockPolicy PolicyOf(const Config& config) {
  return config.account_strict_lock ? account::LockPolicy::kPerAccount : account::LockPolicy::kPerSource;
}

account::MailCourier::Send MakeSend(const Config& config) {
  if (config.mail_url.empty()) return {};
  const outbound::SmtpClient client(
      {config.mail_url, config.mail_user, config.mail_password_file, config.mail_root_file});
  return [client](const std::string& from, const std::string& recipient, const std::string& message,
                  Deadline deadline) { return client.Send(from, recipient, message, deadline); };
}

// A round that has looked at everything there is.
template <class T>
Result<bool> Done(const Result<T>& result) {
  if (!result.ok()) return result.error();
  return true;
}

}  // namespace

AccountSide::AccountSide(const Given& given)
    : national(MakeNational(given.config, given.record_call)),
      releases({given.store.releases(), *national, given.seal, given.keyed_hash}),
      log_in({given.store.log_ins(),
              releases,
              given.keyed_hash,
              PolicyOf(given.config),
              {given.config.account_password_length_min}}),
      operators({given.store.staff(), given.keyed_hash, PolicyOf(given.config),
                 std::chrono::minutes(given.config.desk_operator_idle_minutes)}),
      acts({given.store.accounts(), releases, *national}),
      activation({given.store.activations(), *national, given.seal, given.keyed_hash,
                  identity::KeysOfActivation(given.ca), PolicyOf(given.config)}),
      institutions({given.store.institutions(), *national, given.store.trail(), given.seal, given.keyed_hash}),
      applications({given.store.applications(), *national, given.store.trail(), given.seal,
                    [this] {
                      if (account::Rounds* due = applications_due_.load()) due->Wake();
                    }}),
      break_glass({given.store.break_glass(), given.keyed_hash, given.seal,
                   [&metrics = given.metrics] { metrics.BreakGlassUsed(); }}),
      renewal(given.ca, given.store.certificates()),
      given_(given),
      courier_({given.store.applications(), *national, given.seal, given.keyed_hash}),
      mail_(given.store.mails(), given.seal, given.config.mail_from, MakeSend(given.config)) {}

void AccountSide::AddRound(std::chrono::milliseconds pause, const char* failed,
                           std::function<Result<bool>(Deadline)> round) {
  rounds_.push_back(std::make_unique<account::Rounds>(pause, [failed, round = std::move(round)] {
    const Result<bool> done = round(Deadline::In(kRoundWithin));
    if (!done.ok()) log::Report(kComponent, failed, done.error());
    return !done.ok() || *done;  // after a failure the pause comes first
  }));
}

void AccountSide::StartRounds() {
  AddRound(account::kHealEvery, "activations_not_looked_at", [this](Deadline) { return Done(activation.Heal()); });
  AddRound(account::kTickEvery, "releases_not_looked_at",
           [this](Deadline deadline) { return Done(releases.Tick(deadline)); });
  AddRound(account::kDatesRoundEvery, "dates_not_looked_at",
           [this](Deadline deadline) { return Done(institutions.Tick(deadline)); });
  AddRound(account::kMailRoundEvery, "mail_not_looked_at", [this](Deadline deadline) { return mail_.Tick(deadline); });
  AddRound(kExpiredSecretsEvery, "sealed_sheets_not_looked_at",
           [this](Deadline deadline) { return Done(given_.store.sheets().DestroyExpired(deadline)); });
  AddRound(kOverdueReviewsEvery, "reviews_not_looked_at",
           [this](Deadline deadline) { return Done(break_glass.RaiseOverdue(deadline)); });
  AddRound(kForgetEndedEvery, "ended_sessions_not_forgotten", [this](Deadline deadline) -> Result<bool> {
    TRY_ASSIGN(const bool sessions, given_.store.sessions().ForgetEnded(deadline));
    TRY_ASSIGN(const bool approvals, given_.store.approvals().ForgetEnded(deadline));
    return sessions && approvals;
  });
  AddRound(identity::kRenewalLookEvery, "certificates_not_looked_at", [this](Deadline) -> Result<bool> {
    identity::LookAfterCertificates(
        {given_.ca, given_.config.identity_directory, given_.config.eligibility_certificate_file,
         given_.store.certificates(), given_.store.trail(),
         [&metrics = given_.metrics](const std::string& which, std::chrono::system_clock::time_point end) {
           metrics.CertificateEnds(which, end);
         }});
    return true;
  });
  if (!national->told()) return;
  AddRound(kApplicationsEvery, "applications_not_looked_at",
           [this](Deadline deadline) { return courier_.Tick(deadline); });
  applications_due_ = rounds_.back().get();
}

void AccountSide::StopRounds() {
  applications_due_ = nullptr;
  for (const auto& one : rounds_) one->End();
  rounds_.clear();
}

}  // namespace madoguchi::app
