// SPDX-License-Identifier: Apache-2.0
// KeptResults: rows and their keys together, for whoever ends a kept result outside of a delivery: the desk that
// confirms a person or sees a result again, the console that discards one, time. A key is destroyed once the end of its
// row is committed. Thread: any. Ownership: book and keys outlive it.
#pragma once
#include "server/handoff/handing.h"
#include "server/handoff/kept_book.h"
#include "server/handoff/row_keys.h"

namespace madoguchi::handoff {

// A key is written before its row is committed; a check takes less than this.
inline constexpr std::chrono::seconds kKeyWithoutRowMax{60};

struct ShownAgain {
  Handing handing;
  std::chrono::seconds left{0};  // then it is destroyed
};

class KeptResults {
 public:
  KeptResults(KeptBook& book, const RowKeys& keys) : book_(book), keys_(keys) {}

  // What was held because the birth date differed: released to the couriers, or destroyed. PERSON_NOT_CONFIRMED:
  // nothing of this press is held · DATABASE_….
  Result<void> ConfirmPerson(const std::string& desk_id, const Bytes& press_id, bool same_person,
                             Deadline deadline) const;
  // In the trail before it is returned. RESULT_GONE: there is none, it expired, or it was checked through another
  // server.
  Result<ShownAgain> ShowAgain(const std::string& desk_id, Deadline deadline) const;
  // As KeptBook::Discard.
  Result<void> Discard(std::int64_t number, const std::vector<std::string>& institution_codes, const std::string& actor,
                       Deadline deadline) const;

  // Rounds. → true: nothing more to do now.
  Result<bool> Expire(Deadline deadline) const;
  Result<bool> SweepKeys(Deadline deadline) const;  // destroys keys without a living row
  Result<bool> ForgetEnded(Deadline deadline) const { return book_.ForgetEnded(deadline); }

 private:
  KeptBook& book_;
  const RowKeys& keys_;
};

}  // namespace madoguchi::handoff
