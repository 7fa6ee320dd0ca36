// SPDX-License-Identifier: Apache-2.0
// The one translation between card scripts and their messages. From-functions check every limit: SCRIPT_INVALID or
// SCRIPT_ANSWERS_INVALID name what is wrong.
#pragma once
#include "contract/card_script.h"
#include "madoguchi/v1/card_script.pb.h"

namespace madoguchi::wire {

v1::CardScript ToMessage(const CardScript& script);
Result<CardScript> FromMessage(const v1::CardScript& message);
v1::ScriptAnswers ToMessage(const ScriptAnswers& answers);
Result<ScriptAnswers> FromMessage(const v1::ScriptAnswers& message);

}  // namespace madoguchi::wire
