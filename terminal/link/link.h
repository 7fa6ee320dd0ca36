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

inline constexpr std::size_t kIncomingMax = 32;  // messages received but not looked at; more end the stream

struct LinkOptions {
  std::string server;  // host:port
  std::string root_file, certificate_file, key_file;
};

class Link {
 public:
  using Sink = std::function<void(Event)>;
  // Fails only when the identity files cannot be read; connecting itself is reported through the sink.
  static Result<std::unique_ptr<Link>> Open(LinkOptions options, Sink sink);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void SetCardPresent(bool present);
  Result<void> Press(PressOrder order);
  Result<void> Proof(const ProofRequest& request, ScriptAnswers answers);
  void Refuse(const PolicyRefusal& refusal);
  void ForgetPress();

 private:
  class Carrier;
  explicit Link(std::unique_ptr<Carrier> carrier);
  std::unique_ptr<Carrier> carrier_;
};

std::string AgentVersion();

}  // namespace madoguchi::link
