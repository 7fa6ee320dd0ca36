// SPDX-License-Identifier: Apache-2.0
#include "server/console/call_service.h"

#include <algorithm>
#include <iterator>

#include "contract/bytes.h"
#include "server/console/problems_wire.h"
#include "server/console/wire_time.h"

namespace madoguchi::console {
namespace {

using account::Problems;
using eligibility::CallSearch;

constexpr std::uint32_t kPageSizeUsual = 100;
constexpr const char* kKinds[] = {eligibility::call_kind::kChallenge,   eligibility::call_kind::kSight,
                                  eligibility::call_kind::kCheck,       eligibility::call_kind::kInquiry,
                                  eligibility::call_kind::kApplication, eligibility::call_kind::kAccount,
                                  eligibility::call_kind::kOutcome};
constexpr const char* kOutcomes[] = {"answered", "refused", "failed", "unknown", "reconciled"};

void Wrong(Problems& problems, const char* field, const char* ja, const char* en) {
  problems.push_back({field, ja, en, false});
}

template <std::size_t N>
bool In(const char* const (&words)[N], const std::string& word) {
  return std::any_of(std::begin(words), std::end(words), [&word](const char* known) { return word == known; });
}

void Fill(const eligibility::CallRow& row, v1::ServiceCall& call) {
  call.set_number(row.number);
  call.set_kind(row.kind);
  call.set_key(row.key);
  call.set_started_at(row.started_at);
  call.set_took_us(static_cast<std::uint32_t>(std::clamp<std::int64_t>(row.took_us, 0, UINT32_MAX)));
  call.set_outcome(row.outcome);
  call.set_code(row.code);
  call.set_attempts(static_cast<std::uint32_t>(std::max(row.attempts, 0)));
  call.set_status(row.status);
  call.set_desk_id(row.desk_id);
  call.set_desk_name(row.desk_name);
  call.set_account_id(row.account_id);
  call.set_institution_code(row.institution_code);
  call.set_reconciled_as(row.reconciled_as);
  call.set_reconciled_at(row.reconciled_at);
  call.set_processing_code(row.processing_code);
}

}  // namespace

CallSearch ReadCallSearch(const v1::SearchCallsRequest& request, const std::vector<std::string>& allowed,
                          Problems& problems) {
  CallSearch search;
  search.kind = request.kind();
  search.outcome = request.outcome();
  search.desk_id = request.desk_id();
  search.key = request.key();
  search.code = request.code();
  search.since = request.since();
  search.until = request.until();
  search.before = request.before();
  search.page_size = request.page_size() == 0 ? kPageSizeUsual : request.page_size();
  search.institution_codes = allowed;
  if (!search.kind.empty() && !In(kKinds, search.kind))
    Wrong(problems, "kind", "照会の種類に、知らない値があります。", "There is no such kind of call.");
  if (!search.outcome.empty() && !In(kOutcomes, search.outcome))
    Wrong(problems, "outcome", "結果の区分に、知らない値があります。", "There is no such outcome.");
  if (!search.desk_id.empty() && !UuidFromText(search.desk_id))
    Wrong(problems, "desk_id", "端末の ID は UUID で入力してください。", "The desk's id is a UUID.");
  if (search.key.size() > eligibility::kCallKeyBytesMax)
    Wrong(problems, "key", "キーは 64 文字までです。", "A key has at most 64 characters.");
  for (const auto& [field, text] :
       {std::pair<const char*, const std::string&>{"since", search.since}, {"until", search.until}}) {
    if (!text.empty() && !IsWireTime(text))
      Wrong(problems, field, "日時は 2026-11-23T09:00:00+09:00 の形で入力してください。",
            "A time looks like 2026-11-23T09:00:00+09:00.");
  }
  if (search.page_size > eligibility::kCallsPerPageMax)
    Wrong(problems, "page_size", "一度に 500 件まで表示できます。", "At most 500 rows at a time.");
  if (search.before < 0) Wrong(problems, "before", "番号は 0 以上です。", "A number is not negative.");
  if (!request.institution_code().empty())
    search.institution_codes = {request.institution_code()};  // Guard saw that it may
  return search;
}

grpc::Status CallService::Search(grpc::ServerContext* context, const v1::SearchCallsRequest* request,
                                 v1::SearchCallsResponse* response) {
  return guard_.Serve(*context, "CallService/Search", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        Problems problems;
                        const CallSearch search = ReadCallSearch(*request, caller.institution_codes, problems);
                        refused.problems = ProblemsOnWire(problems);
                        if (account::Refuses(problems))
                          return Error{ErrorCode::kFieldInvalid, problems.front().field, {}};
                        TRY_ASSIGN(const eligibility::CallPage page, book_.Search(search, deadline));
                        for (const eligibility::CallRow& row : page.rows) Fill(row, *response->add_calls());
                        response->set_more(page.more);
                        return {};
                      });
}

}  // namespace madoguchi::console
