// SPDX-License-Identifier: Apache-2.0
// What the ceremony of activation needs of keys and of the facility CA (account/activation.h), as functions. Thread:
// any.
#pragma once
#include "server/account/activation.h"
#include "server/identity/facility_ca.h"

namespace madoguchi::identity {

// `ca` outlives what is given back.
account::ActivationKeys KeysOfActivation(const FacilityCa& ca);

}  // namespace madoguchi::identity
