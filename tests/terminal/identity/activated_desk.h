// SPDX-License-Identifier: Apache-2.0
// A desk that was activated already, for tests of what comes after.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "terminal/identity/certificate_request.h"
#include "terminal/identity/desk_identity.h"
#include "tests/terminal/identity/clinic_server.h"

namespace madoguchi::identity {

inline void PutIdentity(const TestFacility& facility, const std::string& directory, const Wish& wish,
                        const Connection& connection = {}) {
  ASSERT_TRUE(MakeDirectory(directory).ok());
  const SecretBytes key = KeyForActivation(directory).value();
  const std::string chain = facility.DeskChain(MakeRequest(key).value(), wish);
  ASSERT_TRUE(StoreIdentity(directory, facility.root_pem(), chain, connection).ok());
}

}  // namespace madoguchi::identity
