// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/secret_lines.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace madoguchi::agent {
namespace {

Error Invalid(const std::string& what) {
  return {ErrorCode::kFieldInvalid, what, {}};
}

bool BeginsWithName(std::string_view line, std::string_view name) {
  const auto alike = [](char written, char of_name) {
    return written == of_name || (written == '-' && of_name == '_');
  };
  return line.size() > name.size() && line[name.size()] == '=' &&
         std::equal(name.begin(), name.end(), line.begin(),
                    [&alike](char of_name, char written) { return alike(written, of_name); });
}

// One line without its end into `line`. False: the input ended and nothing was read.
Result<bool> ReadLine(int descriptor, std::size_t number, SecretBytes& line, SecretBytes& byte) {
  line.Clear();
  bool any = false;
  for (;;) {
    byte.Clear();
    const ssize_t got = read(descriptor, byte.free_space().data(), 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Invalid("--secrets-fd: cannot be read");
    if (got == 0) return any;
    any = true;
    byte.Grow(1);
    if (byte.view()[0] == '\n') return true;
    if (byte.view()[0] == '\r') continue;
    if (!line.Append(byte.view()) || line.size() > kSecretLineBytesMax)
      return Invalid("--secrets-fd: line " + std::to_string(number) + " is too long");
  }
}

}  // namespace

Result<SecretLines> SecretLines::Read(int descriptor) {
  SecretLines lines;
  TRY_ASSIGN(SecretBytes line, SecretBytes::Make(kSecretLineBytesMax + 1));
  TRY_ASSIGN(SecretBytes byte, SecretBytes::Make(1));
  for (std::size_t number = 1;; ++number) {
    TRY_ASSIGN(const bool more, ReadLine(descriptor, number, line, byte));
    if (!more) return lines;
    if (number > kSecretLinesMax) return Invalid("--secrets-fd: too many lines");
    if (line.empty()) continue;
    const std::string_view text = AsText(line.view());
    const auto known = std::find_if(kSecretNames.begin(), kSecretNames.end(),
                                    [text](std::string_view name) { return BeginsWithName(text, name); });
    if (known == kSecretNames.end())
      return Invalid("--secrets-fd: line " + std::to_string(number) + " has no known name");
    TRY_ASSIGN(SecretBytes value, SecretBytes::Make(kSecretLineBytesMax));
    if (!value.Append(line.view().subspan(known->size() + 1)) ||
        !lines.values_.emplace(std::string(*known), std::move(value)).second)
      return Invalid("--secrets-fd: " + std::string(*known) + " comes twice");
  }
}

std::optional<SecretBytes> SecretLines::Take(std::string_view name) {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  SecretBytes value = std::move(found->second);
  values_.erase(found);
  return value;
}

}  // namespace madoguchi::agent
