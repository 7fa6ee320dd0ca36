// SPDX-License-Identifier: Apache-2.0
// A certificate book in memory: says what a test wants, keeps what it is told.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/identity/certificate_book.h"

namespace madoguchi::identity {

class FewCertificates final : public CertificateBook {
 public:
  Result<void> AddRenewed(const BookEntry& entry, ByteView replaces, Deadline) override {
    if (refusal) return Error{*refusal, "test", {}};
    entered.push_back(entry);
    replaced.assign(replaces.begin(), replaces.end());
    return {};
  }
  Result<LateState> AskLate(const LateRequest& request, Deadline) override {
    asked.push_back(request);
    return late;
  }
  Result<std::string> FinishLate(const std::string&, const BookEntry& entry, const std::string& pem,
                                 Deadline) override {
    entered.push_back(entry);
    return pem;
  }
  Result<std::vector<OpenRenewal>> ListLate(Deadline) override { return std::vector<OpenRenewal>{}; }
  Result<void> DecideLate(const std::string&, bool, const std::string&, Deadline) override { return {}; }
  Result<void> RaiseNotice(const std::string& kind, const std::string& about, Deadline) override {
    notices.emplace_back(kind, about);
    return {};
  }

  std::optional<ErrorCode> refusal;
  LateState late;
  std::vector<BookEntry> entered;
  std::vector<LateRequest> asked;
  Bytes replaced;
  std::vector<std::pair<std::string, std::string>> notices;
};

}  // namespace madoguchi::identity
