// SPDX-License-Identifier: Apache-2.0
#include "server/store/console_statements.h"

#include <sstream>

namespace madoguchi::store {

std::vector<std::string> Words(const std::string& array) {
  std::vector<std::string> words;
  if (array.size() < 2) return words;
  std::istringstream stream(array.substr(1, array.size() - 2));
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  return words;
}

void EndSessions(pqxx::work& transaction, const std::string& user_id, ByteView but_token_sha256) {
  transaction.exec_params(
      "UPDATE console_session SET ended_at = clock_timestamp() WHERE user_id = $1 AND ended_at IS NULL AND "
      "token_sha256 <> decode($2, 'hex')",
      user_id, ToHex(but_token_sha256));
}

audit::Event ConsoleEvent(const char* action, const std::string& actor, std::string detail) {
  audit::Event event;
  event.action = action;
  event.detail = std::move(detail);
  event.actor = actor;
  return event;
}

}  // namespace madoguchi::store
