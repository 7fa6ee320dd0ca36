// SPDX-License-Identifier: Apache-2.0
// CardChannel: carries card scripts of one press to the desk and brings the answers. desk/ implements it over the
// stream.
#pragma once
#include "contract/card_script.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::check {

class CardChannel {
 public:
  virtual ~CardChannel() = default;
  // One card trip. Blocks the calling check thread until the answers came, the desk is gone (DESK_GONE) or the deadline
  // passed (CHECK_DEADLINE). The answers are what the desk says: the caller checks every status word again.
  virtual Result<ScriptAnswers> Run(const CardScript& script, std::uint32_t epoch, Deadline deadline) = 0;
  // The desk was lost: it sends its press again, and whoever gets it then is the one to go on.
  virtual bool gone() const { return false; }
};

}  // namespace madoguchi::check
