// SPDX-License-Identifier: Apache-2.0
#include "server/console/handoff_service.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "contract/crypto/random.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using testing::ElementsAre;

constexpr char kLocal[] = "local@clinic.example";  // administrator of kOtherInstitution alone

class HandoffServiceTest : public ConsoleTest {
 protected:
  HandoffServiceTest() {
    std::filesystem::create_directory(directory_);
    AddUser(kLocal, "administrator", {kOtherInstitution});
    Add("oqs_folder", "waiting", kInstitution);
    Add("webhook", "refused", kInstitution);
    Add("webhook", "waiting", kOtherInstitution);
    Serve({&service_});
    stub_ = v1::HandoffService::NewStub(Channel());
  }
  ~HandoffServiceTest() override { StopServing(); }
  void Add(const std::string& channel, const std::string& state, const std::string& institution) {
    const std::string row_id = UuidText(crypto::NewUuid());
    const auto sealed = keys_.Seal(row_id, AsBytes("a result"));
    ASSERT_TRUE(sealed.ok());
    Sql("INSERT INTO kept_result (row_id, press_id, channel, state, sealed, desk_id, institution_code, expires_at, "
        "code) VALUES ('" +
        row_id + "', gen_random_uuid(), '" + channel + "', '" + state + "', decode('" + ToHex(*sealed) +
        "', 'hex'), '" + desk_one_ + "', '" + institution + "', now() + interval '1 hour', " +
        (state == "refused" ? "2008" : "0") + ")");
  }
  std::vector<std::int64_t> List(const std::string& user, const v1::ListHandoffRequest& request = {}) {
    answer_.Clear();
    status_ = stub_->List(As(Session(user)).get(), request, &answer_);
    std::vector<std::int64_t> numbers;
    for (const v1::HandoffRow& row : answer_.rows()) numbers.push_back(row.number());
    return numbers;
  }
  int Retry(const std::string& user, std::int64_t number) {
    v1::RetryHandoffRequest request;
    request.set_number(number);
    v1::RetryHandoffResponse response;
    return CodeOfCall(stub_->Retry(As(Session(user)).get(), request, &response));
  }
  int Discard(const std::string& user, std::int64_t number) {
    v1::DiscardHandoffRequest request;
    request.set_number(number);
    v1::DiscardHandoffResponse response;
    return CodeOfCall(stub_->Discard(As(Session(user)).get(), request, &response));
  }
  const std::string directory_ = folder_.File("kept-keys");
  const handoff::RowKeys keys_{directory_};
  const handoff::KeptResults results_{store_->kept_results(), keys_};
  int woken_ = 0;
  HandoffService service_{{*guard_, store_->kept_results(), results_, [this] { ++woken_; }}};
  std::unique_ptr<v1::HandoffService::Stub> stub_;
  v1::ListHandoffResponse answer_;
  grpc::Status status_;
};

TEST_F(HandoffServiceTest, ListsTheNewestFirstWithinTheInstitutionsOfTheSession) {
  EXPECT_THAT(List(kViv), ElementsAre(3, 2, 1));
  EXPECT_EQ(answer_.rows(1).channel(), "webhook");
  EXPECT_EQ(answer_.rows(1).state(), "refused");
  EXPECT_EQ(answer_.rows(1).code(), 2008);
  EXPECT_EQ(answer_.rows(1).desk_name(), "desk one");
  EXPECT_THAT(List(kLocal), ElementsAre(3));
  v1::ListHandoffRequest request;
  request.set_state("waiting");
  EXPECT_THAT(List(kViv, request), ElementsAre(3, 1));
  request.set_page_size(1);
  EXPECT_THAT(List(kViv, request), ElementsAre(3));
  EXPECT_TRUE(answer_.more());
  request.set_before(3);
  EXPECT_THAT(List(kViv, request), ElementsAre(1));
  EXPECT_FALSE(answer_.more());
}

TEST_F(HandoffServiceTest, NamesTheFieldsThatAreWrong) {
  for (const auto& [channel, state, page] : {std::tuple{"fax", "", 0U}, {"", "lost", 0U}, {"", "", 501U}}) {
    v1::ListHandoffRequest request;
    request.set_channel(channel);
    request.set_state(state);
    request.set_page_size(page);
    EXPECT_TRUE(List(kViv, request).empty());
    EXPECT_EQ(CodeOfCall(status_), store::Number(ErrorCode::kFieldInvalid));
  }
}

TEST_F(HandoffServiceTest, RetriesWhatWasRefusedAndNothingElse) {
  EXPECT_EQ(Retry(kViv, 2), store::Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(Retry(kLocal, 2), store::Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Retry(kAda, 1), store::Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(woken_, 0);
  EXPECT_EQ(Retry(kAda, 2), 0);
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(Sql("SELECT state FROM kept_result WHERE number = 2"), "waiting");
  EXPECT_EQ(Sql("SELECT actor FROM audit_event WHERE action = 'handoff.retried'"), kAda);
}

TEST_F(HandoffServiceTest, DiscardsForGoodWithTheKey) {
  EXPECT_EQ(Discard(kLocal, 1), store::Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Discard(kAda, 1), 0);
  EXPECT_EQ(Count("kept_result WHERE number = 1 AND state = 'destroyed' AND sealed IS NULL"), 1);
  EXPECT_EQ(keys_.All().size(), 2U);
  EXPECT_EQ(Discard(kAda, 1), store::Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(Discard(kAda, 99), store::Number(ErrorCode::kNotFoundHere));
}

}  // namespace
}  // namespace madoguchi::console
