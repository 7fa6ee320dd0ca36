// SPDX-License-Identifier: Apache-2.0
// Destroys sealed secrets nobody used: the piece of work a Repeated does every kDestroySheetsEvery. Any server process
// may do it, several at once too. Thread: any. Errors are logged: the next round tries again.
#pragma once
#include <chrono>

#include "server/account/sheet_book.h"

namespace madoguchi::account {

inline constexpr std::chrono::minutes kDestroySheetsEvery{10};
inline constexpr std::chrono::seconds kDestroySheetsWithin{10};
inline constexpr int kDestroyRoundsMax = 20;  // full batches in a row

void DestroyExpiredSheets(SheetBook& book);

}  // namespace madoguchi::account
