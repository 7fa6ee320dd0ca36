// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_check.h"

#include <optional>

#include "contract/card_script.h"
#include "madoguchi/v1/desk_check_service.grpc.pb.h"
#include "terminal/identity/secret_text.h"

namespace madoguchi::identity {
namespace {

std::string Text(ByteView bytes) {
  return std::string(AsText(bytes));
}

}  // namespace

class DeskCheck::Calls {
 public:
  explicit Calls(DeskListener opened)
      : listener(std::move(opened)), stub(v1::DeskCheckService::NewStub(listener.channel())) {}
  template <class Request, class Response, class Method>
  Result<void> Call(Method method, const Request& request, Response& response) {
    return listener.Call([&](grpc::ClientContext& context) { return ((*stub).*method)(&context, request, &response); });
  }
  DeskListener listener;
  const std::unique_ptr<v1::DeskCheckService::Stub> stub;
};

DeskCheck::DeskCheck(std::unique_ptr<Calls> calls) : calls_(std::move(calls)) {}
DeskCheck::~DeskCheck() = default;

Result<std::unique_ptr<DeskCheck>> DeskCheck::Open(const std::string& server, const std::string& directory) {
  TRY_ASSIGN(DeskListener listener, DeskListener::Open(server, directory));
  return std::unique_ptr<DeskCheck>(new DeskCheck(std::make_unique<Calls>(std::move(listener))));
}

Result<void> DeskCheck::Confirm(ByteView press_id, bool same_person) {
  v1::ConfirmRequest request;
  v1::ConfirmResponse response;
  request.set_press_id(Text(press_id));
  request.set_same_person(same_person);
  return calls_->Call(&v1::DeskCheckService::Stub::Confirm, request, response);
}

Result<ShownAgain> DeskCheck::ShowAgain() {
  v1::ShowAgainResponse response;
  TRY_VOID(calls_->Call(&v1::DeskCheckService::Stub::ShowAgain, v1::ShowAgainRequest(), response));
  if (response.press_id().size() != kPressIdBytes || !response.has_answer())
    return Error{ErrorCode::kServerMessageInvalid, "a result without press or answer", {}};
  ShownAgain shown;
  shown.press_id = {response.press_id().begin(), response.press_id().end()};
  shown.left = std::chrono::seconds(response.seconds_left());
  shown.answer = std::make_shared<const v1::EligibilityAnswer>(std::move(*response.mutable_answer()));
  return shown;
}

Result<void> DeskCheck::ProposeName(ByteView press_id, std::uint32_t result, const SecretBytes* name) {
  v1::ProposeNameRequest request;
  v1::ProposeNameResponse response;
  request.set_press_id(Text(press_id));
  request.set_result(result);
  request.set_remove(name == nullptr);
  std::optional<SecretText> sent;
  if (name != nullptr) sent.emplace(*request.mutable_name(), *name);
  return calls_->Call(&v1::DeskCheckService::Stub::ProposeName, request, response);
}

Result<void> DeskCheck::ConfirmName(ByteView press_id, std::uint32_t result, const SecretBytes& name) {
  v1::ConfirmNameRequest request;
  v1::ConfirmNameResponse response;
  request.set_press_id(Text(press_id));
  request.set_result(result);
  const SecretText sent(*request.mutable_name(), name);
  return calls_->Call(&v1::DeskCheckService::Stub::ConfirmName, request, response);
}

const CallRefusal& DeskCheck::refusal() const {
  return calls_->listener.refusal();
}

}  // namespace madoguchi::identity
