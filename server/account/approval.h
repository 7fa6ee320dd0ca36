// SPDX-License-Identifier: Apache-2.0
// The approval that an act of two people uses up, in the act's own transaction: an act that fails, or whose server dies
// before it is committed, leaves the approval as it was. Empty: the act needs none (root's, break-glass). Thread: any.
#pragma once
#include <string>

#include "contract/bytes.h"

namespace madoguchi::account {

struct Approval {
  std::string approval_id, method, proposer;
  Bytes act_sha256;  // console/act_hash.h
};

}  // namespace madoguchi::account
