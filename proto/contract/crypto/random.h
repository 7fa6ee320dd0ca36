// SPDX-License-Identifier: Apache-2.0
// Random bytes from OpenSSL's generator. Thread: any.
#pragma once
#include "contract/bytes.h"

namespace madoguchi::crypto {

Bytes RandomBytes(std::size_t count);
Bytes NewUuid();  // 16 bytes, version 4 (RFC 9562 §5.4)

}  // namespace madoguchi::crypto
