// SPDX-License-Identifier: Apache-2.0
// HttpsNationalService: the national service over HTTPS (docs/national-service-seam.md; the only adapter a real
// endpoint would replace). Every call leaves a record of itself when it begins and when it has ended. Thread: any; a
// call blocks up to its deadline. Errors: block 13xx, SERVER_BUSY. What may have been acted on is never reported as
// "nothing happened": a check that was sent and stayed without a readable word is NATIONAL_OUTCOME_UNKNOWN or one of
// the NATIONAL_ANSWER_… codes.
#pragma once
#include <functional>
#include <string>

#include "server/eligibility/call_book.h"
#include "server/eligibility/national_line.h"
#include "server/eligibility/national_service.h"

namespace madoguchi::eligibility {

class HttpsNationalService final : public NationalService {
 public:
  // Takes a record and does not wait; empty: nobody wants them.
  using Record = std::function<void(CallRecord record)>;

  // url: "https://host:port", without a path.
  HttpsNationalService(std::string url, outbound::HttpsFiles files, Record record = {},
                       const LineOptions& options = {});
  Result<Challenge> IssueChallenge(const Caller& caller, Deadline deadline) override;
  Result<Answer> Ask(const Question& question, Deadline deadline) override;
  Result<SightPermit> PermitSight(const Caller& caller, ByteView certificate, ByteView card_challenge,
                                  Deadline deadline) override;
  Result<Answer> Inquire(const Inquiry& inquiry, Deadline deadline) override;
  // What became of the check or inquiry of that key; asks nothing else and never asks it again.
  Result<Became> WhatBecame(const UnknownCall& call, Deadline deadline);

 private:
  // What an answer means; `processing` may be filled for the record.
  template <class T>
  using Meaning = std::function<Result<T>(const Attempts& attempts, std::string& processing)>;
  template <class T>
  Result<T> Make(const char* kind, const std::string& key, const Caller& caller, outbound::HttpsRequest request,
                 Deadline deadline, const Meaning<T>& meaning);
  Result<Answer> ReadAnswer(const Attempts& attempts, const Bytes& press_id, const std::string& institution_code,
                            std::string& processing) const;

  const std::string url_;
  const Record record_;
  NationalLine line_;
};

}  // namespace madoguchi::eligibility
