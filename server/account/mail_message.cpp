// SPDX-License-Identifier: Apache-2.0
#include "server/account/mail_message.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "contract/crypto/digest.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

constexpr std::size_t kWordBytesMax = 39;  // 64 characters as a word; with "Subject: " within the 76 of RFC 2047 §2
constexpr std::size_t kLineMax = 76;       // RFC 2045 §6.8

bool ContinuesCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// RFC 5322 §3.3; English names whatever the locale.
std::string DateOf(std::chrono::system_clock::time_point now) {
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %d %s %04d %02d:%02d:%02d +0000",
                days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                parts.tm_sec);
  return text.data();
}

std::string WithCrlf(const std::string& text) {
  std::string lines;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') lines += '\r';
    lines += c;
  }
  return lines;
}

std::string Base64Lines(const std::string& text) {
  const std::string all = crypto::ToBase64(AsBytes(text));
  std::string lines;
  for (std::size_t at = 0; at < all.size(); at += kLineMax) lines += all.substr(at, kLineMax) + "\r\n";
  return lines;
}

Error NotSent(const char* why) {
  return {ErrorCode::kMailNotSent, why, {}};
}

}  // namespace

std::string EncodedWords(std::string_view utf8) {
  std::string words;
  while (!utf8.empty()) {
    std::size_t length = std::min(utf8.size(), kWordBytesMax);
    while (length < utf8.size() && length > 1 && ContinuesCharacter(utf8[length])) --length;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + crypto::ToBase64(AsBytes(utf8.substr(0, length))) + "?=";
    utf8.remove_prefix(length);
  }
  return words;
}

Result<std::string> InternetMessage(const Mail& mail, const std::string& from, const std::string& message_id,
                                    std::chrono::system_clock::time_point now) {
  if (!IsMail(from, kAddressBytesMax)) return NotSent("mail.from is no address");
  if (!IsMail(mail.recipient, kAddressBytesMax)) return NotSent("the recipient is no address");
  if (!UuidFromText(message_id)) return NotSent("the message id is no UUID");
  if (mail.subject.size() > kSubjectBytesMax || !ScalarValues(mail.subject))
    return NotSent("the subject is too long or no UTF-8");
  if (mail.text.size() > kMailTextBytesMax || !ScalarValues(mail.text))
    return NotSent("the text is too long or no UTF-8");
  return "Date: " + DateOf(now) + "\r\nFrom: <" + from + ">\r\nTo: <" + mail.recipient +
         ">\r\nSubject: " + EncodedWords(mail.subject) + "\r\nMessage-ID: <" + message_id + "@" +
         from.substr(from.find('@') + 1) +
         ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n"
         "Auto-Submitted: auto-generated\r\n\r\n" +
         Base64Lines(WithCrlf(mail.text));
}

}  // namespace madoguchi::account
