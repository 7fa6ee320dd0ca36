// SPDX-License-Identifier: Apache-2.0
// HttpsNationalAccounts: applications and accounts over HTTPS (docs/national-service-seam.md; one of the two adapters a
// real endpoint would replace). Thread: any; a call blocks up to its deadline. Every act has its idempotency key, so
// the identical call may be repeated until it is answered; a request that was sent and stayed unanswered is repeated
// once here. Every call is told to `record` when it begins and when it has ended. Errors: as national_accounts.h.
#pragma once
#include <string>
#include <vector>

#include "server/account/national_accounts.h"
#include "server/account/national_call.h"
#include "server/outbound/https_client.h"

namespace madoguchi::account {

inline constexpr int kNationalAttemptsMax = 2;

class HttpsNationalAccounts final : public NationalAccounts {
 public:
  // url: "https://host:port", without a path. record: empty: nobody wants to know.
  HttpsNationalAccounts(std::string url, outbound::HttpsFiles files, RecordCall record = {})
      : url_(std::move(url)), record_(std::move(record)), client_(std::move(files)) {}
  bool told() const override { return true; }
  Result<std::string> Submit(const NationalApplication& application, Deadline deadline) override;
  Result<NationalDecision> Poll(const std::string& institution_code, const std::string& receipt,
                                Deadline deadline) override;
  Result<void> Withdraw(const std::string& institution_code, const std::string& receipt, Deadline deadline) override;
  Result<void> Activate(const NationalBinding& binding, ByteView password, ByteView activation_code,
                        Deadline deadline) override;
  Result<std::optional<IssuedAccount>> Release(const NationalBinding& binding, Deadline deadline) override;
  Result<std::chrono::milliseconds> LockedFor(const std::string& institution_code, const std::string& account_id,
                                              Deadline deadline) override;

 private:
  // What a request is about.
  struct About {
    const char* kind;
    std::string key;  // idempotency key; empty: none
    std::string institution_code, account_id = {}, desk_id = {};
    bool reads = false;  // changes nothing: whatever went wrong, nothing happened
  };
  // What `read` makes of the body of a 200. Both bodies are wiped.
  template <class T>
  Result<T> Post(const char* path, const About& about, std::string body, Deadline deadline,
                 Result<T> (*read)(const std::string& answer));
  Result<std::string> PostUnrecorded(const char* path, const std::string& key, std::string body, Deadline deadline,
                                     NationalCall& call);
  const std::string url_;
  const RecordCall record_;
  outbound::HttpsClient client_;
};

}  // namespace madoguchi::account
