// SPDX-License-Identifier: Apache-2.0
// DeskAccount: what this desk does about its own account and its operator, over calls on the desk listener. Plain
// values out; secrets in stay in locked memory until they are sent. Source:
// proto/madoguchi/v1/desk_account_service.proto. Thread: one at a time; blocks up to kDeskCallWithin. Errors:
// DESK_IDENTITY_MISSING, those of the service, and of the transport. After a refusal, refusal() says what came with it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "contract/secret_bytes.h"
#include "terminal/identity/desk_listener.h"

namespace madoguchi::identity {

inline constexpr std::size_t kAccountsOfADeskMax = 16;  // one per institution code

struct AccountAtDesk {
  std::string account_id, institution_code, institution_name;
  bool active = false, logged_in = false;
  std::chrono::milliseconds locked{0};  // how much longer log-in is refused at this desk
};

struct DeskStatus {
  std::string desk_name;
  std::vector<AccountAtDesk> accounts;
  std::string operator_code;  // empty: nobody is signed in
  std::chrono::milliseconds operator_idle{0};
  bool operator_needed = false;
  std::string certificate_expires_at;
  bool renew_now = false;
};

struct SignedIn {
  bool pin_must_change = false;
  std::chrono::milliseconds idle{0};
};

class DeskAccount {
 public:
  // server: host:port of the desk listener. Connects at the first call.
  static Result<std::unique_ptr<DeskAccount>> Open(const std::string& server, const std::string& directory);
  ~DeskAccount();
  DeskAccount(const DeskAccount&) = delete;
  DeskAccount& operator=(const DeskAccount&) = delete;

  Result<DeskStatus> Status();
  Result<AccountAtDesk> LogIn(const std::string& institution_code, const std::string& account_id,
                              const SecretBytes& password);
  Result<void> LogOut(const std::string& institution_code);  // empty: all of this desk
  Result<void> ChangePassword(const std::string& institution_code, const SecretBytes& old_password,
                              const SecretBytes& new_password, const SecretBytes& new_password_again);
  // True: the national side was told as well. The keys here are the caller's to destroy. Empty code: all accounts.
  Result<bool> Deregister(const std::string& institution_code, const SecretBytes& password);
  // A certificate (PEM, leaf first) for the key of the request (PKCS#10, DER).
  Result<std::string> RenewCertificate(ByteView certificate_request);
  Result<SignedIn> SignInOperator(const std::string& staff_code, const SecretBytes& pin);
  Result<void> SignOutOperator();
  Result<void> ChangeOperatorPin(const std::string& staff_code, const SecretBytes& old_pin, const SecretBytes& new_pin);

  const CallRefusal& refusal() const;

 private:
  class Calls;
  explicit DeskAccount(std::unique_ptr<Calls> calls);
  template <class Request, class Response, class Method>
  Result<void> Call(Method method, const Request& request, Response& response);

  std::unique_ptr<Calls> calls_;
};

}  // namespace madoguchi::identity
