// SPDX-License-Identifier: Apache-2.0
// What a reader says about itself without a card. Source: PC/SC part 10 (rev. 2.02.09) §2.6.14
// FEATURE_GET_TLV_PROPERTIES.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contract/bytes.h"

namespace madoguchi::reader {

// dwMaxAPDUDataSize out of the TLV properties: false = short APDUs only. Nothing when the property is not there.
std::optional<bool> ExtendedInProperties(ByteView properties);

// Asks the reader behind a connected handle. Nothing: it does not say (most readers do not).
std::optional<bool> ExtendedBySelfDescription(long card_handle);

// Asks a reader that may be empty. Nothing: it does not say, or somebody holds it.
std::optional<bool> ExtendedByReader(const std::string& reader);

// A slot for a reader's own security module, by the name its driver gives it: no patient's card ever lies there.
bool IsSecurityModuleSlot(std::string_view reader);

}  // namespace madoguchi::reader
