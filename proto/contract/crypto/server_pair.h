// SPDX-License-Identifier: Apache-2.0
// ServerPair: the certificate chain and the key of a listener, read again when their files change, so that a renewed
// certificate needs no restart. A key and a certificate that do not belong together (half way through a renewal) are
// passed over: the pair before stays in use. Thread: one call at a time. Errors: CONFIG_FILE_… of the files,
// CONFIG_FILE_UNREADABLE when they are no pair.
#pragma once
#include <optional>
#include <string>

#include "contract/result.h"

namespace madoguchi::crypto {

class ServerPair {
 public:
  struct Pem {
    std::string chain;  // leaf first
    std::string key;
  };
  ServerPair(std::string certificate_file, std::string key_file)
      : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

  Result<Pem> Load();
  // The new pair, once, after the files were changed since the last Load or Changed. Two stat(2) calls when they were
  // not.
  std::optional<Pem> Changed();

 private:
  // What tells one content of the two files from another without reading them.
  std::string Mark() const;
  const std::string certificate_file_, key_file_;
  std::string mark_;
};

// Whether this private key belongs to the first certificate of the chain. False for what cannot be read.
bool IsKeyOf(const std::string& key_pem, const std::string& chain_pem);

}  // namespace madoguchi::crypto
