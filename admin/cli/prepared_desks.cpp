// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/prepared_desks.h"

#include <algorithm>

#include "admin/cli/secrets.h"

namespace madoguchi::cli {
namespace {

constexpr std::string_view kActive = "active", kExpired = "expired";

std::string LinkName(std::size_t index, const v1::Desk& desk) {
  std::string name = index + 1 < 10 ? "0" : "";
  name += std::to_string(index + 1);
  if (desk.account_ids_size() > 0) name += "-" + desk.account_ids(0);
  return name + ".link";
}

}  // namespace

PreparedDesks::~PreparedDesks() {
  for (std::string& link : links_) WipeText(link);
}

Done PreparedDesks::Add(v1::PrepareDesksResponse& message) {
  const bool next = message.has_desk() && (desks_.empty() || desks_.back().desk_id() != message.desk().desk_id());
  if (next) {
    if (desks_.size() >= kPreparedMax) return Because(ErrorCode::kServerMessageInvalid, "too many desks");
    desks_.push_back(message.desk());
    links_.push_back(message.link());
    WipeText(message.mutable_link());
  }
  if (desks_.empty()) return Because(ErrorCode::kServerMessageInvalid, "a sheet before any desk");
  Done failed;
  if (!message.file_name().empty() || !message.sheet().empty())
    failed = sheets_.Add(message.file_name(), message.sheet());
  WipeText(message.mutable_sheet());
  return failed;
}

Done PreparedDesks::WriteInto(OutFolder& folder, bool whole) const {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (Done failed = folder.Write(LinkName(i, desks_[i]), links_[i] + "\n")) return failed;
  }
  return whole ? sheets_.WriteInto(folder) : Done();
}

Progressed CountActive(const std::vector<v1::Desk>& prepared, const std::vector<v1::Desk>& now) {
  Progressed progressed;
  for (const v1::Desk& desk : prepared) {
    const auto found = std::find_if(now.begin(), now.end(),
                                    [&desk](const v1::Desk& other) { return other.desk_id() == desk.desk_id(); });
    if (found == now.end() || found->activation() == kExpired) progressed.expired = true;
    if (found != now.end() && found->activation() == kActive) ++progressed.active;
  }
  return progressed;
}

}  // namespace madoguchi::cli
