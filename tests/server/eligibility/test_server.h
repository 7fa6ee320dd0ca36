// SPDX-License-Identifier: Apache-2.0
// For tests against a real TLS server in this process: its words, and one authority for all of them.
#pragma once
#include "tests/server/outbound/tls_server.h"

namespace madoguchi::eligibility::test {

using outbound::test::Answered;
using outbound::test::Authority;
using outbound::test::ClosedUrl;
using outbound::test::Reaction;
using outbound::test::Request;
using outbound::test::Then;
using outbound::test::TlsServer;

inline const Authority& Ours() {
  static const Authority authority;
  return authority;
}

}  // namespace madoguchi::eligibility::test
