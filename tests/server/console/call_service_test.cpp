// SPDX-License-Identifier: Apache-2.0
#include "server/console/call_service.h"

#include <gmock/gmock.h>

#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;
using testing::ElementsAre;

constexpr char kLocal[] = "local@clinic.example";  // auditor of kOtherInstitution alone

class CallServiceTest : public ConsoleTest {
 protected:
  CallServiceTest() {
    AddUser(kLocal, "auditor", {kOtherInstitution});
    Add("check", kInstitution, "answered", 0);
    Add("challenge", kOtherInstitution, "failed", 1314);
    Add("check", kOtherInstitution, "unknown", 1302);
    Serve({&service_});
    stub_ = v1::CallService::NewStub(Channel());
  }
  ~CallServiceTest() override { StopServing(); }
  void Add(const std::string& kind, const std::string& institution, const std::string& outcome, int code) {
    eligibility::CallRecord record;
    record.call_id = "00000000-0000-4000-8000-00000000000" + std::to_string(++added_);
    record.kind = kind;
    record.key = "key-" + std::to_string(added_);
    record.caller = {institution, "W0000001", desk_one_};
    record.began = Deadline::Clock::now();
    record.ended = true;
    record.outcome = outcome;
    record.code = code;
    record.took = std::chrono::milliseconds(12);
    EXPECT_TRUE(store_->calls().Write({record}, store::Soon()).ok());
  }
  // The keys of what was found.
  std::vector<std::string> Find(const std::string& user, const v1::SearchCallsRequest& request) {
    answer_.Clear();
    status_ = stub_->Search(As(Session(user)).get(), request, &answer_);
    std::vector<std::string> keys;
    for (const v1::ServiceCall& call : answer_.calls()) keys.push_back(call.key());
    return keys;
  }
  static std::vector<std::string> Wrong(const v1::SearchCallsRequest& request) {
    account::Problems problems;
    ReadCallSearch(request, {}, problems);
    std::vector<std::string> fields;
    for (const account::Problem& problem : problems) fields.push_back(problem.field);
    return fields;
  }
  static std::vector<std::string> WrongSince(const std::string& since) {
    v1::SearchCallsRequest request;
    request.set_since(since);
    return Wrong(request);
  }

  CallService service_{*guard_, store_->calls()};
  std::unique_ptr<v1::CallService::Stub> stub_;
  v1::SearchCallsResponse answer_;
  grpc::Status status_;
  int added_ = 0;
};

TEST_F(CallServiceTest, FindsCallsNewestFirst) {
  EXPECT_THAT(Find(kAud, {}), ElementsAre("key-3", "key-2", "key-1"));
  const v1::ServiceCall& oldest = answer_.calls(2);
  EXPECT_EQ(oldest.kind(), "check");
  EXPECT_EQ(oldest.outcome(), "answered");
  EXPECT_EQ(oldest.took_us(), 12'000u);
  EXPECT_EQ(oldest.desk_id(), desk_one_);
  EXPECT_FALSE(oldest.desk_name().empty());
  EXPECT_FALSE(answer_.more());
  v1::SearchCallsRequest request;
  request.set_kind("check");
  request.set_page_size(1);
  EXPECT_THAT(Find(kAda, request), ElementsAre("key-3"));
  EXPECT_TRUE(answer_.more());
  request.set_before(answer_.calls(0).number());
  EXPECT_THAT(Find(kAda, request), ElementsAre("key-1"));
  EXPECT_FALSE(answer_.more());
}

TEST_F(CallServiceTest, ASessionSeesItsOwnInstitutionsOnly) {
  EXPECT_THAT(Find(kLocal, {}), ElementsAre("key-3", "key-2"));
  v1::SearchCallsRequest request;
  request.set_institution_code(kInstitution);
  EXPECT_THAT(Find(kLocal, request), ElementsAre());
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_THAT(Find(kAud, request), ElementsAre("key-1"));
}

TEST_F(CallServiceTest, AViewerSeesNone) {
  Find(kViv, {});
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kRoleNotAllowed));
}

TEST_F(CallServiceTest, EveryWrongFieldIsNamed) {
  v1::SearchCallsRequest request;
  request.set_kind("chek");
  request.set_outcome("lost");
  request.set_desk_id("desk 1");
  request.set_key(std::string(65, 'k'));
  request.set_since("yesterday");
  request.set_until("2026-02-30T00:00:00Z");
  request.set_page_size(501);
  request.set_before(-1);
  EXPECT_THAT(Wrong(request),
              ElementsAre("kind", "outcome", "desk_id", "key", "since", "until", "page_size", "before"));
  Find(kAda, request);
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(RefusalOf(status_).problems_size(), 8);
}

TEST_F(CallServiceTest, TakesTimesWithAZoneOnly) {
  for (const char* time : {"2026-11-23T09:00:00+09:00", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00-03:30"})
    EXPECT_THAT(WrongSince(time), ElementsAre()) << time;
  for (const char* time :
       {"2026-11-23", "2026-11-23T09:00:00", "2026-11-23T09:00:00+0900", "2026-11-23T24:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-23T09:00:00Z; DROP TABLE press", "2026-11-23T09:00:00X09:00", "2026- 1-02T09:00:00Z",
        "2026-11-23T09:00:00+ 9:00", "2026-11-23T+9:00:00Z", "-999-11-23T09:00:00Z", "2026-11-23T09:00:00+99:00"})
    EXPECT_THAT(WrongSince(time), ElementsAre("since")) << time;
  v1::SearchCallsRequest request;
  request.set_since("2020-01-01T00:00:00+09:00");
  EXPECT_EQ(Find(kAud, request).size(), 3u);
  request.set_until("2020-01-02T00:00:00Z");
  EXPECT_EQ(Find(kAud, request).size(), 0u);
  EXPECT_TRUE(status_.ok());
}

}  // namespace
}  // namespace madoguchi::console
