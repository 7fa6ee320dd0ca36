// SPDX-License-Identifier: Apache-2.0
// Link: keeps this desk connected to the server. One thread of its own carries a Conversation over one stream at a time
// and comes back, jittered, when it breaks. Thread: any may call; events are handed to the sink on the link's thread,
// which must not block.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "terminal/link/conversation.h"

namespace madoguchi::link {

inline constexpr std::chrono::seconds kNewCertificateWithin{3};  // of another program's activation or renewal
inline constexpr std::size_t kIncomingMax = 32;  // messages received but not looked at; more end the stream

struct LinkOptions {
  std::string server;            // host:port
  std::string directory;         // of this desk's identity: looked at again for each connection
  std::string reader;            // name of the reader in use; empty: none yet
  std::string institution_code;  // which of its accounts the desk works with; empty: the first that is logged in
};

class Link {
 public:
  using Sink = std::function<void(Event)>;
  // Fails only when there is no identity or its files cannot be read; connecting itself is reported through the sink.
  static Result<std::unique_ptr<Link>> Open(LinkOptions options, Sink sink);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void SetCardPresent(bool present);
  Result<void> Press(PressOrder order);
  Result<void> Proof(const ProofRequest& request, ScriptAnswers answers);
  void Refuse(const PolicyRefusal& refusal);
  // About a result on the screen, for the trail: kept and sent again until the server has taken it.
  void Report(const ScreenReport& report);
  // Until no more than `left` wait. False: more do at the deadline, or the server said not to come back.
  bool AwaitReportsTaken(Deadline deadline, std::size_t left = 0);
  void ForgetPress();
  void SetReader(std::string reader);  // for the next connection
  // The certificate was renewed: connects anew with it as soon as no press is open.
  void UseNewIdentity();

 private:
  class Carrier;
  explicit Link(std::unique_ptr<Carrier> carrier);
  std::unique_ptr<Carrier> carrier_;
};

std::string AgentVersion();

}  // namespace madoguchi::link
