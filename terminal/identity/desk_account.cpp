// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_account.h"

#include "madoguchi/v1/desk_account_service.grpc.pb.h"
#include "terminal/identity/secret_text.h"

namespace madoguchi::identity {
namespace {

constexpr std::size_t kTextBytesMax = 512;
constexpr std::size_t kCertificateBytesMax = 32 * 1024;

Error Invalid(const char* why) {
  return {ErrorCode::kServerMessageInvalid, why, {}};
}

Result<AccountAtDesk> FromMessage(const v1::DeskAccount& account) {
  for (const std::string* text : {&account.account_id(), &account.institution_code(), &account.institution_name()}) {
    if (text->size() > kTextBytesMax) return Invalid("a text is too long");
  }
  return AccountAtDesk{account.account_id(),       account.institution_code(),
                       account.institution_name(), account.active(),
                       account.logged_in(),        std::chrono::milliseconds(account.locked_ms())};
}

}  // namespace

class DeskAccount::Calls {
 public:
  explicit Calls(DeskListener opened)
      : listener(std::move(opened)), stub(v1::DeskAccountService::NewStub(listener.channel())) {}
  DeskListener listener;
  const std::unique_ptr<v1::DeskAccountService::Stub> stub;
};

DeskAccount::DeskAccount(std::unique_ptr<Calls> calls) : calls_(std::move(calls)) {}
DeskAccount::~DeskAccount() = default;

Result<std::unique_ptr<DeskAccount>> DeskAccount::Open(const std::string& server, const std::string& directory) {
  TRY_ASSIGN(DeskListener listener, DeskListener::Open(server, directory));
  return std::unique_ptr<DeskAccount>(new DeskAccount(std::make_unique<Calls>(std::move(listener))));
}

template <class Request, class Response, class Method>
Result<void> DeskAccount::Call(Method method, const Request& request, Response& response) {
  return calls_->listener.Call(
      [&](grpc::ClientContext& context) { return ((*calls_->stub).*method)(&context, request, &response); });
}

const CallRefusal& DeskAccount::refusal() const {
  return calls_->listener.refusal();
}

Result<DeskStatus> DeskAccount::Status() {
  v1::DeskStatusResponse response;
  TRY_VOID(Call(&v1::DeskAccountService::Stub::Status, v1::DeskStatusRequest(), response));
  if (response.accounts_size() > static_cast<int>(kAccountsOfADeskMax)) return Invalid("too many accounts");
  for (const std::string* text :
       {&response.desk_name(), &response.operator_code(), &response.certificate_expires_at()}) {
    if (text->size() > kTextBytesMax) return Invalid("a text is too long");
  }
  DeskStatus status;
  status.desk_name = response.desk_name();
  for (const v1::DeskAccount& one : response.accounts()) {
    TRY_ASSIGN(AccountAtDesk account, FromMessage(one));
    status.accounts.push_back(std::move(account));
  }
  status.operator_code = response.operator_code();
  status.operator_idle = std::chrono::milliseconds(response.operator_idle_ms());
  status.operator_needed = response.operator_needed();
  status.certificate_expires_at = response.certificate_expires_at();
  status.renew_now = response.renew_now();
  return status;
}

Result<AccountAtDesk> DeskAccount::LogIn(const std::string& institution_code, const std::string& account_id,
                                         const SecretBytes& password) {
  v1::DeskLogInRequest request;
  v1::DeskLogInResponse response;
  request.set_institution_code(institution_code);
  request.set_account_id(account_id);
  const SecretText sent(*request.mutable_password(), password);
  TRY_VOID(Call(&v1::DeskAccountService::Stub::LogIn, request, response));
  return FromMessage(response.account());
}

Result<void> DeskAccount::LogOut(const std::string& institution_code) {
  v1::DeskLogOutRequest request;
  v1::DeskLogOutResponse response;
  request.set_institution_code(institution_code);
  return Call(&v1::DeskAccountService::Stub::LogOut, request, response);
}

Result<void> DeskAccount::ChangePassword(const std::string& institution_code, const SecretBytes& old_password,
                                         const SecretBytes& new_password, const SecretBytes& new_password_again) {
  v1::DeskChangePasswordRequest request;
  v1::DeskChangePasswordResponse response;
  request.set_institution_code(institution_code);
  const SecretText before(*request.mutable_old_password(), old_password);
  const SecretText after(*request.mutable_new_password(), new_password);
  const SecretText again(*request.mutable_new_password_again(), new_password_again);
  return Call(&v1::DeskAccountService::Stub::ChangePassword, request, response);
}

Result<bool> DeskAccount::Deregister(const std::string& institution_code, const SecretBytes& password) {
  v1::DeregisterRequest request;
  v1::DeregisterResponse response;
  request.set_institution_code(institution_code);
  const SecretText sent(*request.mutable_password(), password);
  TRY_VOID(Call(&v1::DeskAccountService::Stub::Deregister, request, response));
  return response.national_told();
}

Result<std::string> DeskAccount::RenewCertificate(ByteView certificate_request) {
  v1::RenewCertificateRequest request;
  v1::RenewCertificateResponse response;
  request.set_certificate_request(std::string(AsText(certificate_request)));
  TRY_VOID(Call(&v1::DeskAccountService::Stub::RenewCertificate, request, response));
  if (response.certificate_pem().empty() || response.certificate_pem().size() > kCertificateBytesMax)
    return Invalid("no certificate in the answer");
  return response.certificate_pem();
}

Result<SignedIn> DeskAccount::SignInOperator(const std::string& staff_code, const SecretBytes& pin) {
  v1::SignInOperatorRequest request;
  v1::SignInOperatorResponse response;
  request.set_staff_code(staff_code);
  const SecretText sent(*request.mutable_pin(), pin);
  TRY_VOID(Call(&v1::DeskAccountService::Stub::SignInOperator, request, response));
  return SignedIn{response.pin_must_change(), std::chrono::milliseconds(response.idle_ms())};
}

Result<void> DeskAccount::SignOutOperator() {
  v1::SignOutOperatorResponse response;
  return Call(&v1::DeskAccountService::Stub::SignOutOperator, v1::SignOutOperatorRequest(), response);
}

Result<void> DeskAccount::ChangeOperatorPin(const std::string& staff_code, const SecretBytes& old_pin,
                                            const SecretBytes& new_pin) {
  v1::ChangeOperatorPinRequest request;
  v1::ChangeOperatorPinResponse response;
  request.set_staff_code(staff_code);
  const SecretText before(*request.mutable_old_pin(), old_pin);
  const SecretText after(*request.mutable_new_pin(), new_pin);
  return Call(&v1::DeskAccountService::Stub::ChangeOperatorPin, request, response);
}

}  // namespace madoguchi::identity
