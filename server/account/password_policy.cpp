// SPDX-License-Identifier: Apache-2.0
#include "server/account/password_policy.h"

#include <algorithm>

namespace madoguchi::account {
namespace {

std::uint8_t Lower(std::uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte - 'A' + 'a') : byte;
}

bool Contains(ByteView password, std::string_view word) {
  if (word.empty()) return false;
  const ByteView wanted = AsBytes(word);
  return std::search(password.begin(), password.end(), wanted.begin(), wanted.end(),
                     [](std::uint8_t a, std::uint8_t b) { return Lower(a) == Lower(b); }) != password.end();
}

// UTF-8: what is no continuation byte begins a character.
std::size_t Characters(ByteView text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](std::uint8_t byte) { return (byte & 0xC0U) != 0x80U; }));
}

// C0, DEL, and C1 as UTF-8 writes it (C2 80–9F).
bool HasControl(ByteView text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < 0x20 || text[i] == 0x7F) return true;
    if (text[i] == 0xC2 && i + 1 < text.size() && text[i + 1] < 0xA0) return true;
  }
  return false;
}

int Kinds(ByteView text) {
  const auto any = [&](auto is) { return std::any_of(text.begin(), text.end(), is) ? 1 : 0; };
  const auto small = [](std::uint8_t byte) { return byte >= 'a' && byte <= 'z'; };
  const auto capital = [](std::uint8_t byte) { return byte >= 'A' && byte <= 'Z'; };
  const auto digit = [](std::uint8_t byte) { return byte >= '0' && byte <= '9'; };
  return any(small) + any(capital) + any(digit) +
         any([&](std::uint8_t byte) { return !small(byte) && !capital(byte) && !digit(byte); });
}

bool Same(ByteView one, ByteView other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end());
}

}  // namespace

Problems CheckPassword(const PasswordPolicy& policy, std::string_view field, ByteView password, ByteView old_password,
                       std::string_view account_id) {
  const std::size_t least = std::clamp(policy.length_min, kPasswordLengthMinLowest, kPasswordBytesMax);
  const std::size_t length = Characters(password);
  Problems problems;
  const auto add = [&](std::string ja, std::string en) {
    problems.push_back({std::string(field), std::move(ja), std::move(en)});
  };
  if (password.size() > kPasswordBytesMax) {
    const std::string most = std::to_string(kPasswordBytesMax);
    add("パスワードが長すぎます（" + most + " バイトまで）。",
        "The password is too long (at most " + most + " bytes).");
    return problems;
  }
  if (length < least) {
    const std::string number = std::to_string(least);
    add("パスワードは " + number + " 文字以上にしてください。", "A password has at least " + number + " characters.");
  } else if (length < kPasswordLengthMinDefault && Kinds(password) < kPasswordKindsWhenShort) {
    add("英小文字・英大文字・数字・記号のうち 3 種類以上を使ってください。",
        "Use at least three of: small letters, capital letters, digits, other signs.");
  }
  if (HasControl(password))
    add("使えない文字（制御文字）が入っています。", "It holds a control character, which cannot be used.");
  if (Contains(password, account_id))
    add("パスワードに ID を入れないでください。", "The password must not hold the ID.");
  if (Same(password, old_password)) add("前と同じパスワードは使えません。", "The old password cannot be chosen again.");
  return problems;
}

Problems CheckOperatorPin(std::string_view field, ByteView pin, ByteView old_pin) {
  Problems problems;
  const auto add = [&](std::string ja, std::string en) {
    problems.push_back({std::string(field), std::move(ja), std::move(en)});
  };
  const bool digits = std::all_of(pin.begin(), pin.end(), [](std::uint8_t byte) { return byte >= '0' && byte <= '9'; });
  if (!digits || pin.size() < kOperatorPinMin || pin.size() > kOperatorPinMax) {
    add("暗証番号は 4～12 桁の数字にしてください。", "A PIN is 4 to 12 digits.");
    return problems;
  }
  if (std::all_of(pin.begin(), pin.end(), [&](std::uint8_t digit) { return digit == pin.front(); }))
    add("同じ数字だけの暗証番号は使えません。", "A PIN of one digit repeated cannot be used.");
  if (Same(pin, old_pin)) add("前と同じ暗証番号は使えません。", "The old PIN cannot be chosen again.");
  return problems;
}

}  // namespace madoguchi::account
