// SPDX-License-Identifier: Apache-2.0
// NationalBook: a national side for tests, in memory: issued accounts, bindings, idempotency keys. It can lose its
// answers, before or after the act, or not be there. Thread: any.
#pragma once
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "server/account/national_accounts.h"

namespace madoguchi::account {

class NationalBook final : public NationalAccounts {
 public:
  enum class Fault { kNone, kUnreachable, kAnswerLost };  // kAnswerLost: done, but the answer does not arrive

  bool told() const override { return is_told; }
  Result<std::string> Submit(const NationalApplication&, Deadline) override { return std::string{}; }
  Result<NationalDecision> Poll(const std::string&, const std::string&, Deadline) override {
    return NationalDecision{};
  }
  Result<void> Withdraw(const std::string&, const std::string&, Deadline) override { return {}; }
  Result<void> Activate(const NationalBinding& binding, ByteView password, ByteView activation_code,
                        Deadline) override {
    const std::lock_guard lock(mutex_);
    calls.push_back("activate " + binding.account_id);
    const Fault fault = Next();
    if (fault == Fault::kUnreachable) return Error{ErrorCode::kNationalUnreachable, "test", {}};
    Result<void> answer = Bind(binding, password, activation_code);
    if (fault == Fault::kAnswerLost) return Error{ErrorCode::kNationalOutcomeUnknown, "test", {}};
    return answer;
  }
  Result<std::optional<IssuedAccount>> Release(const NationalBinding& binding, Deadline) override {
    const std::lock_guard lock(mutex_);
    calls.push_back("release " + binding.account_id);
    const Fault fault = Next();
    if (fault == Fault::kUnreachable) return Error{ErrorCode::kNationalUnreachable, "test", {}};
    if (released_.count(binding.key) == 0) {
      if (bound[binding.account_id] != binding.desk_id)
        return Error{ErrorCode::kNationalAccountRefused, "not bound", {}};
      bound[binding.account_id].clear();
      ++issues_;
      released_[binding.key] = {binding.account_id, "again" + std::to_string(100 + issues_),
                                std::to_string(900000000000 + issues_)};
      secrets[binding.account_id] = released_[binding.key];
    }
    if (fault == Fault::kAnswerLost) return Error{ErrorCode::kNationalOutcomeUnknown, "test", {}};
    return std::optional<IssuedAccount>(released_[binding.key]);
  }
  Result<std::chrono::milliseconds> LockedFor(const std::string&, const std::string&, Deadline) override {
    const std::lock_guard lock(mutex_);
    if (Next() != Fault::kNone) return Error{ErrorCode::kNationalUnreachable, "test", {}};
    return locked_for;
  }

  bool is_told = true;
  std::map<std::string, IssuedAccount> secrets;  // as issued last
  std::map<std::string, std::string> bound;      // account → desk
  std::set<std::string> refused;                 // accounts it says no to
  std::deque<Fault> faults;                      // of the next calls
  std::vector<std::string> calls;
  std::chrono::milliseconds locked_for{0};

 private:
  Fault Next() {
    if (faults.empty()) return Fault::kNone;
    const Fault fault = faults.front();
    faults.pop_front();
    return fault;
  }
  Result<void> Bind(const NationalBinding& binding, ByteView password, ByteView code) {
    if (activated_.count(binding.key) > 0) return {};  // the identical question
    const IssuedAccount& issued = secrets[binding.account_id];
    const bool right = AsText(password) == issued.password && AsText(code) == issued.activation_code;
    if (!right || refused.count(binding.account_id) > 0 || !bound[binding.account_id].empty())
      return Error{ErrorCode::kNationalAccountRefused, "test", {}};
    bound[binding.account_id] = binding.desk_id;
    activated_.insert(binding.key);
    return {};
  }
  std::mutex mutex_;
  std::set<std::string> activated_;
  std::map<std::string, IssuedAccount> released_;
  int issues_ = 0;
};

}  // namespace madoguchi::account
