// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/message_view.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "admin/cli/labels.h"
#include "admin/cli/text.h"
#include "madoguchi/v1/options.pb.h"

namespace madoguchi::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::ordered_json;

constexpr int kDepthMax = 8;
constexpr std::array<std::string_view, 1> kShownSecrets = {"madoguchi.v1.StaffMember.name"};
// Texts that hold one of a few words, like an enum.
constexpr std::array<std::string_view, 8> kWordFields = {
    "madoguchi.v1.Desk.status",        "madoguchi.v1.Desk.activation",     "madoguchi.v1.Approval.state",
    "madoguchi.v1.ServiceCall.kind",   "madoguchi.v1.ServiceCall.outcome", "madoguchi.v1.ServiceCall.reconciled_as",
    "madoguchi.v1.HandoffRow.channel", "madoguchi.v1.HandoffRow.state"};
// Numbers whose 0 means that there is none.
constexpr std::array<std::string_view, 2> kNoneIsZero = {"madoguchi.v1.ImportedFile.code",
                                                         "madoguchi.v1.Account.application_number"};

template <std::size_t N>
bool In(const std::array<std::string_view, N>& names, const FieldDescriptor& field) {
  return std::find(names.begin(), names.end(), field.full_name()) != names.end();
}

bool Hidden(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::secret) && !In(kShownSecrets, field);
}

bool IsCode(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM || In(kWordFields, field);
}

// One value of a field that is no message; `index` of a repeated one, else negative.
Json Value(const Message& message, const FieldDescriptor& field, int index) {
  const google::protobuf::Reflection& look = *message.GetReflection();
  if (index < 0 && field.has_presence() && !look.HasField(message, &field)) return {};
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return index < 0 ? look.GetBool(message, &field) : look.GetRepeatedBool(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      if (index < 0 && look.GetUInt32(message, &field) == 0 && In(kNoneIsZero, field)) return {};
      return index < 0 ? look.GetUInt32(message, &field) : look.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      if (index < 0 && look.GetInt32(message, &field) == 0 && In(kNoneIsZero, field)) return {};
      return index < 0 ? look.GetInt32(message, &field) : look.GetRepeatedInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return index < 0 ? look.GetInt64(message, &field) : look.GetRepeatedInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          index < 0 ? look.GetEnumValue(message, &field) : look.GetRepeatedEnumValue(message, &field, index);
      const google::protobuf::EnumValueDescriptor* value = field.enum_type()->FindValueByNumber(number);
      if (value == nullptr) return std::to_string(number);  // of a newer server
      return number == 0 ? std::string() : Word(*value);
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return index < 0 ? look.GetString(message, &field) : look.GetRepeatedString(message, &field, index);
    default:
      return {};
  }
}

bool Absent(const Json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty());
}

std::string Plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? std::string() : value.dump();
}

Json ToJson(const Message& message, int depth);

Json Part(const Message& message, const FieldDescriptor& field, int index, int depth) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return Value(message, field, index);
  const google::protobuf::Reflection& look = *message.GetReflection();
  if (index < 0) return ToJson(look.GetMessage(message, &field), depth + 1);
  return ToJson(look.GetRepeatedMessage(message, &field, index), depth + 1);
}

Json ToJson(const Message& message, int depth) {
  Json out = Json::object();
  if (depth > kDepthMax) return out;
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  const google::protobuf::Reflection& look = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (Hidden(field)) continue;
    if (field.is_repeated()) {
      Json list = Json::array();
      for (int j = 0; j < look.FieldSize(message, &field); ++j) list.push_back(Part(message, field, j, depth));
      out[field.name()] = std::move(list);
      continue;
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !look.HasField(message, &field)) continue;
    Json value = Part(message, field, -1, depth);
    if (Absent(value)) continue;
    if (IsCode(field)) {
      const std::string word = Plain(value);
      out[field.name() + "_code"] = word;
      if (const std::string_view meaning = Meaning(field, word); !meaning.empty()) out[field.name()] = meaning;
    } else {
      out[field.name()] = std::move(value);
    }
  }
  return out;
}

std::string OneCell(const Message& message, const FieldDescriptor& field, int index) {
  const Json value = Value(message, field, index);
  if (value.is_boolean()) return value.get<bool>() ? "はい" : "";
  const std::string text = Plain(value);
  if (IsCode(field)) {
    const std::string_view meaning = Meaning(field, text);
    return meaning.empty() ? Printable(text) : std::string(meaning);
  }
  return Printable(LocalTime(text));
}

bool InCsv(const FieldDescriptor& field) {
  return !Hidden(field) && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
}

}  // namespace

Json ToJson(const Message& message) {
  return ToJson(message, 0);
}

std::string Cell(const Message& message, const std::string& name) {
  const FieldDescriptor& field = *message.GetDescriptor()->FindFieldByName(name);
  if (!field.is_repeated()) return OneCell(message, field, -1);
  std::string text;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i)
    text += (i == 0 ? "" : ", ") + OneCell(message, field, i);
  return text;
}

std::vector<std::string> CsvHeader(const google::protobuf::Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!InCsv(field)) continue;
    if (IsCode(field)) names.push_back(field.name() + "_code");
    names.push_back(field.name());
  }
  return names;
}

std::vector<std::string> CsvRow(const Message& message) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  std::vector<std::string> row;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!InCsv(field)) continue;
    std::string text;
    if (field.is_repeated()) {
      for (int j = 0; j < message.GetReflection()->FieldSize(message, &field); ++j)
        text += (j == 0 ? "" : ";") + Plain(Value(message, field, j));
    } else {
      text = Plain(Value(message, field, -1));
    }
    row.push_back(text);
    if (IsCode(field)) row.emplace_back(Meaning(field, text));
  }
  return row;
}

}  // namespace madoguchi::cli
