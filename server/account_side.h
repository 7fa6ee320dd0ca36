// SPDX-License-Identifier: Apache-2.0
// AccountSide: what desks, enrolment and console share of account/ and identity/, put together once, and the work that
// time brings, each on a thread of its own (Rounds): telling the national side, mail, ends of locks, dates, secrets
// whose time is over, certificates. Thread: made and ended on the main thread. Ownership: everything given outlives it.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "contract/crypto/seal.h"
#include "contract/result.h"
#include "server/account/account_acts.h"
#include "server/account/activation.h"
#include "server/account/application_courier.h"
#include "server/account/applications.h"
#include "server/account/institutions.h"
#include "server/account/log_in.h"
#include "server/account/mail_courier.h"
#include "server/account/national_call.h"
#include "server/account/operators.h"
#include "server/account/releases.h"
#include "server/account/rounds.h"
#include "server/audit/trail.h"
#include "server/config.h"
#include "server/console/break_glass.h"
#include "server/identity/facility_ca.h"
#include "server/identity/renewal.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::app {

inline constexpr std::chrono::seconds kRoundWithin{60};  // one round of one kind of work
inline constexpr std::chrono::minutes kExpiredSecretsEvery{10};
inline constexpr std::chrono::minutes kOverdueReviewsEvery{1};
inline constexpr std::chrono::minutes kForgetEndedEvery{60};
inline constexpr std::chrono::seconds kApplicationsEvery{5};

class AccountSide {
 public:
  struct Given {
    const config::Config& config;
    store::Store& store;
    const audit::KeyedHash& keyed_hash;
    const crypto::Seal& seal;
    const identity::FacilityCa& ca;
    telemetry::Metrics& metrics;
    account::RecordCall record_call = {};  // told of every call to the national side
  };
  explicit AccountSide(const Given& given);
  AccountSide(const AccountSide&) = delete;
  AccountSide& operator=(const AccountSide&) = delete;

  // From here on the threads work, until StopRounds: all are told to end, then waited for, one round at most.
  void StartRounds();
  void StopRounds();

  const std::unique_ptr<account::NationalAccounts> national;
  account::Releases releases;
  account::DeskLogIn log_in;
  account::Operators operators;
  account::AccountActs acts;
  account::Activation activation;
  account::Institutions institutions;
  account::Applications applications;
  console::BreakGlass break_glass;
  const identity::Renewal renewal;

 private:
  void AddRound(std::chrono::milliseconds pause, const char* failed, std::function<Result<bool>(Deadline)> round);
  const Given given_;
  account::ApplicationCourier courier_;
  account::MailCourier mail_;
  std::atomic<account::Rounds*> applications_due_{nullptr};
  std::vector<std::unique_ptr<account::Rounds>> rounds_;  // last: they use all of the above
};

}  // namespace madoguchi::app
