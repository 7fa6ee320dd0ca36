// SPDX-License-Identifier: Apache-2.0
// HandoffSide: the hand-off put together: what checks keep (outbox), what desks and the console may do with it
// (results), and the threads that deliver it: one per channel, one that cleans the folder, one that watches the receipt
// computer's requests, two that look after time. All off by default; the last two then find nothing to do. Thread:
// made, started and stopped on the main thread; Wake from any. Ownership: everything given outlives it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/result.h"
#include "contract/web/https_listener.h"
#include "server/account/rounds.h"
#include "server/check/check.h"
#include "server/config.h"
#include "server/handoff/folder_watch.h"
#include "server/handoff/kept_results.h"
#include "server/handoff/outbox.h"
#include "server/handoff/pull_pages.h"
#include "server/handoff/requests.h"
#include "server/handoff/row_keys.h"
#include "server/handoff/webhook.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::app {

inline constexpr std::chrono::seconds kHandoffRoundWithin{60};
inline constexpr std::chrono::seconds kKeptLookEvery{1};        // for what expires, while there are keys
inline constexpr std::chrono::seconds kHandoffUpkeepEvery{60};  // sweeping, forgetting, counting; cleaning

class HandoffSide {
 public:
  struct Given {
    const config::Config& config;
    store::Store& store;
    telemetry::Metrics& metrics;
  };
  explicit HandoffSide(const Given& given);
  HandoffSide(const HandoffSide&) = delete;
  HandoffSide& operator=(const HandoffSide&) = delete;
  ~HandoffSide() { Stop(); }

  // How an inquiry of the requests folder is made: RunCheck with the server's seams.
  using Check =
      std::function<check::Outcome(const check::Press& press, check::CardChannel& channel, Deadline deadline)>;
  // From here on the threads work. CONFIG_… of files · LISTENER_FAILED. A folder that cannot be used now is said in the
  // log and tried on.
  Result<void> Start(Check check);
  // No further round begins; the ones that run are waited for.
  void Stop();
  // Something was kept: it leaves at once.
  void Wake();
  int pull_port() const { return pull_ ? pull_->port() : 0; }  // 0: off

  const handoff::RowKeys keys;
  const handoff::Outbox outbox;
  const handoff::KeptResults results;

 private:
  void AddCourier(const char* channel, handoff::Deliver deliver);
  Result<void> StartWebhook();
  Result<void> StartPull();
  void StartRequests(Check check);
  void AddRound(std::chrono::milliseconds pause, const char* failed, std::function<Result<bool>(Deadline)> round);
  Result<bool> Upkeep(Deadline deadline);
  Result<handoff::Delivery> PutFile(const handoff::DueRow& row, const handoff::Handing& handing) const;
  Result<eligibility::Answer> Ask(const Check& check, const Bytes& press_id, const eligibility::InquiryMessage& inquiry,
                                  Deadline deadline) const;
  handoff::Counted Counter() const;

  const Given given_;
  const handoff::Settings& settings_;
  const handoff::Folder oqs_folder_;
  std::unique_ptr<handoff::Webhook> webhook_;
  std::unique_ptr<handoff::PullPages> pull_pages_;
  std::unique_ptr<handoff::Requests> requests_;
  std::vector<std::unique_ptr<handoff::Courier>> couriers_;
  std::vector<account::Rounds*> delivering_;  // of rounds_; does not change while threads run
  // Last: they use all of the above.
  std::vector<std::unique_ptr<account::Rounds>> rounds_;
  std::unique_ptr<web::HttpsListener> pull_;
  std::unique_ptr<handoff::FolderWatch> watch_;
};

}  // namespace madoguchi::app
