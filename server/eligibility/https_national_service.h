// SPDX-License-Identifier: Apache-2.0
// HttpsNationalService: the national service over HTTPS (docs/national-service-seam.md; the only adapter a real
// endpoint would replace). Thread: any; a call blocks up to its deadline. Errors: block 13xx. What may have been acted
// on is never reported as "nothing happened": a check that was sent and stayed without a readable word is
// NATIONAL_OUTCOME_UNKNOWN or one of the NATIONAL_ANSWER_… codes.
#pragma once
#include <chrono>
#include <string>

#include "server/eligibility/national_service.h"
#include "server/outbound/https_client.h"

namespace madoguchi::eligibility {

inline constexpr int kAttemptsMax = 4;  // of one request, within its deadline
inline constexpr std::chrono::milliseconds kAttemptShortest{
    1000};  // less than this is not worth cutting an attempt short
inline constexpr std::chrono::milliseconds kPauseFirst{
    100};  // before the second attempt; doubled for each further one,
           // less up to half of it by chance (desks fail together)

class HttpsNationalService final : public NationalService {
 public:
  // url: "https://host:port", without a path.
  HttpsNationalService(std::string url, outbound::HttpsFiles files);
  Result<Challenge> IssueChallenge(const Caller& caller, Deadline deadline) override;
  Result<Answer> Ask(const Question& question, Deadline deadline) override;

 private:
  // What came of the attempts at one request.
  struct Attempts {
    outbound::HttpsOutcome last;
    bool maybe_acted_on = false;  // at least one was sent and not plainly refused
  };
  Attempts Repeat(const outbound::HttpsRequest& request, Deadline deadline);

  const std::string url_;
  outbound::HttpsClient client_;
};

}  // namespace madoguchi::eligibility
