// SPDX-License-Identifier: Apache-2.0
#include "server/console/handoff_service.h"

#include <algorithm>

#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

constexpr std::size_t kPageSizeUsual = 100;
constexpr const char* kChannels[] = {"", handoff::kOqsFolder, handoff::kWebhook, handoff::kPull, handoff::kShowAgain};
constexpr const char* kStates[] = {"", "held", "waiting", "refused", "delivered", "destroyed"};

template <std::size_t N>
bool In(const char* const (&words)[N], const std::string& word) {
  return std::any_of(std::begin(words), std::end(words), [&word](const char* known) { return word == known; });
}

// What was asked, checked; every field that is wrong is named.
handoff::ListWish ReadWish(const v1::ListHandoffRequest& request, const Caller& caller, account::Problems& problems) {
  handoff::ListWish wish;
  wish.institution_codes = caller.institution_codes;
  wish.channel = request.channel();
  wish.state = request.state();
  wish.before = request.before();
  wish.at_most = request.page_size() == 0 ? kPageSizeUsual : request.page_size();
  if (!In(kChannels, wish.channel)) {
    problems.push_back({"channel", "oqs_folder・webhook・pull・show_again のどれかを指定してください。",
                        "Give oqs_folder, webhook, pull or show_again."});
  }
  if (!In(kStates, wish.state)) {
    problems.push_back({"state", "held・waiting・refused・delivered・destroyed のどれかを指定してください。",
                        "Give held, waiting, refused, delivered or destroyed."});
  }
  if (wish.at_most > handoff::kRowsListedMax) {
    problems.push_back({"page_size", "1 から 500 までで指定してください。", "Give 1 to 500."});
  }
  if (wish.before < 0) problems.push_back({"before", "行の番号を指定してください。", "Give the number of a row."});
  return wish;
}

void Fill(const handoff::ListedRow& from, v1::HandoffRow& row) {
  row.set_number(from.number);
  row.set_channel(from.channel);
  row.set_state(from.state);
  row.set_press_id(from.press_id);
  row.set_desk_name(from.desk_name);
  row.set_institution_code(from.institution_code);
  row.set_created_at(from.created_at);
  row.set_next_at(from.next_at);
  row.set_ended_at(from.ended_at);
  row.set_attempts(static_cast<std::uint32_t>(std::max(from.attempts, 0)));
  row.set_code(from.code);
  row.set_file_name(from.file_name);
  row.set_sha256(from.sha256);
}

}  // namespace

grpc::Status HandoffService::List(grpc::ServerContext* context, const v1::ListHandoffRequest* request,
                                  v1::ListHandoffResponse* response) {
  return parts_.guard.Serve(*context, "HandoffService/List", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              account::Problems problems;
                              handoff::ListWish wish = ReadWish(*request, caller, problems);
                              refused.problems = ProblemsOnWire(problems);
                              if (!problems.empty()) return Error{ErrorCode::kFieldInvalid, problems.front().field, {}};
                              const std::size_t page = wish.at_most++;  // one more says whether there is more
                              TRY_ASSIGN(const std::vector<handoff::ListedRow> rows, parts_.book.List(wish, deadline));
                              response->set_more(rows.size() > page);
                              for (std::size_t i = 0; i < std::min(page, rows.size()); ++i)
                                Fill(rows[i], *response->add_rows());
                              return {};
                            });
}

grpc::Status HandoffService::Retry(grpc::ServerContext* context, const v1::RetryHandoffRequest* request,
                                   v1::RetryHandoffResponse*) {
  return parts_.guard.Serve(
      *context, "HandoffService/Retry", *request,
      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
        TRY_VOID(parts_.book.Retry(request->number(), caller.institution_codes, caller.user_id, deadline));
        parts_.wake();
        return {};
      });
}

grpc::Status HandoffService::Discard(grpc::ServerContext* context, const v1::DiscardHandoffRequest* request,
                                     v1::DiscardHandoffResponse*) {
  return parts_.guard.Serve(
      *context, "HandoffService/Discard", *request, [&](const Caller& caller, Deadline deadline, Refused&) {
        return parts_.results.Discard(request->number(), caller.institution_codes, caller.user_id, deadline);
      });
}

}  // namespace madoguchi::console
