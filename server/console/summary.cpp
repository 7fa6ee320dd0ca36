// SPDX-License-Identifier: Apache-2.0
#include "server/console/summary.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "madoguchi/v1/options.pb.h"
#include "server/console/approval_book.h"

namespace madoguchi::console {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Words {
  std::string_view method, ja, en;
};

constexpr std::array<Words, 8> kWords = {{
    {"AccountService/Unlock", "端末機器アカウントのロックを早期に解除", "End the lock of a device account early"},
    {"FacilityService/MoveInstitution", "すべてのアカウントを別の医療機関コードへ移行",
     "Move all accounts to another institution code"},
    {"UserService/Create", "管理画面の利用者を追加", "Add a user of the console"},
    {"UserService/SetRole", "利用者の役割・担当コードを変更", "Change a user's role or institution codes"},
    {"UserService/ResetCredentials", "利用者のパスワードと認証アプリを初期化",
     "Reset a user's password and authenticator"},
    {"UserService/Enable", "停止中の利用者を再開", "Enable a user again"},
    {"TrailKeepingService/LiftHold", "監査証跡の保全の指定を解除", "Lift a hold over the trail"},
    {"ApprovalService/MakeBreakGlassCodes", "緊急解除コードを新しく発行（古い未使用分は無効）",
     "Make new break-glass codes (older unused ones end)"},
}};

Words WordsOf(std::string_view method) {
  for (const Words& words : kWords)
    if (words.method == method) return words;
  return {method, method, method};
}

// What could change how the rest of the line looks: control characters, and the marks that turn the direction of
// writing (U+200E, U+200F, U+202A–202E, U+2066–2069).
std::string Shown(const std::string& value) {
  std::string shown;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto byte = [&](std::size_t at) { return at < value.size() ? static_cast<unsigned char>(value[at]) : 0U; };
    const bool mark = byte(i) == 0xE2 && ((byte(i + 1) == 0x80 && (byte(i + 2) == 0x8E || byte(i + 2) == 0x8F ||
                                                                   (byte(i + 2) >= 0xAA && byte(i + 2) <= 0xAE))) ||
                                          (byte(i + 1) == 0x81 && byte(i + 2) >= 0xA6 && byte(i + 2) <= 0xA9));
    if (mark) i += 2;
    shown += mark || byte(i) < 0x20 || byte(i) == 0x7F ? '?' : value[i];
  }
  return shown;
}

std::string Value(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Shown(many ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return many ? reflection.GetRepeatedEnum(message, &field, index)->name()
                  : reflection.GetEnum(message, &field)->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflection.GetRepeatedBool(message, &field, index) : reflection.GetBool(message, &field))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(many ? reflection.GetRepeatedUInt32(message, &field, index)
                                 : reflection.GetUInt32(message, &field));
    default:
      return "?";
  }
}

// Also the fields that were left empty: an empty list of institution codes means all of them.
std::string Fields(const Message& request) {
  std::string text;
  for (int at = 0; at < request.GetDescriptor()->field_count(); ++at) {
    const FieldDescriptor* field = request.GetDescriptor()->field(at);
    const bool hidden =
        field->name() == "approval_id" || field->name() == "name" || field->options().GetExtension(v1::secret);
    if (hidden) continue;
    const int count = field->is_repeated() ? request.GetReflection()->FieldSize(request, field) : 1;
    std::string value;
    for (int i = 0; i < count; ++i) value += (i == 0 ? "" : ",") + Value(request, *field, i);
    text += (text.empty() ? "" : " ") + field->name() + "=" + (value.empty() ? "-" : value);
  }
  return text;
}

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Result<Summary> Summarise(const std::string& method, const Message& request) {
  const Words words = WordsOf(method);
  const std::string fields = Fields(request);
  Summary summary{std::string(words.ja), std::string(words.en)};
  if (!fields.empty()) {
    summary.ja += ": " + fields;
    summary.en += ": " + fields;
  }
  if (Characters(summary.ja) > kSummaryMax || Characters(summary.en) > kSummaryMax)
    return Error{ErrorCode::kFieldInvalid, method + ": too long to be shown to the second person", {}};
  return summary;
}

}  // namespace madoguchi::console
