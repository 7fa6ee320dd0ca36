// SPDX-License-Identifier: Apache-2.0
// ActivationTest: a real database, a real facility CA, the ceremony over both, and a national side in memory. desk_one
// and desk_two of StoreTest are there, active; accounts W0000011… are issued by Issue().
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "contract/crypto/seal.h"
#include "server/account/activation.h"
#include "server/identity/facility_ca.h"
#include "server/store/pg_activations.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/test_request.h"
#include "tests/server/store/national_book.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::account {

using store::CodeOf;
using store::Number;
using store::Soon;

class ActivationTest : public store::StoreTest {
 protected:
  static constexpr const char* kInstitution = "1311234567";
  ActivationTest();

  // Issued here and on the national side: password "pass-<id>", code 123456 and the id's last six digits.
  void Issue(const std::string& account_id, const std::string& institution_code = kInstitution);
  static std::string PasswordOf(const std::string& account_id) { return "pass-" + account_id; }
  static std::string CodeOfAccount(const std::string& account_id) { return "123456" + account_id.substr(2); }
  // A desk that is prepared for these accounts. → its id
  std::string Prepare(const std::string& name, const std::vector<std::string>& account_ids, const Bytes& token);
  // By token. → the ceremony, begun
  Result<Begun> Begin(const Bytes& token, const identity::TestRequest& desk) {
    return activation_->BeginByToken(token, desk.der, Soon());
  }
  Result<Begun> BeginBySheet(const std::string& account_id, const identity::TestRequest& desk,
                             const std::string& password, const std::string& code, const std::string& name = "窓口");
  Result<Activated> Finish(const Begun& begun, const identity::TestRequest& desk) {
    return activation_->Finish(begun.activation_id, SignatureOf(begun, desk), Soon());
  }
  static Bytes SignatureOf(const Begun& begun, const identity::TestRequest& desk);
  // What another server process with its own connections would use.
  std::unique_ptr<Activation> AnotherServer();
  void TimePasses();  // for every open ceremony: its time, and the time until it is healed, are over
  std::string StateOf(const std::string& account_id) const {
    return Sql("SELECT state FROM device_account WHERE account_id = '" + account_id + "'");
  }
  int UnspentCodes(const std::string& account_id) const {
    return Count("activation_code WHERE spent_at IS NULL AND void_at IS NULL AND account_id = '" + account_id + "'");
  }

  TestFolder folder_;
  std::unique_ptr<crypto::Seal> seal_;
  const audit::KeyedHash hash_{Bytes(32, 0x5A)};
  std::unique_ptr<identity::FacilityCa> ca_;
  NationalBook national_;
  store::AnswerLimit limit_;
  store::PgPool pool_{server_url(), 8, limit_};
  store::PgActivations activations_{pool_, "server-one"};
  store::PgActivations activations_of_another_{pool_, "server-two"};
  std::unique_ptr<Activation> activation_;
  const identity::TestRequest pc_ = identity::MakeRequest();
  const Bytes token_ = Bytes(32, 0x42);
  std::chrono::milliseconds locked_for_{0};
};

}  // namespace madoguchi::account
