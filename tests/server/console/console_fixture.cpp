// SPDX-License-Identifier: Apache-2.0
#include "tests/server/console/console_fixture.h"

#include <openssl/obj_mac.h>

#include "contract/channel_credentials.h"
#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/crypto/password_hash.h"
#include "contract/crypto/random.h"
#include "contract/files.h"
#include "server/account/sealed_mail.h"
#include "server/console/proof.h"
#include "server/identity/facility_ca.h"
#include "server/identity/x509.h"
#include "tests/proto/contract/grpc_of_the_program.h"

namespace madoguchi::console {
namespace {

constexpr char kPassphrase[] = "correct horse battery";

crypto::Seal SealIn(const std::string& file) {
  EXPECT_TRUE(WriteFileWhole(file, std::string(64, 'a') + "\n", true).ok());
  return crypto::Seal::FromKeyFile(file).value();
}

std::string Quoted(const std::string& text) {
  return "'" + text + "'";
}

}  // namespace

ConsoleTest::ConsoleTest() : console_id_(UuidText(crypto::NewUuid())), seal_(SealIn(folder_.File("seal.key"))) {
  wire::RequireTls13();
  const auto created =
      identity::FacilityCa::Create(folder_.File("identity"), kPassphrase, {{"localhost"}, {"127.0.0.1"}});
  EXPECT_TRUE(created.ok());
  console_ = MakeConsole(console_id_);
  Sql("INSERT INTO institution (code) VALUES ('" + std::string(kOtherInstitution) + "')");
  AddUser(kAda, "administrator");
  AddUser(kBen, "administrator");
  AddUser(kAud, "auditor");
  AddUser(kViv, "viewer");
  auto opened = store::Store::Open({server_url(), "server-one"});
  EXPECT_TRUE(opened.ok());
  store_ = std::move(opened).value();
  guard_ = std::make_unique<Guard>(Guard::Seams{store_->sessions(), store_->approvals(), store_->trail()});
}

ConsoleTest::~ConsoleTest() {
  listener_.reset();
  guard_.reset();
  store_.reset();
}

void ConsoleTest::Serve(const std::vector<grpc::Service*>& services) {
  const identity::IdentityFiles files(folder_.File("identity"));
  auto credentials = wire::ServerCredentials({files.root, files.server, files.server_key}, true);
  ASSERT_TRUE(credentials.ok());
  auto listener = ConsoleListener::Start("127.0.0.1:0", *credentials, services);
  ASSERT_TRUE(listener.ok()) << listener.error().detail;
  listener_ = std::move(listener).value();
}

void ConsoleTest::AddUser(const std::string& user_id, const std::string& role, const std::vector<std::string>& codes,
                          bool complete) const {
  Sql("INSERT INTO console_user (user_id, name, role, password_must_change, totp_confirmed, credentials_made_by) "
      "VALUES (" +
      Quoted(user_id) + ", 'somebody', " + Quoted(role) + (complete ? ", false, true" : ", true, false") + ", 'root')");
  for (const std::string& code : codes)
    Sql("INSERT INTO console_user_institution (user_id, institution_code) VALUES (" + Quoted(user_id) + ", " +
        Quoted(code) + ")");
}

std::string ConsoleTest::Session(const std::string& user_id, bool complete) const {
  const Bytes token = crypto::RandomBytes(kTokenBytes);
  Sql("INSERT INTO console_session (token_sha256, user_id, complete, console_id, ends_at) VALUES ('\\x" +
      ToHex(crypto::Sha256(token)) + "', " + Quoted(user_id) + (complete ? ", true, " : ", false, ") +
      Quoted(console_id_) + ", now() + interval '12 hours')");
  return ToHex(token);
}

void ConsoleTest::GiveCredentials(const std::string& user_id, const std::string& password,
                                  const Bytes& totp_secret) const {
  const auto hash = crypto::HashPassword(AsBytes(password), crypto::Slot::kLogIn, store::Soon());
  ASSERT_TRUE(hash.ok());
  Sql("UPDATE console_user SET password_hash = " + Quoted(*hash) +
      ", password_must_change = false WHERE user_id = " + Quoted(user_id));
  if (totp_secret.empty()) return;
  const auto sealed = seal_.Close(totp_secret, TotpAbout(user_id));
  ASSERT_TRUE(sealed.ok());
  Sql("UPDATE console_user SET totp_confirmed = true, totp_sealed = '\\x" + ToHex(*sealed) +
      "' WHERE user_id = " + Quoted(user_id));
}

std::string ConsoleTest::MailText(const std::string& kind) const {
  const std::string newest = " FROM outgoing_mail WHERE kind = " + Quoted(kind) + " ORDER BY next_at DESC LIMIT 1";
  account::SealedMail sealed{Sql("SELECT mail_id" + newest), Sql("SELECT recipient" + newest), kind,
                             FromHex(Sql("SELECT encode(sealed, 'hex')" + newest)).value_or(Bytes{})};
  if (sealed.mail_id.empty()) return {};
  return account::OpenMail(seal_, sealed).value().text;
}

void ConsoleTest::ApproveInDatabase(const std::string& approval_id, const std::string& approver) const {
  Sql("UPDATE approval SET approved = true, decided_at = now(), approver = " + Quoted(approver) +
      " WHERE approval_id = " + Quoted(approval_id));
}

TestIdentity ConsoleTest::MakeIdentity(const std::string& uri) const {
  const identity::IdentityFiles files(folder_.File("identity"));
  const identity::CertificateHandle root = identity::CertificateFromPem(ReadSmallFile(files.root).value());
  const identity::KeyHandle root_key = identity::KeyFromPem(ReadPrivateFile(files.root_key).value(), kPassphrase);
  const identity::KeyHandle key = identity::NewP256Key();
  const identity::CertificatePlan plan = {"console",
                                          std::chrono::hours(24),
                                          {{NID_key_usage, "critical,digitalSignature"},
                                           {NID_ext_key_usage, "clientAuth"},
                                           {NID_subject_alt_name, "URI:" + uri}}};
  const identity::CertificateHandle leaf = identity::MakeCertificate(plan, key.get(), root.get(), root_key.get());
  TestIdentity made{identity::CertificatePem(leaf.get()), identity::KeyPem(key.get()), {}};
  made.sha256_hex = ToHex(crypto::Sha256(crypto::DerFromPem(made.certificate_pem).value()));
  return made;
}

TestIdentity ConsoleTest::MakeConsole(const std::string& console_id) const {
  TestIdentity made = MakeIdentity("urn:madoguchi:console:" + console_id);
  Sql("INSERT INTO console_certificate (certificate_sha256, console_id, name, not_after) VALUES ('\\x" +
      made.sha256_hex + "', '" + console_id + "', 'test', now() + interval '1 day')");
  return made;
}

std::shared_ptr<grpc::Channel> ConsoleTest::Channel(const TestIdentity* identity) const {
  const identity::IdentityFiles files(folder_.File("identity"));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadSmallFile(files.root).value();
  if (identity != nullptr) {
    options.pem_cert_chain = identity->certificate_pem;
    options.pem_private_key = identity->key_pem;
  }
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // two identities are two connections
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(listener_->port()), grpc::SslCredentials(options),
                                   arguments);
}

std::unique_ptr<grpc::ClientContext> ConsoleTest::As(const std::string& token) {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!token.empty()) context->AddMetadata(kSessionMetadata, token);
  context->set_deadline(std::chrono::system_clock::now() + store::kTestWaitMax);
  return context;
}

v1::CallRefusal ConsoleTest::RefusalOf(const grpc::Status& status) {
  v1::CallRefusal refusal;
  EXPECT_TRUE(refusal.ParseFromString(status.error_details()));
  if (refusal.code() == 0)
    refusal.set_code(-static_cast<int>(status.error_code()));  // gRPC's own: shown as its negative
  return refusal;
}

}  // namespace madoguchi::console
