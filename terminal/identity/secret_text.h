// SPDX-License-Identifier: Apache-2.0
// A secret as a field of an outgoing message, wiped when the message is done with. What gRPC copied of it to send it is
// out of reach; it goes with the call.
#pragma once
#include <string>

#include "contract/secret_bytes.h"

namespace madoguchi::identity {

class SecretText {
 public:
  // `field` outlives this.
  SecretText(std::string& field, const SecretBytes& secret) : field_(field) {
    field_.reserve(secret.size());
    field_.assign(AsText(secret.view()));
  }
  ~SecretText() { Wipe({reinterpret_cast<std::uint8_t*>(field_.data()), field_.size()}); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;

 private:
  std::string& field_;
};

}  // namespace madoguchi::identity
