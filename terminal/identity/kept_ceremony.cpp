// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/kept_ceremony.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "contract/files.h"

namespace madoguchi::identity {
namespace {

constexpr std::size_t kFileBytesMax = 1024;
constexpr std::string_view kBeginning = "madoguchi-activation 1";  // then three lines of hex

std::string File(const std::string& directory) {
  return directory + "/activation";
}

}  // namespace

Result<void> KeepCeremony(const std::string& directory, const KeptCeremony& ceremony) {
  const std::string text = std::string(kBeginning) + "\n" + ToHex(AsBytes(ceremony.activation_id)) + "\n" +
                           ToHex(ceremony.signature) + "\n" + ToHex(ceremony.proof) + "\n";
  return WriteFileWhole(File(directory), text, true);
}

std::optional<KeptCeremony> FindCeremony(const std::string& directory, ByteView wanted) {
  const Result<std::string> text = ReadPrivateFile(File(directory), kFileBytesMax);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  std::array<std::string_view, 4> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  const std::optional<Bytes> id = FromHex(lines[1]), signature = FromHex(lines[2]), proof = FromHex(lines[3]);
  if (lines[0] != kBeginning || !id || id->empty() || !signature || !proof ||
      !std::equal(proof->begin(), proof->end(), wanted.begin(), wanted.end()))
    return std::nullopt;
  return KeptCeremony{std::string(AsText(*id)), *signature, *proof};
}

Result<void> ForgetCeremony(const std::string& directory) {
  if (unlink(File(directory).c_str()) != 0 && errno != ENOENT)
    return Error{ErrorCode::kConfigFileUnwritable, File(directory) + ": errno " + std::to_string(errno), {}};
  return {};
}

}  // namespace madoguchi::identity
