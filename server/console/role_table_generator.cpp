// SPDX-License-Identifier: Apache-2.0
// Build-time tool: reads the compiled descriptions of all services and writes the table of who may call what. Refuses,
// and so fails the build, a method without (access), SESSION without roles, roles without SESSION, two people without a
// field approval_id to name the approval with, and before_complete without SESSION.
// Source: proto/madoguchi/v1/options.proto.
#include <google/protobuf/descriptor.pb.h>

#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "madoguchi/v1/options.pb.h"

namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::MethodDescriptorProto;
using madoguchi::v1::Access;

constexpr char kPackage[] = "madoguchi.v1";

bool HasField(const DescriptorProto& message, const std::string& name) {
  for (const auto& field : message.field())
    if (field.name() == name) return true;
  return false;
}

std::string Problem(const MethodDescriptorProto& method, const DescriptorProto& request) {
  if (!method.options().HasExtension(madoguchi::v1::access)) return "no (access)";
  const Access& access = method.options().GetExtension(madoguchi::v1::access);
  const bool session = access.caller() == madoguchi::v1::CALLER_SESSION;
  if (!madoguchi::v1::Caller_IsValid(access.caller()) || access.caller() == madoguchi::v1::CALLER_UNSPECIFIED)
    return "no caller";
  if (session && access.roles().empty()) return "CALLER_SESSION without roles";
  if (!session && !access.roles().empty()) return "roles without CALLER_SESSION";
  for (const int role : access.roles())
    if (!madoguchi::v1::Role_IsValid(role) || role == madoguchi::v1::ROLE_UNSPECIFIED) return "an unknown role";
  if (access.before_complete() && !session) return "before_complete without CALLER_SESSION";
  if (access.two_people() && !session) return "two_people without CALLER_SESSION";
  if (access.two_people() && !HasField(request, "approval_id")) return "two_people without a field approval_id";
  if (access.two_people() && method.client_streaming())
    return "two_people of a stream: there is no one request to approve";
  return {};
}

// The bits of MethodAccess::roles: 1 << v1::Role.
unsigned RoleBits(const Access& access) {
  unsigned bits = 0;
  for (const int role : access.roles()) bits |= 1U << static_cast<unsigned>(role);
  return bits;
}

const char* Word(bool value) {
  return value ? "true" : "false";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: role_table_generator DESCRIPTORS SOURCE\n";
    return 2;
  }
  google::protobuf::FileDescriptorSet files;
  std::ifstream descriptors(argv[1], std::ios::binary);
  if (!descriptors || !files.ParseFromIstream(&descriptors)) {
    std::cerr << "role_table_generator: " << argv[1] << " is no set of descriptors\n";
    return 1;
  }
  std::map<std::string, const DescriptorProto*> messages;
  for (const auto& file : files.file())
    for (const auto& message : file.message_type()) messages["." + file.package() + "." + message.name()] = &message;

  std::ofstream source(argv[2]);
  source << "// Generated from the services of proto/madoguchi/v1.\n#include "
            "\"server/console/authorisation.h\"\n\n#include <array>\n\n"
            "namespace madoguchi::console {\nnamespace {\n\nconstexpr std::array kMethods = {\n";
  bool failed = false;
  for (const auto& file : files.file()) {
    if (file.package() != kPackage) continue;
    for (const auto& service : file.service()) {
      for (const auto& method : service.method()) {
        const auto request = messages.find(method.input_type());
        const std::string name = service.name() + "/" + method.name();
        const std::string problem = request == messages.end() ? "unknown request" : Problem(method, *request->second);
        if (!problem.empty()) {
          std::cerr << file.name() << ": " << name << ": " << problem << '\n';
          failed = true;
          continue;
        }
        const Access& access = method.options().GetExtension(madoguchi::v1::access);
        source << "    MethodAccess{\"" << name << "\", v1::" << madoguchi::v1::Caller_Name(access.caller()) << ", "
               << RoleBits(access) << ", " << Word(access.two_people()) << ", " << Word(access.before_complete())
               << "},\n";
      }
    }
  }
  source << "};\n\n}  // namespace\n\nstd::span<const MethodAccess> AllMethods() {\n  return kMethods;\n}\n\n"
            "const MethodAccess* FindMethod(std::string_view method) {\n  for (const MethodAccess& one : kMethods)\n"
            "    if (one.method == method) return &one;\n  return nullptr;\n}\n\n}  // namespace madoguchi::console\n";
  return failed || !source ? 1 : 0;
}
