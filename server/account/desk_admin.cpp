// SPDX-License-Identifier: Apache-2.0
#include "server/account/desk_admin.h"

#include <set>
#include <utility>

#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "server/account/limits.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

constexpr Field kName{"names", "端末名", "desk name"};
constexpr Field kNewName{"new_name", "端末名", "desk name"};
constexpr Field kReason{"reason", "理由", "reason"};
constexpr Field kInstitution{"institution_code", "医療機関コード", "institution code"};

Error Invalid(const char* field) {
  return {ErrorCode::kFieldInvalid, field, {}};
}

void Check(const DeskAdmin::Wish& wish, Problems& problems) {
  CheckDigits(problems, kInstitution, wish.institution_code, 10);
  if (wish.names.empty() || wish.names.size() > kDesksPreparedMax)
    problems.push_back({"names", "端末名は 1〜20 件にしてください。", "Give 1 to 20 desk names.", false});
  std::set<std::string> different(wish.names.begin(), wish.names.end());
  if (different.size() != wish.names.size())
    problems.push_back({"names", "同じ端末名が二度あります。", "A desk name is given twice.", false});
  for (const std::string& name : different) CheckText(problems, kName, name, kNameMax);
  const std::set<std::string> accounts(wish.account_ids.begin(), wish.account_ids.end());
  if (!wish.account_ids.empty() &&
      (wish.account_ids.size() != wish.names.size() || accounts.size() != wish.account_ids.size()))
    problems.push_back({"account_ids", "アカウントは端末名と同じ数だけ、重ならないように指定してください。",
                        "Give as many different accounts as desk names, or none.", false});
  if (wish.valid_minutes > kTokenValidMax.count())
    problems.push_back({"valid_minutes", "有効時間は 1440 分までです。", "At most 1440 minutes.", false});
}

// What a person can do about a plan that was refused.
void Explain(const DeskAdmin::Wish& wish, std::size_t wrong, const Error& error, Problems& problems) {
  if (wrong >= wish.names.size()) return;
  const CatalogueEntry& entry = Describe(error.code);
  const std::string place = std::to_string(wrong + 1);
  problems.push_back({wish.account_ids.empty() ? "names" : "account_ids",
                      place + " 件目: " + std::string(entry.what_ja),
                      "Number " + place + ": " + std::string(entry.what_en), false});
}

Bytes DigestOf(const EnrolmentLink& link) {
  const crypto::Sha256Digest digest = crypto::Sha256(FromHex(link.token).value_or(Bytes{}));
  return {digest.begin(), digest.end()};
}

}  // namespace

EnrolmentLink DeskAdmin::NewLink() const {
  return {parts_.enrolment_server, parts_.root_sha256, ToHex(crypto::RandomBytes(kEnrolmentTokenBytes))};
}

Result<std::vector<LinkedDesk>> DeskAdmin::Prepare(const Wish& wish, Problems& problems, Deadline deadline) {
  Check(wish, problems);
  if (Refuses(problems)) return Invalid("prepare");
  PrepareOrder order;
  order.institution_code = wish.institution_code;
  order.valid_minutes =
      wish.valid_minutes == 0 ? static_cast<int>(kTokenValidDefault.count()) : static_cast<int>(wish.valid_minutes);
  order.needs_secrets = parts_.national.told();
  order.by = wish.by;
  std::vector<EnrolmentLink> links;
  for (std::size_t i = 0; i < wish.names.size(); ++i) {
    links.push_back(NewLink());
    order.plans.push_back(
        {wish.names[i], wish.account_ids.empty() ? std::string{} : wish.account_ids[i], DigestOf(links.back())});
  }
  std::size_t wrong = wish.names.size();
  Result<std::vector<PreparedDesk>> prepared = parts_.desks.Prepare(order, wrong, deadline);
  if (!prepared) {
    Explain(wish, wrong, prepared.error(), problems);
    return std::move(prepared).error();
  }
  std::vector<LinkedDesk> linked;
  for (std::size_t i = 0; i < prepared->size(); ++i) linked.push_back({std::move((*prepared)[i]), std::move(links[i])});
  return linked;
}

Result<DeskOverview> DeskAdmin::Revoke(const DeskAct& act, Problems& problems, Deadline deadline) {
  CheckOptionalText(problems, kReason, act.reason, kReasonMax);
  if (Refuses(problems)) return Invalid("reason");
  TRY_ASSIGN(RevokedDesk revoked, parts_.desks.Revoke(act, deadline));
  parts_.releases.TellNow(revoked.released, deadline);
  return std::move(revoked.desk);
}

Result<LinkedDesk> DeskAdmin::Replace(const DeskAct& act, const std::string& new_name, Problems& problems,
                                      Deadline deadline) {
  CheckOptionalText(problems, kReason, act.reason, kReasonMax);
  CheckOptionalText(problems, kNewName, new_name, kNameMax);
  if (Refuses(problems)) return Invalid("replace");
  EnrolmentLink link = NewLink();
  TRY_ASSIGN(ReplacedDesk replaced, parts_.desks.Replace(act, {new_name, {}, DigestOf(link)},
                                                         static_cast<int>(kTokenValidDefault.count()), deadline));
  parts_.releases.TellNow(replaced.released, deadline);
  return LinkedDesk{std::move(replaced.prepared), std::move(link)};
}

}  // namespace madoguchi::account
