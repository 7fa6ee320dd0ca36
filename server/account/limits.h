// SPDX-License-Identifier: Apache-2.0
// Every limit of this module in one place: what a person may enter, how long something is kept, how often something is tried.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace madoguchi::account {

// Applications (reference/system-described.md S2, S6).
inline constexpr std::uint32_t kDevicesPerApplicationMax = 20;
inline constexpr std::uint32_t kStaffMax = 9999;
inline constexpr std::size_t kAttachmentsMax = 3;
inline constexpr std::size_t kAttachmentBytesMax = 2 * 1024 * 1024;
inline constexpr char kTermsVersion[] = "2026-11";
inline constexpr std::chrono::days kCategoryWarning{90};

// Text fields, in characters (Unicode scalar values).
inline constexpr std::size_t kMailMax = 39;  // S1
inline constexpr std::size_t kNameMax = 100;
inline constexpr std::size_t kNoteMax = 100;
inline constexpr std::size_t kReasonMax = 200;

// Settings sheets (S4).
inline constexpr std::size_t kImportFilesMax = 200;
inline constexpr std::size_t kImportFileBytesMax = 1024 * 1024;
inline constexpr std::size_t kImportAccountsMax = 200;
inline constexpr std::chrono::days kSealedFor{30};
inline constexpr std::size_t kActivationCodeDigits = 12;

// Log-in (S13, design §7).
inline constexpr int kFailuresMax = 5;
inline constexpr std::chrono::minutes kLockedFor{30};
inline constexpr std::size_t kIssuedPasswordLength = 8;
inline constexpr std::size_t kPasswordLengthMinDefault = 13;
inline constexpr std::size_t kPasswordLengthMinLowest = 8;  // with three kinds of characters
inline constexpr std::size_t kPasswordBytesMax = 128;
inline constexpr std::size_t kFailureRowsMax = 10'000;      // of unknown accounts; the oldest unlocked ones go first

// Operators.
inline constexpr std::chrono::minutes kOperatorIdleDefault{15};
inline constexpr std::size_t kOperatorPinMin = 4;
inline constexpr std::size_t kOperatorPinMax = 12;

// Activation (S11).
inline constexpr std::chrono::seconds kCeremonyWithin{60};
inline constexpr std::chrono::minutes kTokenValidDefault{60};
inline constexpr std::chrono::minutes kTokenValidMax{1440};

}  // namespace madoguchi::account
