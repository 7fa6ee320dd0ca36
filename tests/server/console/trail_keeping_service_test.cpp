// SPDX-License-Identifier: Apache-2.0
#include "server/console/trail_keeping_service.h"

#include <gmock/gmock.h>

#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr char kLocal[] = "local@clinic.example";  // administrator of kOtherInstitution alone

class TrailKeepingServiceTest : public ConsoleTest {
 protected:
  TrailKeepingServiceTest() {
    AddUser(kLocal, "administrator", {kOtherInstitution});
    Serve({&service_});
    stub_ = v1::TrailKeepingService::NewStub(Channel());
  }
  ~TrailKeepingServiceTest() override { StopServing(); }
  static v1::PlaceTrailHoldRequest January() {
    v1::PlaceTrailHoldRequest request;
    request.set_from("2026-01-01T00:00:00+09:00");
    request.set_until("2026-02-01T00:00:00+09:00");
    request.set_reason("調査のため");
    return request;
  }
  int Place(const std::string& user, const v1::PlaceTrailHoldRequest& request) {
    v1::PlaceTrailHoldResponse response;
    status_ = stub_->PlaceHold(As(Session(user)).get(), request, &response);
    number_ = response.number();
    return CodeOfCall(status_);
  }
  int Lift(const std::string& user, std::uint32_t number, const std::string& approval_id = {}) {
    v1::LiftTrailHoldRequest request;
    request.set_number(number);
    request.set_approval_id(approval_id);
    v1::LiftTrailHoldResponse response;
    status_ = stub_->LiftHold(As(Session(user)).get(), request, &response);
    return CodeOfCall(status_);
  }
  std::vector<std::string> WrongFields() const {
    std::vector<std::string> fields;
    const v1::CallRefusal refusal = RefusalOf(status_);
    for (const auto& problem : refusal.problems()) fields.push_back(problem.field());
    return fields;
  }
  v1::ListTrailHoldsResponse Holds() {
    v1::ListTrailHoldsResponse response;
    EXPECT_TRUE(stub_->ListHolds(As(Session(kAud)).get(), {}, &response).ok());
    return response;
  }

  TrailKeepingService service_{*guard_, store_->keeping(), 5};
  std::unique_ptr<v1::TrailKeepingService::Stub> stub_;
  grpc::Status status_;
  std::uint32_t number_ = 0;
};

TEST_F(TrailKeepingServiceTest, AnAuditorPlacesAHoldAloneAndAViewerDoesNot) {
  EXPECT_EQ(Place(kAud, January()), 0);
  EXPECT_EQ(number_, 1U);
  EXPECT_EQ(Holds().holds(0).placed_by(), kAud);
  EXPECT_EQ(Holds().holds(0).from(), "2025-12-31T15:00:00Z");
  EXPECT_EQ(Place(kViv, January()), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(Events("audit.hold_placed"), 1);
}

TEST_F(TrailKeepingServiceTest, WhoIsBoundToAnInstitutionLooksAndDoesNotChange) {
  EXPECT_EQ(Place(kLocal, January()), Number(ErrorCode::kInstitutionNotAllowed));
  v1::ListTrailPartitionsResponse response;
  EXPECT_TRUE(stub_->ListPartitions(As(Session(kLocal)).get(), {}, &response).ok());
  EXPECT_EQ(response.retention_years(), 5U);
  EXPECT_EQ(response.partitions_size(), 14);
  EXPECT_EQ(response.partitions(0).state(), "growing");
  EXPECT_EQ(response.partitions(13).state(), "ahead");
}

TEST_F(TrailKeepingServiceTest, EveryFieldThatIsWrongIsNamed) {
  v1::PlaceTrailHoldRequest request;
  request.set_from("yesterday");
  request.set_reason(std::string(201, 'x'));
  EXPECT_EQ(Place(kAud, request), Number(ErrorCode::kFieldInvalid));
  EXPECT_THAT(WrongFields(), UnorderedElementsAre("from", "until", "reason"));
  request = January();
  request.set_until(request.from());
  EXPECT_EQ(Place(kAud, request), Number(ErrorCode::kFieldInvalid));
  EXPECT_THAT(WrongFields(), ElementsAre("until"));
  EXPECT_EQ(Count("trail_hold"), 0);
}

TEST_F(TrailKeepingServiceTest, AHoldIsLiftedByTwoAdministrators) {
  ASSERT_EQ(Place(kAud, January()), 0);
  EXPECT_EQ(Lift(kAud, number_), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(Lift(kAda, number_), Number(ErrorCode::kApprovalNeeded));
  const std::string approval = RefusalOf(status_).approval_id();
  EXPECT_EQ(Lift(kAda, number_, approval), Number(ErrorCode::kApprovalInvalid));
  ApproveInDatabase(approval);
  EXPECT_EQ(Lift(kAda, number_ + 1, approval), Number(ErrorCode::kApprovalInvalid));  // another act
  EXPECT_EQ(Lift(kAda, number_, approval), 0);
  EXPECT_EQ(Holds().holds(0).lifted_by(), kAda);
  EXPECT_EQ(Events("audit.hold_lifted"), 1);
}

}  // namespace
}  // namespace madoguchi::console
