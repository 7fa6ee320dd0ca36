// SPDX-License-Identifier: Apache-2.0
// ConsoleSide: the services of the administrators' listener, put together. Thread: made, started and ended on the main
// thread. Ownership: everything given outlives it.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "contract/bytes.h"
#include "contract/result.h"
#include "server/account_side.h"
#include "server/handoff_side.h"
#include "server/trail_side.h"

namespace madoguchi::app {

class ConsoleSide {
 public:
  struct Given {
    const config::Config& config;
    store::Store& store;
    AccountSide& accounts;
    HandoffSide& handoffs;
    const audit::KeyedHash& keyed_hash;
    const crypto::Seal& seal;
    std::string enrolment_address;                              // host:port as desks reach it
    Bytes root_sha256;                                          // of the facility root
    std::function<bool(const std::string& desk_id)> connected;  // to this server process
    const TrailSide& trail;
  };
  // LISTENER_FAILED · CONFIG_… of the identity's files.
  static Result<std::unique_ptr<ConsoleSide>> Start(const Given& given);
  ~ConsoleSide();
  ConsoleSide(const ConsoleSide&) = delete;
  ConsoleSide& operator=(const ConsoleSide&) = delete;
  int port() const;
  // Open calls get a moment to end.
  void Stop();

 private:
  struct Parts;
  explicit ConsoleSide(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace madoguchi::app
