// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/server_pair.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <utility>

#include "contract/crypto/openssl_handles.h"
#include "contract/files.h"

namespace madoguchi::crypto {
namespace {

// No question is asked on a terminal for a key that is encrypted: it is no key of a listener.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

}  // namespace

bool IsKeyOf(const std::string& key_pem, const std::string& chain_pem) {
  const BioHandle key_bio(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  const BioHandle chain_bio(BIO_new_mem_buf(chain_pem.data(), static_cast<int>(chain_pem.size())));
  const KeyHandle key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, NoPassphrase, nullptr));
  const CertificateHandle leaf(PEM_read_bio_X509(chain_bio.get(), nullptr, nullptr, nullptr));
  const bool is_pair = key && leaf && X509_check_private_key(leaf.get(), key.get()) == 1;
  ERR_clear_error();
  return is_pair;
}

Result<ServerPair::Pem> ServerPair::Load() {
  const std::string mark = Mark();  // before reading: a change meanwhile is seen the next time
  Pem pem;
  TRY_ASSIGN(pem.key, ReadPrivateFile(key_file_));
  TRY_ASSIGN(pem.chain, ReadSmallFile(certificate_file_));
  if (!IsKeyOf(pem.key, pem.chain)) {
    return Error{ErrorCode::kConfigFileUnreadable, key_file_ + ": no PEM key of " + certificate_file_, {}};
  }
  mark_ = mark;
  return pem;
}

std::optional<ServerPair::Pem> ServerPair::Changed() {
  if (Mark() == mark_) return {};
  Result<Pem> pem = Load();
  if (!pem) return {};
  return std::move(pem).value();
}

std::string ServerPair::Mark() const {
  std::string mark;
  for (const std::string* file : {&certificate_file_, &key_file_}) {
    struct stat status {};
    if (stat(file->c_str(), &status) != 0) return {};
    for (const auto number : {static_cast<long long>(status.st_dev), static_cast<long long>(status.st_ino),
                              static_cast<long long>(status.st_size), static_cast<long long>(status.st_mtim.tv_sec),
                              static_cast<long long>(status.st_mtim.tv_nsec)}) {
      mark += std::to_string(number) + ' ';
    }
  }
  return mark;
}

}  // namespace madoguchi::crypto
