// SPDX-License-Identifier: Apache-2.0
// The words of codes: how a value is called on the command line and in JSON ("paper_claims"), and what it means in
// Japanese ("紙レセプト請求"). From the descriptors, so a value added to the proto has a word at once.
#pragma once
#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi::cli {

// Lower case, without the prefix or suffix that keeps the enum's names apart: ROLE_AUDITOR is "auditor".
std::string Word(const google::protobuf::EnumValueDescriptor& value);
// Every word of the enum but that of its UNSPECIFIED value.
std::vector<std::string> Words(const google::protobuf::EnumDescriptor& type);
// '-' may stand for '_'.
std::optional<int> NumberOf(const google::protobuf::EnumDescriptor& type, std::string_view word);

// The Japanese meaning of an enum's word, or of a text field that holds one of a few words; empty when there is none.
std::string_view Meaning(const google::protobuf::FieldDescriptor& field, std::string_view word);

}  // namespace madoguchi::cli
