// SPDX-License-Identifier: Apache-2.0
#include "server/store/settings_seen.h"

#include "server/audit/event.h"
#include "server/store/array_literal.h"
#include "server/store/event_statements.h"

namespace madoguchi::store {
namespace {

constexpr char kLock[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.settings'), hashtext($1))";
constexpr char kSeen[] = "SELECT setting, hash FROM setting_seen WHERE server = $1";
constexpr char kForget[] = "DELETE FROM setting_seen WHERE server = $1";
constexpr char kKeep[] = R"(
  INSERT INTO setting_seen (server, setting, hash)
  SELECT $1, setting, hash FROM unnest($2::text[], $3::text[]) AS given(setting, hash))";

using Hashes = std::map<std::string, std::string>;

// " changed=a,b", or nothing.
std::string Part(const char* word, const std::string& names) {
  return names.empty() ? "" : std::string(" ") + word + "=" + names;
}

void Add(std::string& names, const std::string& name) {
  names += (names.empty() ? "" : ",") + name;
}

std::string Difference(const Hashes& before, const Hashes& now) {
  std::string changed, added, removed;
  for (const auto& [name, hash] : now) {
    const auto seen = before.find(name);
    if (seen == before.end()) {
      Add(added, name);
    } else if (seen->second != hash) {
      Add(changed, name);
    }
  }
  for (const auto& [name, hash] : before) {
    if (!now.contains(name)) Add(removed, name);
  }
  return Part("changed", changed) + Part("set", added) + Part("unset", removed);
}

}  // namespace

Result<void> RecordSettings(PgPool& pool, const std::string& owner, const std::string& server, const Hashes& hashes,
                            Deadline deadline) {
  if (hashes.size() > kSettingsMax) return Error{ErrorCode::kInternalError, "more settings than there are", {}};
  return pool.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kLock, server);
    Hashes before;
    for (const pqxx::row& row : transaction.exec_params(kSeen, server)) before.emplace(row[0].c_str(), row[1].c_str());
    if (before == hashes) return {};
    transaction.exec_params(kForget, server);
    ArrayLiteral names, values;
    for (const auto& [name, hash] : hashes) {
      names.Add(name);
      values.Add(hash);
    }
    transaction.exec_params(kKeep, server, names.Text(), values.Text());
    audit::Event event;
    event.action = audit::action::kConfigChanged;
    event.detail = "server=" + server + (before.empty() ? " first" : "") + Difference(before, hashes);
    event.actor = "server";
    WriteEvent(transaction, event, owner);
    return {};
  });
}

}  // namespace madoguchi::store
