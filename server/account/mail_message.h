// SPDX-License-Identifier: Apache-2.0
// A Mail as an Internet message (RFC 5322, RFC 2045, RFC 2047): UTF-8 subject in encoded words, UTF-8 text in base64.
// Addresses that are no plain addr-spec are refused, and everything else that a person can write goes through base64:
// no header can be slipped in. Pure. Thread: any. Errors: MAIL_NOT_SENT (an address is none).
#pragma once
#include <chrono>
#include <string>

#include "contract/result.h"
#include "server/account/mail.h"

namespace madoguchi::account {

inline constexpr std::size_t kAddressBytesMax = 254;  // RFC 5321 §4.5.3.1.3 less the brackets
inline constexpr std::size_t kSubjectBytesMax = 500;  // longer ones are refused
inline constexpr std::size_t kMailTextBytesMax = 32768;

// message_id: what stands before the '@' of Message-ID; a UUID.
Result<std::string> InternetMessage(const Mail& mail, const std::string& from, const std::string& message_id,
                                    std::chrono::system_clock::time_point now);

// "name" of the encoded words of RFC 2047 §2, folded: each word has at most 75 characters and holds whole characters.
std::string EncodedWords(std::string_view utf8);

}  // namespace madoguchi::account
