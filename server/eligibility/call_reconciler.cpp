// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/call_reconciler.h"

#include "contract/log.h"

namespace madoguchi::eligibility {
namespace {

constexpr const char* kComponent = "eligibility";

}  // namespace

Result<bool> CallReconciler::Tick(Deadline deadline) {
  TRY_ASSIGN(const std::size_t ended, book_.EndAbandoned(deadline));
  if (ended != 0) log::Warning(kComponent, "calls_ended_as_unknown", {{"count", ended}});
  TRY_ASSIGN(const std::vector<UnknownCall> due, book_.TakeUnknown(deadline));
  for (const UnknownCall& call : due) {
    if (ending_ || deadline.passed()) return true;  // the others have their next time already
    const Result<Became> became = ask_(call, deadline.Capped(kReconcileAskWithin));
    if (!became) {
      log::Report(kComponent, "outcome_not_told", became.error(), {{"kind", call.kind}, {"key", call.key}});
      if (became.error().code == ErrorCode::kNationalPaused) return true;
      continue;
    }
    TRY_VOID(book_.Reconcile(call, *became, deadline));
    log::Info(
        kComponent, "outcome_told",
        {{"kind", call.kind}, {"key", call.key}, {"state", *became == Became::kAnswered ? "answered" : "not_seen"}});
  }
  return due.size() < kReconciledPerRoundMax;
}

}  // namespace madoguchi::eligibility
