// SPDX-License-Identifier: Apache-2.0
// Requests: inquiries by numbers that a receipt computer puts into a folder as OQSsiquc01req_*.xml, answered as
// OQSsiquc01res_*.xml in another (or the same) folder. One request is asked once, whoever looks into the folder:
//
//   seen twice with the same bytes, kReadsApart apart ─▶ claimed (rename: one winner) ─▶ in the trail ─▶ asked ─▶
//   answer put ─▶ claim removed
//
// A claim that is left (the server was killed, the answer could not be written) is taken up again under the same press
// id: the trail decides whether the identical question may be asked again, and the national side sees one key. Another
// server's claim is left once this one has seen it for kForeignClaimTakenOver: by its own steady clock, because a
// share's clock is another machine's. Every request that can be read gets an answer: refusals are answer files with
// SegmentOfResult 9 and our code. One that cannot be read now is said once, in log and metric, and looked at again.
// File names are never logged: receipt computers write patient numbers into them. Sources:
// reference/eligibility-result.md §3.2, §3.3. Thread: Round from one thread (folder_watch.h). Ownership: all given
// outlives it. Errors of a round: those of Folder for the requests folder.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/audit/trail.h"
#include "server/eligibility/xml_inquiry.h"
#include "server/handoff/folder.h"
#include "server/handoff/request_names.h"

namespace madoguchi::handoff {

inline constexpr std::chrono::milliseconds kReadsApart{300};
inline constexpr std::chrono::milliseconds kRequestsScanEvery{1'000};  // events alone are never trusted
inline constexpr std::size_t kRequestBytesMax = 64 * 1024;
inline constexpr std::size_t kRequestsAtOnceMax = 200;             // names looked at in one round
inline constexpr std::chrono::seconds kRequestsRoundMax{5};        // then the round ends behind the request it serves
inline constexpr std::chrono::minutes kForeignClaimTakenOver{10};  // of a server that is gone
inline constexpr std::chrono::seconds kRequestWithin{20};          // trail, inquiry and answer of one request
inline constexpr std::size_t kAnswersKeptMax = 50;                 // that could not be written, in memory

class Requests {
 public:
  struct Parts {
    Folder requests, responses;
    std::string mark;     // ClaimMark
    std::string desk_id;  // in whose name requests are asked
    audit::Trail& trail;
    // The inquiry as a press of the desk, with its intent and outcome in the trail.
    std::function<Result<eligibility::Answer>(const Bytes& press_id, const eligibility::InquiryMessage& inquiry,
                                              Deadline deadline)>
        ask;
    // The answer files. Of a request that could not be read, `request` is empty.
    std::function<Result<std::string>(const eligibility::ReceivedInquiry& request, const eligibility::Answer& answer)>
        write;
    std::function<std::string(const eligibility::ReceivedInquiry& request, const Error& refusal)> write_refusal;
    std::function<void(int code)> counted;
    std::chrono::milliseconds foreign_claim_taken_over = kForeignClaimTakenOver;
    std::chrono::milliseconds round_max = kRequestsRoundMax;
  };
  explicit Requests(Parts parts) : parts_(std::move(parts)) {}
  // Looks at everything in the folder once, as far as round_max goes. → when to look again at the latest.
  Result<std::chrono::milliseconds> Round();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Seen {
    std::string sha256;
    Time since;
  };
  void Forget(const std::vector<std::string>& names);
  // → true: a request was served.
  bool LookAt(const std::string& name);
  bool IsAbandoned(const std::string& name);
  bool IsSettled(const std::string& name);
  bool Take(const std::string& name);
  void Serve(const Claim& claim, bool left_over);
  void SayUnreadable(const std::string& name, const Error& error);
  std::string AnswerTo(const Bytes& press_id, const std::string& content);
  void Record(const char* action, const Bytes& press_id, int code);
  void RecordAnswer(const Bytes& press_id, const std::string& answer);
  const Parts parts_;
  std::string last_;  // looked at
  // By name, of what was in the folder in this or the last round: at most kRequestsAtOnceMax each.
  std::map<std::string, Seen> seen_;              // requests that were read once
  std::map<std::string, Time> foreign_;           // other servers' claims, since when
  std::set<std::string> unreadable_;              // said
  std::map<std::string, std::string> unwritten_;  // claim name → answer; at most kAnswersKeptMax
};

}  // namespace madoguchi::handoff
