// SPDX-License-Identifier: Apache-2.0
#include "tests/server/store/activation_fixture.h"

#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "server/identity/activation_keys.h"
#include "server/store/issued_accounts.h"

namespace madoguchi::account {

ActivationTest::ActivationTest() {
  const std::string key_file = folder_.File("seal.key");
  EXPECT_TRUE(WriteFileWhole(key_file, std::string(64, 'a'), true).ok());
  Result<crypto::Seal> seal = crypto::Seal::FromKeyFile(key_file);
  EXPECT_TRUE(seal.ok());
  seal_ = std::make_unique<crypto::Seal>(std::move(seal).value());
  const std::string directory = folder_.File("identity");
  EXPECT_TRUE(identity::FacilityCa::Create(directory, "correct horse battery", {{"localhost"}, {"127.0.0.1"}}).ok());
  ca_ = identity::FacilityCa::Load(directory, "correct horse battery").value();
  activation_ = std::make_unique<Activation>(
      Activation::Parts{activations_, national_, *seal_, hash_, identity::KeysOfActivation(*ca_)});
}

std::unique_ptr<Activation> ActivationTest::AnotherServer() {
  return std::make_unique<Activation>(
      Activation::Parts{activations_of_another_, national_, *seal_, hash_, identity::KeysOfActivation(*ca_)});
}

void ActivationTest::Issue(const std::string& account_id, const std::string& institution_code) {
  Sql("INSERT INTO institution (code) VALUES ('" + institution_code + "') ON CONFLICT DO NOTHING");
  const SheetSecrets secrets(PasswordOf(account_id), CodeOfAccount(account_id));
  national_.secrets[account_id] = {account_id, secrets.password, secrets.activation_code};
  const Result<IssuedForms> forms = FormsOf(secrets, institution_code, account_id, *seal_, hash_, Soon());
  ASSERT_EQ(CodeOf(forms), 0);
  const Result<void> stored = pool_.Run(Soon(), [&](pqxx::work& transaction) -> Result<void> {
    return store::StoreIssued(transaction, {institution_code, account_id, *forms, "", "import", "", "test", "test"});
  });
  ASSERT_EQ(CodeOf(stored), 0);
}

std::string ActivationTest::Prepare(const std::string& name, const std::vector<std::string>& account_ids,
                                    const Bytes& token) {
  const std::string desk_id = Sql("INSERT INTO desk (name) VALUES ('" + name + "') RETURNING desk_id");
  for (const std::string& account_id : account_ids)
    Sql("UPDATE device_account SET reserved_for_desk = '" + desk_id + "' WHERE account_id = '" + account_id + "'");
  Sql("INSERT INTO enrolment_token (token_sha256, desk_id, expires_at) VALUES ('\\x" + ToHex(crypto::Sha256(token)) +
      "', '" + desk_id + "', now() + interval '1 hour')");
  return desk_id;
}

Result<Begun> ActivationTest::BeginBySheet(const std::string& account_id, const identity::TestRequest& desk,
                                           const std::string& password, const std::string& code,
                                           const std::string& name) {
  return activation_->BeginBySheet({kInstitution, account_id, name, AsBytes(password), AsBytes(code)}, desk.der,
                                   locked_for_, Soon());
}

Bytes ActivationTest::SignatureOf(const Begun& begun, const identity::TestRequest& desk) {
  Bytes message(kActivationDomain.begin(), kActivationDomain.end());
  message.insert(message.end(), begun.activation_id.begin(), begun.activation_id.end());
  message.insert(message.end(), begun.challenge.begin(), begun.challenge.end());
  return identity::SignWith(desk.key_pem, message);
}

void ActivationTest::TimePasses() {
  Sql("UPDATE activation SET expires_at = now() - interval '10 seconds', heal_at = now() - interval '5 seconds' WHERE "
      "ended_at IS NULL");
}

}  // namespace madoguchi::account
