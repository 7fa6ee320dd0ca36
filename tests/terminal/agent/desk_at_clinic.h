// SPDX-License-Identifier: Apache-2.0
// A desk that was activated at a server of its own, for tests of commands: what they print is caught.
#pragma once
#include <nlohmann/json.hpp>

#include "terminal/agent/options.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/agent/pipe.h"
#include "tests/terminal/identity/activated_desk.h"

namespace madoguchi::agent {

class DeskAtClinic : public testing::Test {
 protected:
  void SetUp() override {
    identity::PutIdentity(facility_, directory_, identity::DeskWish(),
                          {server_.desk_address(), server_.enrolment_address(), "0110000001", "W0000001",
                           server_.enrolment.begun_desk, "1番"});
    options_.directory = directory_;
    options_.json = true;
  }
  // Runs a command with these secrets; its JSON goes to said_.
  int Run(int (*command)(const Options&), std::string_view secrets) {
    const Pipe pipe(secrets);
    options_.secrets_fd = pipe.descriptor();
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int exit = command(options_);
    logged_ = testing::internal::GetCapturedStderr();
    said_ = nlohmann::json::parse(testing::internal::GetCapturedStdout(), nullptr, false);
    return exit;
  }
  bool HasIdentity() const { return identity::FindIdentity(directory_).ok(); }
  const identity::TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  identity::ClinicServer server_{facility_};
  Options options_;
  nlohmann::json said_;
  std::string logged_;
};

}  // namespace madoguchi::agent
