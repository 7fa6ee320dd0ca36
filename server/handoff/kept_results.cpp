// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/kept_results.h"

#include <set>

namespace madoguchi::handoff {

Result<void> KeptResults::ConfirmPerson(const std::string& desk_id, const Bytes& press_id, bool same_person,
                                        Deadline deadline) const {
  TRY_ASSIGN(const std::vector<std::string> destroyed, book_.Confirm(desk_id, press_id, same_person, deadline));
  for (const std::string& row_id : destroyed) keys_.Destroy(row_id);
  return {};
}

Result<ShownAgain> KeptResults::ShowAgain(const std::string& desk_id, Deadline deadline) const {
  TRY_ASSIGN(const std::optional<ShownRow> row, book_.NewestShown(desk_id, deadline));
  if (!row) return Error{ErrorCode::kResultGone, "nothing is kept for this desk", {}};
  const Result<SecretBytes> plain = keys_.Open(row->row_id, row->sealed);
  if (!plain) return Error{ErrorCode::kResultGone, plain.error().detail, {}};
  TRY_ASSIGN(Handing handing, Unpack(plain->view()));
  TRY_VOID(book_.RecordShown(*row, deadline));
  return ShownAgain{std::move(handing), row->left};
}

Result<void> KeptResults::Discard(std::int64_t number, const std::vector<std::string>& institution_codes,
                                  const std::string& actor, Deadline deadline) const {
  TRY_ASSIGN(const std::string row_id, book_.Discard(number, institution_codes, actor, deadline));
  keys_.Destroy(row_id);
  return {};
}

Result<bool> KeptResults::Expire(Deadline deadline) const {
  TRY_ASSIGN(const std::vector<std::string> expired, book_.Expire(keys_.All(), deadline));
  for (const std::string& row_id : expired) keys_.Destroy(row_id);
  return expired.size() < kExpiredPerRound;
}

Result<bool> KeptResults::SweepKeys(Deadline deadline) const {
  const std::vector<std::string> old = keys_.OlderThan(kKeyWithoutRowMax);
  if (old.empty()) return true;
  TRY_ASSIGN(std::vector<std::string> found, book_.Living(old, deadline));
  const std::set<std::string> living(found.begin(), found.end());
  for (const std::string& row_id : old) {
    if (!living.contains(row_id)) keys_.Destroy(row_id);
  }
  return true;
}

}  // namespace madoguchi::handoff
