// SPDX-License-Identifier: Apache-2.0
// ConsoleTest: a console listener with mutual TLS on a free port of 127.0.0.1, the real store on a database of its own
// (see StoreTest: two desks of institution 1311234567), users and sessions. A test serves its services, then calls them
// through channels of a console.
#pragma once
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "contract/crypto/seal.h"
#include "madoguchi/v1/facility.pb.h"
#include "server/audit/trail.h"
#include "server/console/console_listener.h"
#include "server/console/guard.h"
#include "server/store/store.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::console {

inline constexpr char kAda[] = "ada@clinic.example";       // administrator
inline constexpr char kBen[] = "ben@clinic.example";       // administrator
inline constexpr char kAud[] = "aud@clinic.example";       // auditor
inline constexpr char kViv[] = "viv@clinic.example";       // viewer
inline constexpr char kInstitution[] = "1311234567";       // with two desks
inline constexpr char kOtherInstitution[] = "1331234560";  // empty

// A certificate with its key, PEM.
struct TestIdentity {
  std::string certificate_pem, key_pem, sha256_hex;
};

class ConsoleTest : public store::StoreTest {
 protected:
  ConsoleTest();
  ~ConsoleTest() override;

  // Starts the listener; all outlive the test's body.
  void Serve(const std::vector<grpc::Service*>& services);
  void StopServing() { listener_.reset(); }

  // Writes a user; complete: password chosen, TOTP set up. No institution codes: all.
  void AddUser(const std::string& user_id, const std::string& role, const std::vector<std::string>& codes = {},
               bool complete = true) const;
  // Writes a session of this user at the fixture's console; → its token.
  std::string Session(const std::string& user_id, bool complete = true) const;
  // A password and a TOTP secret with which this user can really log in.
  void GiveCredentials(const std::string& user_id, const std::string& password, const Bytes& totp_secret) const;
  // What the newest waiting mail of this kind says, opened; empty: none waits.
  std::string MailText(const std::string& kind) const;
  // Proposes by calling without approval, approves as `approver` in the database, → the approval id.
  void ApproveInDatabase(const std::string& approval_id, const std::string& approver = kBen) const;

  TestIdentity MakeIdentity(const std::string& uri) const;                       // of the facility's root
  TestIdentity MakeConsole(const std::string& console_id) const;                 // and written into the book
  std::shared_ptr<grpc::Channel> Channel() const { return Channel(&console_); }  // of the fixture's console
  std::shared_ptr<grpc::Channel> Channel(const TestIdentity* identity) const;    // nullptr: without a certificate
  // The metadata of a call in this session; an empty token: none.
  static std::unique_ptr<grpc::ClientContext> As(const std::string& token);
  static v1::CallRefusal RefusalOf(const grpc::Status& status);
  static int CodeOfCall(const grpc::Status& status) { return status.ok() ? 0 : RefusalOf(status).code(); }
  int Events(const std::string& action) const { return Count("audit_event WHERE action = '" + action + "'"); }

  TestFolder folder_;
  std::string console_id_;
  TestIdentity console_;
  crypto::Seal seal_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Guard> guard_;
  std::unique_ptr<ConsoleListener> listener_;
  const audit::KeyedHash keyed_hash_{Bytes(32, 0x42)};
};

}  // namespace madoguchi::console
