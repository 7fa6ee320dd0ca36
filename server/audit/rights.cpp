// SPDX-License-Identifier: Apache-2.0
#include "server/audit/rights.h"

#include "server/audit/event.h"

namespace madoguchi::audit {

std::string DetailValue(const std::string& detail, const std::string& name) {
  const std::string key = name + "=";
  for (std::size_t at = detail.find(key); at != std::string::npos; at = detail.find(key, at + 1)) {
    if (at > 0 && detail[at - 1] != ' ') continue;
    const std::size_t begin = at + key.size();
    return detail.substr(begin, detail.find(' ', begin) - begin);
  }
  return {};
}

std::vector<std::string> Rights::Words() {
  return {action::kConsoleUserCreated, action::kConsoleUserRoleSet, action::kConsoleUserDisabled,
          action::kConsoleUserEnabled, action::kAccountStaffAdded,  action::kAccountStaffRemoved,
          action::kIdentityEnrolled,   action::kDeskRevoked,        action::kDeskReplaced,
          action::kAccountActivated,   action::kAccountSuspended,   action::kAccountResumed,
          action::kAccountReleased,    action::kAccountEnded,       action::kAccountDeregistered};
}

Rights::Entry& Rights::At(const std::string& kind, const std::string& who) {
  return entries_[{kind, who}];
}

void Rights::Give(const ReviewRow& row, const std::string& kind, const std::string& who, const std::string& right) {
  if (who.empty()) return;
  Entry& entry = At(kind, who);
  entry.right = {.kind = kind,
                 .who = who,
                 .name = kind == "desk" ? row[Field::kDeskName] : std::string(),
                 .right = right,
                 .institution_codes = row[Field::kInstitutionCode],
                 .at_desk = kind == "account" ? row[Field::kDeskId] : std::string(),
                 .since = row[Field::kRecordedAt],
                 .given_by = row[Field::kActor],
                 .sequence = std::stoll(row[Field::kSequence])};
  entry.stands = true;
}

void Rights::Take(const std::string& kind, const std::string& who) {
  if (!who.empty()) At(kind, who).stands = false;
}

// What it was before. A right that no row gave is one from before the trail.
void Rights::GiveBack(const ReviewRow& row, const std::string& kind, const std::string& who) {
  if (who.empty()) return;
  Entry& entry = At(kind, who);
  const bool is_known = !entry.right.who.empty();
  const std::string right = entry.right.right, codes = entry.right.institution_codes;
  Give(row, kind, who, right);
  if (is_known) entry.right.institution_codes = codes;
  entry.right.before_trail = !is_known;
}

void Rights::Add(const ReviewRow& row) {
  const std::string& event = row[Field::kEvent];
  const std::string& detail = row[Field::kDetail];
  const std::string user = DetailValue(detail, "user");
  const std::string& account = row[Field::kAccountId];
  const std::string& desk = row[Field::kDeskId];
  if (event == action::kConsoleUserCreated || event == action::kConsoleUserRoleSet) {
    Give(row, "user", user, DetailValue(detail, "role"));
    if (!user.empty()) At("user", user).right.institution_codes = DetailValue(detail, "institutions");
  } else if (event == action::kConsoleUserDisabled) {
    Take("user", user);
  } else if (event == action::kConsoleUserEnabled) {
    GiveBack(row, "user", user);
  } else if (event == action::kAccountStaffAdded) {
    Give(row, "operator", DetailValue(detail, "staff"), "operator");
  } else if (event == action::kAccountStaffRemoved) {
    Take("operator", DetailValue(detail, "staff"));
  } else if (event == action::kIdentityEnrolled) {
    Give(row, "desk", desk, "enrolled");
  } else if (event == action::kDeskRevoked || event == action::kDeskReplaced) {
    Take("desk", desk);
  } else if (event == action::kAccountActivated || event == action::kAccountResumed) {
    // A resumed account keeps its desk.
    const std::string at_desk = desk.empty() && !account.empty() ? At("account", account).right.at_desk : desk;
    Give(row, "account", account, "active");
    if (!account.empty()) At("account", account).right.at_desk = at_desk;
  } else if (event == action::kAccountSuspended) {
    const std::string at_desk = account.empty() ? std::string() : At("account", account).right.at_desk;
    Give(row, "account", account, "suspended");
    if (!account.empty()) At("account", account).right.at_desk = at_desk;
  } else {
    Take("account", account);  // released, ended, deregistered
  }
}

std::vector<Right> Rights::Standing() const {
  std::vector<Right> rights;
  for (const auto& [key, entry] : entries_) {
    if (rights.size() == kRightsMax) break;
    if (entry.stands) rights.push_back(entry.right);
  }
  return rights;
}

}  // namespace madoguchi::audit
