// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/call_reconciler.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace madoguchi::eligibility {
namespace {

class MemoryBook final : public CallBook {
 public:
  Result<void> Write(const std::vector<CallRecord>&, Deadline) override { return {}; }
  Result<std::size_t> EndAbandoned(Deadline) override {
    if (error) return *error;
    ++looked;
    return std::size_t{0};
  }
  Result<std::vector<UnknownCall>> TakeUnknown(Deadline) override { return due; }
  Result<void> Reconcile(const UnknownCall& call, Became became, Deadline) override {
    written.emplace(call.call_id, became);
    return {};
  }
  Result<bool> ForgetOld(Deadline) override { return true; }
  Result<CallPage> Search(const CallSearch&, Deadline) override { return CallPage{}; }
  std::vector<UnknownCall> due;
  std::map<std::string, Became> written;
  std::optional<Error> error;
  int looked = 0;
};

UnknownCall Call(const std::string& id) {
  return {id, "check", "key-" + id, {"1311234567", "W0000001", "desk"}};
}

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(10));
}

TEST(CallReconciler, WritesWhatTheNationalSideSaysOfEachCall) {
  MemoryBook book;
  book.due = {Call("a"), Call("b")};
  CallReconciler reconciler(book, [](const UnknownCall& call, Deadline) -> Result<Became> {
    return call.key == "key-a" ? Became::kAnswered : Became::kNotSeen;
  });
  const Result<bool> done = reconciler.Tick(Soon());
  ASSERT_TRUE(done.ok());
  EXPECT_TRUE(*done);
  EXPECT_EQ(book.written, (std::map<std::string, Became>{{"a", Became::kAnswered}, {"b", Became::kNotSeen}}));
  EXPECT_EQ(book.looked, 1);
}

TEST(CallReconciler, LeavesACallUnknownWhileNobodySaysAndGoesOnWithTheOthers) {
  MemoryBook book;
  book.due = {Call("a"), Call("b")};
  CallReconciler reconciler(book, [](const UnknownCall& call, Deadline) -> Result<Became> {
    if (call.call_id == "a") return Error{ErrorCode::kNationalUnreachable, "", {}};
    return Became::kAnswered;
  });
  ASSERT_TRUE(reconciler.Tick(Soon()).ok());
  EXPECT_EQ(book.written, (std::map<std::string, Became>{{"b", Became::kAnswered}}));
}

TEST(CallReconciler, AsksNobodyWhileQuestionsArePaused) {
  MemoryBook book;
  for (std::size_t i = 0; i < kReconciledPerRoundMax; ++i) book.due.push_back(Call(std::to_string(i)));
  int asked = 0;
  CallReconciler reconciler(book, [&](const UnknownCall&, Deadline) -> Result<Became> {
    ++asked;
    return Error{ErrorCode::kNationalPaused, "", {}};
  });
  const Result<bool> done = reconciler.Tick(Soon());
  ASSERT_TRUE(done.ok());
  EXPECT_TRUE(*done) << "the pause between rounds comes first";
  EXPECT_EQ(asked, 1);
}

TEST(CallReconciler, ComesBackAtOnceWhenMoreMayBeDue) {
  MemoryBook book;
  for (std::size_t i = 0; i < kReconciledPerRoundMax; ++i) book.due.push_back(Call(std::to_string(i)));
  CallReconciler reconciler(book, [](const UnknownCall&, Deadline) -> Result<Became> { return Became::kNotSeen; });
  const Result<bool> done = reconciler.Tick(Soon());
  ASSERT_TRUE(done.ok());
  EXPECT_FALSE(*done);
}

TEST(CallReconciler, AsksNothingFurtherWhenTheServerEnds) {
  MemoryBook book;
  book.due = {Call("a"), Call("b")};
  CallReconciler* ending = nullptr;
  CallReconciler reconciler(book, [&ending](const UnknownCall&, Deadline) -> Result<Became> {
    ending->End();
    return Became::kAnswered;
  });
  ending = &reconciler;
  const Result<bool> done = reconciler.Tick(Soon());
  ASSERT_TRUE(done.ok());
  EXPECT_TRUE(*done);
  EXPECT_EQ(book.written, (std::map<std::string, Became>{{"a", Became::kAnswered}})) << "what was asked is written";
}

TEST(CallReconciler, ReportsABookThatCannotBeRead) {
  MemoryBook book;
  book.error = Error{ErrorCode::kDatabaseUnreachable, "", {}};
  CallReconciler reconciler(book, [](const UnknownCall&, Deadline) -> Result<Became> { return Became::kNotSeen; });
  EXPECT_EQ(reconciler.Tick(Soon()).error().code, ErrorCode::kDatabaseUnreachable);
}

}  // namespace
}  // namespace madoguchi::eligibility
