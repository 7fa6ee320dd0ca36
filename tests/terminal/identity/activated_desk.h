// SPDX-License-Identifier: Apache-2.0
// A desk that was activated already, for tests of what comes after.
#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <string>

#include "terminal/identity/certificate_request.h"
#include "terminal/identity/desk_identity.h"
#include "tests/terminal/identity/clinic_server.h"

namespace madoguchi::identity {

// Whether another program would have to wait for this lock.
inline bool IsHeld(const std::string& lock_file) {
  const int descriptor = open(lock_file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool held = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0;
  close(descriptor);
  return held;
}

inline void PutIdentity(const TestFacility& facility, const std::string& directory, const Wish& wish,
                        const Connection& connection = {}) {
  ASSERT_TRUE(MakeDirectory(directory).ok());
  const SecretBytes key = KeyForActivation(directory).value();
  const std::string chain = facility.DeskChain(MakeRequest(key).value(), wish);
  ASSERT_TRUE(StoreIdentity(directory, facility.root_pem(), chain, connection).ok());
}

}  // namespace madoguchi::identity
