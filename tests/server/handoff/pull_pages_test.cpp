// SPDX-License-Identifier: Apache-2.0
// The pull API's pages over the real database and real keys; tests/flow asks through the listener.
#include "server/handoff/pull_pages.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/handoff/answer_json.h"
#include "tests/server/handoff/kept_fixture.h"

namespace madoguchi::handoff {
namespace {

using Json = nlohmann::json;

const std::string kClient(64, 'a'), kSecondClient(64, 'c');

class PullPagesTest : public test::KeptTest {
 protected:
  PullPagesTest() {
    pages_ = std::make_unique<PullPages>(PullPages::Parts{store_->kept_results(),
                                                          keys_,
                                                          {kClient, kSecondClient},
                                                          AnswerJson,
                                                          [](const Handing&) { return R"({"resourceType":"Bundle"})"; },
                                                          [this](int) { ++taken_; }});
  }
  void Answered(const std::string& desk_id, const std::string& account_id, bool held = false) {
    KeptTest::Answered(IntentOf(desk_id, account_id), {.pull = true}, held);
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

TEST_F(PullPagesTest, PutIntoTheTrailWhoReadAResultEachReaderOnce) {
  Answered(desk_one_, "W0000001");
  for (const std::string& client : {kClient, kSecondClient, kClient, kSecondClient})
    EXPECT_EQ(Ask({.method = "GET", .path = "/v1/results", .client_sha256 = client}).status, 200);
  EXPECT_EQ(Sql("SELECT string_agg(actor, ' ' ORDER BY actor) FROM audit_event WHERE action = 'handoff.read'"),
            "certificate aaaaaaaaaaaaaaaa certificate cccccccccccccccc");
}

TEST_F(PullPagesTest, RefuseAResultWhoseKeyIsDamagedAndGiveTheOthers) {
  Answered(desk_one_, "W0000001");
  std::filesystem::resize_file(directory_ + "/" + keys_.All().at(0), 10);
  Answered(desk_two_, "W0000002");
  const Json results = Results();
  ASSERT_EQ(results["results"].size(), 1U);
  EXPECT_EQ(results["results"][0]["desk"], desk_two_);
  EXPECT_EQ(Sql("SELECT state || ' ' || code FROM kept_result ORDER BY number LIMIT 1"), "refused 2009");
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
