// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/row_keys.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "contract/crypto/random.h"
#include "contract/crypto/seal.h"
#include "contract/files.h"
#include "contract/log.h"

namespace madoguchi::handoff {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".new";  // as contract/files.h writes

Error NotKept(std::string why) {
  return {ErrorCode::kHandoffNotKept, std::move(why), {}};
}

// A key of the past must not be readable from the disk's free blocks as far as the file system lets us say so.
void Overwrite(const fs::path& file) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return;
  const std::string zeros(2 * crypto::kSealKeyBytes + 1, '0');
  if (write(descriptor, zeros.data(), zeros.size()) > 0) fsync(descriptor);
  close(descriptor);
}

void MakeDurable(const std::string& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

Result<Bytes> RowKeys::Seal(const std::string& row_id, ByteView plain) const {
  if (directory_.empty()) return NotKept("handoff.key_directory is not set");
  if (count_ >= kRowKeysMax) return NotKept("more than " + std::to_string(kRowKeysMax) + " results wait");
  Bytes key = crypto::RandomBytes(crypto::kSealKeyBytes);
  std::string text = ToHex(key);
  const Result<crypto::Seal> seal = crypto::Seal::FromKey(key);
  Wipe(key);
  Result<Bytes> sealed = seal ? seal->Close(plain, row_id) : Result<Bytes>(seal.error());
  const Result<void> written = sealed ? WriteFileWhole((fs::path(directory_) / row_id).string(), text + "\n", true)
                                      : Result<void>(sealed.error());
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!written) return NotKept(written.error().detail);
  ++count_;
  return sealed;
}

Result<SecretBytes> RowKeys::Open(const std::string& row_id, ByteView sealed) const {
  const Result<crypto::Seal> seal = crypto::Seal::FromKeyFile((fs::path(directory_) / row_id).string());
  if (!seal) return Error{ErrorCode::kHandoffKeyMissing, seal.error().detail, {}};
  Result<SecretBytes> plain = seal->Open(sealed, row_id);
  if (!plain) return Error{ErrorCode::kHandoffKeyMissing, plain.error().detail, {}};
  return plain;
}

bool RowKeys::Has(const std::string& row_id) const {
  std::error_code error;
  return !directory_.empty() && fs::exists(fs::path(directory_) / row_id, error);
}

void RowKeys::Destroy(const std::string& row_id) const {
  if (!directory_.empty()) DestroyFile(row_id);
}

void RowKeys::DestroyFile(const std::string& name) const {
  const fs::path file = fs::path(directory_) / name;
  Overwrite(file);
  std::error_code error;
  const bool removed = fs::remove(file, error);
  if (error) log::Failure("handoff", "key_not_destroyed", {{"row_id", name}, {"detail", error.message()}});
  if (!removed) return;
  MakeDurable(directory_);
  if (count_ > 0) --count_;
}

std::vector<std::string> RowKeys::All() const {
  std::vector<std::string> ids = OlderThan(std::chrono::seconds(0));
  count_ = ids.size();
  return ids;
}

std::vector<std::string> RowKeys::OlderThan(std::chrono::seconds age) const {
  std::vector<std::string> ids;
  std::error_code error;
  if (directory_.empty()) return ids;
  const auto newest = fs::file_time_type::clock::now() - age;
  for (fs::directory_iterator entry(directory_, error), end; !error && entry != end && ids.size() < kRowKeysMax;
       entry.increment(error)) {
    std::error_code gone;
    if (age.count() > 0 && (entry->last_write_time(gone) > newest || gone)) continue;
    std::string name = entry->path().filename().string();
    if (UuidFromText(name)) {
      ids.push_back(std::move(name));
    } else if (age.count() > 0 && name.ends_with(kUnfinished) &&
               UuidFromText(name.substr(0, name.size() - kUnfinished.size()))) {
      DestroyFile(name);
    }
  }
  return ids;
}

}  // namespace madoguchi::handoff
