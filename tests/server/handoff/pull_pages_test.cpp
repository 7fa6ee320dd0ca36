// SPDX-License-Identifier: Apache-2.0
// The pull API's pages over the real database and real keys; tests/flow asks through the listener.
#include "server/handoff/pull_pages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "server/handoff/answer_json.h"
#include "server/handoff/outbox.h"
#include "server/store/store.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/handoff/test_handing.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::handoff {
namespace {

using Json = nlohmann::json;
using store::Soon;

const std::string kClient(64, 'a');

class PullPagesTest : public store::StoreTest {
 protected:
  PullPagesTest() {
    std::filesystem::create_directory(directory_);
    auto opened = store::Store::Open({.server_url = server_url(), .owner = "server-one"});
    EXPECT_TRUE(opened.ok());
    store_ = std::move(*opened);
    pages_ = std::make_unique<PullPages>(PullPages::Parts{store_->kept_results(),
                                                          keys_,
                                                          {kClient},
                                                          AnswerJson,
                                                          [](const Handing&) { return R"({"resourceType":"Bundle"})"; },
                                                          [this](int) { ++taken_; }});
  }
  void Answered(const std::string& desk_id, const std::string& account_id, bool held = false) {
    const audit::CheckIntent intent = IntentOf(desk_id, account_id);
    const auto receipt = store_->trail().RecordIntent(intent, Soon());
    Handing handing = test::TestHanding(desk_id);
    handing.press_id = intent.press_id;
    audit::CheckOutcome outcome = OutcomeOf(intent, receipt->epoch);
    auto kept = Outbox({.pull = true}, keys_).Keep(handing, held);
    outcome.kept = std::move(*kept);
    ASSERT_TRUE(store_->trail().RecordOutcome(outcome, Soon()).ok());
  }
  web::Response Ask(web::Request request) {
    if (request.client_sha256.empty()) request.client_sha256 = kClient;
    return pages_->Answer(request);
  }
  Json Results(const std::string& query = "", const std::string& accept = "") {
    const web::Response response = Ask({.method = "GET", .path = "/v1/results", .query = query, .accept = accept});
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body, nullptr, false);
  }
  int Take(const std::string& row_id) {
    return Ask({.method = "POST", .path = "/v1/results/" + row_id + "/taken"}).status;
  }
  TestFolder folder_;
  const std::string directory_ = folder_.File("keys");
  const RowKeys keys_{directory_};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<PullPages> pages_;
  int taken_ = 0;
};

TEST_F(PullPagesTest, GiveTheOldestFirstUntilTheyAreTaken) {
  EXPECT_TRUE(Results()["results"].empty());
  Answered(desk_one_, "W0000001");
  Answered(desk_two_, "W0000002");
  const Json both = Results();
  ASSERT_EQ(both["results"].size(), 2U);
  EXPECT_EQ(both["results"][0]["desk"], desk_one_);
  EXPECT_EQ(both["results"][0]["result"]["results"][0]["name"], test::kName);
  EXPECT_EQ(both["more"], false);
  EXPECT_EQ(Results()["results"].size(), 2U);
  const std::string row_id = both["results"][0]["row_id"];
  EXPECT_EQ(Take(row_id), 204);
  EXPECT_EQ(Take(row_id), 204);  // its answer was lost: asked again
  EXPECT_EQ(taken_, 2);
  EXPECT_EQ(Results()["results"].size(), 1U);
  EXPECT_EQ(keys_.All().size(), 1U);
  EXPECT_EQ(Count("kept_result WHERE state = 'delivered' AND sealed IS NULL"), 1);
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.delivered'"), 1);
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.read' AND actor = 'certificate aaaaaaaaaaaaaaaa'"), 2);
}

TEST_F(PullPagesTest, GiveWhatOneDeskCheckedAndInTheFormThatIsAskedFor) {
  Answered(desk_one_, "W0000001");
  Answered(desk_two_, "W0000002");
  const Json one = Results("desk=" + desk_two_, "application/fhir+json");
  ASSERT_EQ(one["results"].size(), 1U);
  EXPECT_EQ(one["results"][0]["desk"], desk_two_);
  EXPECT_EQ(one["results"][0]["result"]["resourceType"], "Bundle");
}

TEST_F(PullPagesTest, GiveNothingThatIsHeld) {
  Answered(desk_one_, "W0000001", true);
  EXPECT_TRUE(Results()["results"].empty());
  EXPECT_EQ(Take(Sql("SELECT row_id FROM kept_result")), 404);
}

TEST_F(PullPagesTest, AnswerOnlyCertificatesThatAreListed) {
  Answered(desk_one_, "W0000001");
  const std::string other(64, 'b');
  EXPECT_EQ(Ask({.method = "GET", .path = "/v1/results", .client_sha256 = other}).status, 403);
  EXPECT_EQ(pages_->Answer({.method = "GET", .path = "/v1/results"}).status, 403);
  const std::string row_id = Sql("SELECT row_id FROM kept_result");
  EXPECT_EQ(Ask({.method = "POST", .path = "/v1/results/" + row_id + "/taken", .client_sha256 = other}).status, 403);
  EXPECT_EQ(Count("audit_event WHERE action LIKE 'handoff.%'"), 0);
}

TEST_F(PullPagesTest, RefuseEverythingElse) {
  for (const char* path :
       {"/", "/v1/results/", "/v1/results/x/taken", "/v1/results//taken", "/v1/results/taken", "/v1/resultsx"}) {
    EXPECT_EQ(Ask({.method = "POST", .path = path}).status, 404) << path;
  }
  EXPECT_EQ(Ask({.method = "POST", .path = "/v1/results"}).status, 405);
  EXPECT_EQ(Ask({.method = "GET", .path = "/v1/results/" + desk_one_ + "/taken"}).status, 405);
  for (const char* query : {"desk=", "desk=x", "desk='; DROP TABLE desk", "all=1"}) {
    EXPECT_EQ(Ask({.method = "GET", .path = "/v1/results", .query = query}).status, 400) << query;
  }
  EXPECT_EQ(Take(UuidText(crypto::NewUuid())), 404);
}

}  // namespace
}  // namespace madoguchi::handoff
