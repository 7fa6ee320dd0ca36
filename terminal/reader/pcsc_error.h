// SPDX-License-Identifier: Apache-2.0
// The one translation of PC/SC return codes into the catalogue. Source: pcsclite.h; reference/virtual-card.md §2, §4,
// §7.
#pragma once
#include "contract/error.h"

namespace madoguchi::reader {

// What was being done when the code came: the same code means another thing to the person at the desk.
enum class During { kService, kConnect, kSession };

// Precondition: code is not SCARD_S_SUCCESS. The detail names the code and nothing else.
Error FromPcsc(long code, During during);

}  // namespace madoguchi::reader
