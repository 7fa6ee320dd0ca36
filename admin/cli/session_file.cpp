// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/session_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "contract/files.h"

namespace madoguchi::cli {
namespace {

constexpr std::size_t kFileBytesMax = 4096;
constexpr std::size_t kTokenDigits = 64;

}  // namespace

Result<void> KeepSession(const std::string& path, const KeptSession& session) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code failed;
  if (!folder.empty() && !std::filesystem::exists(folder, failed)) {
    std::filesystem::create_directories(folder.parent_path(), failed);
    if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
      return Error{ErrorCode::kConfigFileUnwritable, folder.string(), {}};
  }
  const nlohmann::ordered_json kept = {
      {"server", session.server}, {"user_id", session.user_id}, {"token", session.token}};
  return WriteFileWhole(path, kept.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n", true);
}

Result<KeptSession> ReadSession(const std::string& path, const std::string& server) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 && errno == ENOENT)
    return Error{ErrorCode::kSessionInvalid, "no session file", {}};
  TRY_ASSIGN(const std::string content, ReadPrivateFile(path, kFileBytesMax));
  const nlohmann::json kept = nlohmann::json::parse(content, nullptr, false);
  const auto text = [&kept](const char* name) {
    const auto found = kept.is_object() ? kept.find(name) : kept.end();
    return found != kept.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  KeptSession session{text("server"), text("user_id"), text("token")};
  const bool is_token =
      session.token.size() == kTokenDigits && session.token.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_token || session.server != server) return Error{ErrorCode::kSessionInvalid, "not of this server", {}};
  return session;
}

void ForgetSession(const std::string& path) {
  unlink(path.c_str());
}

}  // namespace madoguchi::cli
