// SPDX-License-Identifier: Apache-2.0
// What the link tells the agent, as plain structs: no generated message goes further than this but the result itself,
// which only the printing of the agent opens.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "contract/card_script.h"
#include "contract/deadline.h"
#include "terminal/link/press_order.h"

namespace madoguchi::link {

// The server knows this desk. Holds for the stream it came on.
struct Welcome {
  std::uint32_t protocol = 0;
  std::string server_version, desk_id, desk_name, institution_code, account_id;
  bool sight_allowed = false;
  CardScript opening_script;
  std::vector<Method> methods = {};  // allowed at this desk when it was welcomed; none: the server says it at the press
  std::chrono::seconds show_again{0};  // how long a closed result can be shown again; 0: not at all
  Deadline::Clock::time_point received = {};
  bool number_off = false;  // inquiries by numbers, whatever the rules allow
};

struct Disconnected {
  Error error;
  bool will_retry = true;  // false: the server said not to come back by ourselves
};

// A proof script of the open press. Each (epoch, number) comes once.
struct ProofRequest {
  Bytes press_id;
  std::uint32_t epoch = 0;
  std::uint32_t number = 0;
  CardScript script;
  Deadline::Clock::time_point received = {};
};

struct CheckFacts {
  std::uint32_t national_us = 0;
  std::uint32_t server_us = 0;
  std::uint32_t card_trips_after_press = 0;
  std::uint32_t database_us = 0;  // not in server_us
  std::uint32_t link_us = 0;      // of the script trips
  std::uint32_t desk_us = 0;      // of the script trips, without the card
};

}  // namespace madoguchi::link

namespace madoguchi::v1 {
class EligibilityAnswer;
}

namespace madoguchi::link {

// The end of a press. Without `answer` it was refused: `refusal` says why.
struct CheckAnswer {
  Bytes press_id;
  std::shared_ptr<const v1::EligibilityAnswer> answer;
  Error refusal{ErrorCode::kInternalError, {}, {}};
  CheckFacts facts;
  Deadline::Clock::time_point received = {};
  bool birthdate_differs = false;    // the hand-off waits for a confirmation
  std::vector<std::string> handoff;  // channels the result leaves by
  bool handoff_not_kept = false;
};

using Event = std::variant<Welcome, Disconnected, ProofRequest, CheckAnswer>;

}  // namespace madoguchi::link
