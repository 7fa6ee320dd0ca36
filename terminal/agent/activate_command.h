// SPDX-License-Identifier: Apache-2.0
// `madoguchi-terminal activate` (初期登録, S11): from an enrolment link or QR sheet, from a settings sheet, or typed.
// First the root is pinned, then fields are asked for or read, then the ceremony runs.
#pragma once
#include "terminal/agent/options.h"

namespace madoguchi::agent {

int ActivateCommand(const Options& options);

}  // namespace madoguchi::agent
