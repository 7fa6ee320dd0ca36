// SPDX-License-Identifier: Apache-2.0
#include "server/console/staff_service.h"

#include <gtest/gtest.h>

#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;

class StaffServiceTest : public ConsoleTest {
 protected:
  StaffServiceTest() {
    Serve({&service_});
    stub_ = v1::StaffService::NewStub(Channel());
    token_ = Session(kAda);
  }
  ~StaffServiceTest() override { StopServing(); }
  int Add(const std::string& code, const std::string& name = "山田 花子") {
    v1::AddStaffRequest request;
    request.set_staff_code(code);
    request.set_name(name);
    v1::AddStaffResponse response;
    status_ = stub_->Add(As(token_).get(), request, &response);
    first_pin_ = response.first_pin();
    return CodeOfCall(status_);
  }
  v1::ListStaffResponse List(const std::string& user) {
    v1::ListStaffResponse response;
    EXPECT_TRUE(stub_->List(As(Session(user)).get(), {}, &response).ok());
    return response;
  }

  account::Operators operators_{{store_->staff(), keyed_hash_}};
  StaffService service_{*guard_, operators_};
  std::unique_ptr<v1::StaffService::Stub> stub_;
  std::string token_, first_pin_;
  grpc::Status status_;
};

TEST_F(StaffServiceTest, AddsAnOperatorAndShowsTheFirstPinOnce) {
  ASSERT_EQ(Add("A1"), 0);
  EXPECT_EQ(first_pin_.size(), 6u);
  const v1::ListStaffResponse list = List(kAda);
  ASSERT_EQ(list.staff_size(), 1);
  EXPECT_EQ(list.staff(0).staff_code(), "A1");
  EXPECT_TRUE(list.staff(0).active() && list.staff(0).pin_must_change());
  EXPECT_EQ(list.roster_max(), 9999u);
}

TEST_F(StaffServiceTest, NamesAreForAdministratorsOnly) {
  ASSERT_EQ(Add("A1"), 0);
  EXPECT_EQ(List(kAda).staff(0).name(), "山田 花子");
  EXPECT_EQ(List(kAud).staff(0).name(), "");
}

TEST_F(StaffServiceTest, ABadFieldIsNamed) {
  EXPECT_EQ(Add("a-1"), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(RefusalOf(status_).problems(0).field(), "staff_code");
  EXPECT_EQ(Add("A1", "x\u202Ey"), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(RefusalOf(status_).problems(0).field(), "name");
}

TEST_F(StaffServiceTest, RemovesAndGivesANewPin) {
  ASSERT_EQ(Add("A1"), 0);
  v1::ResetStaffPinRequest reset;
  reset.set_staff_code("A1");
  v1::ResetStaffPinResponse again;
  ASSERT_TRUE(stub_->ResetPin(As(token_).get(), reset, &again).ok());
  EXPECT_EQ(again.first_pin().size(), 6u);
  v1::RemoveStaffRequest remove;
  remove.set_staff_code("A1");
  v1::RemoveStaffResponse removed;
  ASSERT_TRUE(stub_->Remove(As(token_).get(), remove, &removed).ok());
  EXPECT_FALSE(List(kAda).staff(0).active());
  EXPECT_EQ(CodeOfCall(stub_->ResetPin(As(token_).get(), reset, &again)), Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Events("account.staff_added") + Events("account.staff_pin_reset") + Events("account.staff_removed"), 3);
}

}  // namespace
}  // namespace madoguchi::console
