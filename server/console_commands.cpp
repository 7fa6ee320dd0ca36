// SPDX-License-Identifier: Apache-2.0
#include "server/console_commands.h"

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "contract/crypto/password_hash.h"
#include "contract/files.h"
#include "contract/secret_bytes.h"
#include "server/account/first_password.h"
#include "server/console/users.h"
#include "server/store/store.h"

namespace madoguchi::app {
namespace {

constexpr std::chrono::seconds kHashWithin{20};

}  // namespace

Result<void> AddAdministrator(const config::Config& config) {
  const std::string user_id = console::LowerCase(config.user_id);
  const account::Problems problems = console::CheckNewUser(user_id, config.user_name);
  if (account::Refuses(problems)) return Error{ErrorCode::kConfigValueInvalid, problems.front().text_en, {}};
  std::error_code failed;
  if (std::filesystem::exists(config.credentials_file, failed) || failed)
    return Error{ErrorCode::kConfigFileUnwritable, config.credentials_file + ": must be a new file", {}};
  std::string password = account::NewFirstPassword();
  std::string lines = "user=" + user_id + "\npassword=" + password + "\n";
  const Result<std::string> hash =
      crypto::HashPassword(AsBytes(password), crypto::Slot::kLogIn, Deadline::In(kHashWithin));
  // No file without a hash: it would only be in the way of the next try.
  const Result<void> written = hash.ok() ? WriteFileWhole(config.credentials_file, lines, true) : hash.error();
  for (std::string* secret : {&password, &lines})
    Wipe({reinterpret_cast<std::uint8_t*>(secret->data()), secret->size()});
  TRY_VOID(written);
  Result<void> added = store::AddAdministrator(config.database_owner_url, {user_id, config.user_name, *hash});
  if (!added.ok()) {
    std::remove(config.credentials_file.c_str());
    return added;
  }
  std::cout << "{\"user_id\":\"" << user_id << "\"}\n" << std::flush;
  return {};
}

Result<void> UnlockAccount(const config::Config& config) {
  TRY_VOID(store::UnlockAccount(config.database_owner_url, config.institution_code, config.account_id));
  std::cout << "{\"unlocked\":true}\n" << std::flush;
  return {};
}

}  // namespace madoguchi::app
