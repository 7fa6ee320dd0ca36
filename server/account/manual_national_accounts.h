// SPDX-License-Identifier: Apache-2.0
// ManualNationalAccounts: the facility does all of this in the real portal itself. Nobody is told, every telling call
// succeeds at once, and nothing is ever decided here: answers are recorded (ApplicationBook::Record). Thread: any.
#pragma once
#include "server/account/national_accounts.h"

namespace madoguchi::account {

class ManualNationalAccounts final : public NationalAccounts {
 public:
  bool told() const override { return false; }
  Result<std::string> Submit(const NationalApplication&, Deadline) override { return std::string("manual"); }
  Result<NationalDecision> Poll(const std::string&, const std::string&, Deadline) override {
    return NationalDecision{};
  }
  Result<void> Withdraw(const std::string&, const std::string&, Deadline) override { return {}; }
  Result<void> Activate(const NationalBinding&, ByteView, ByteView, Deadline) override { return {}; }
  Result<std::optional<IssuedAccount>> Release(const NationalBinding&, Deadline) override {
    return std::optional<IssuedAccount>{};
  }
  Result<std::chrono::milliseconds> LockedFor(const std::string&, const std::string&, Deadline) override {
    return std::chrono::milliseconds(0);
  }
};

}  // namespace madoguchi::account
