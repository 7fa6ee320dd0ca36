// SPDX-License-Identifier: Apache-2.0
#include "server/account/releases.h"

#include <utility>

#include "contract/crypto/digest.h"
#include "contract/log.h"

namespace madoguchi::account {
namespace {

constexpr const char* kComponent = "account";

}  // namespace

std::string KeyOfRelease(const audit::KeyedHash& hash, const DueRelease& release) {
  const std::string text =
      "release|" + release.institution_code + "|" + release.account_id + "|" + std::to_string(release.step);
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(hash.Of(AsBytes(text))));
  Bytes uuid(digest.begin(), digest.begin() + 16);
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0FU) | 0x80U);  // RFC 9562 §5.8: version 8, of our own making
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3FU) | 0x80U);
  return UuidText(uuid);
}

Result<void> Releases::Tell(const DueRelease& release, Deadline deadline) {
  const NationalBinding binding{release.institution_code, release.account_id, release.desk_id,
                                KeyOfRelease(parts_.hash, release)};
  auto answer = parts_.national.Release(binding, deadline.Capped(kReleaseWithin));
  if (!answer) {
    log::Report(kComponent, "release_not_told", answer.error());
    // It knows of no such binding any more: nothing is left to release there.
    if (answer.error().code == ErrorCode::kNationalAccountRefused) {
      return parts_.book.Confirmed(release, nullptr, deadline);
    }
    return answer.error();
  }
  std::optional<IssuedAccount>& issued = *answer;
  if (!issued) return parts_.book.Confirmed(release, nullptr, deadline);
  const SheetSecrets secrets(std::move(issued->password), std::move(issued->activation_code));
  TRY_ASSIGN(const IssuedForms forms,
             FormsOf(secrets, release.institution_code, release.account_id, parts_.seal, parts_.hash, deadline));
  return parts_.book.Confirmed(release, &forms, deadline);
}

bool Releases::TellNow(const std::vector<std::string>& account_ids, Deadline deadline) {
  if (!parts_.national.told() || account_ids.empty()) return false;
  const Result<std::vector<DueRelease>> due = parts_.book.Due(account_ids, deadline);
  if (!due.ok()) {
    log::Report(kComponent, "release_told_later", due.error());
    return false;
  }
  bool all = true;
  for (const DueRelease& release : *due) {
    all = Tell(release, deadline).ok() && all;
  }
  return all;
}

Result<void> Releases::Tick(Deadline deadline) {
  Result<void> first;
  const auto note = [&first](const auto& result) {
    if (!result.ok() && first.ok()) first = result.error();
  };
  note(parts_.book.LookAtLocks(deadline));
  note(parts_.book.EndIdleOperators(deadline));
  const Result<std::vector<DueRelease>> due = parts_.book.Due({}, deadline);
  note(due);
  if (due.ok()) {
    for (const DueRelease& release : *due) note(Tell(release, deadline));
  }
  return first;
}

}  // namespace madoguchi::account
