// SPDX-License-Identifier: Apache-2.0
#include "server/console/act_hash.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <memory>

#include "contract/crypto/digest.h"
#include "contract/secret_bytes.h"

namespace madoguchi::console {

using google::protobuf::FieldDescriptor;

Bytes ActHash(const std::string& method, const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> act(request.New());
  act->CopyFrom(request);
  if (const FieldDescriptor* field = act->GetDescriptor()->FindFieldByName("approval_id"))
    act->GetReflection()->ClearField(act.get(), field);
  std::string input = method + '\0';
  {
    google::protobuf::io::StringOutputStream stream(&input);  // appends
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    act->SerializeToCodedStream(&coded);
  }
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(input));
  Wipe({reinterpret_cast<std::uint8_t*>(input.data()), input.size()});
  return {digest.begin(), digest.end()};
}

std::string TextField(const google::protobuf::Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return {};
  return message.GetReflection()->GetString(message, field);
}

}  // namespace madoguchi::console
