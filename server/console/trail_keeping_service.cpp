// SPDX-License-Identifier: Apache-2.0
#include "server/console/trail_keeping_service.h"

#include "server/account/text_fields.h"
#include "server/console/problems_wire.h"
#include "server/console/wire_time.h"

namespace madoguchi::console {
namespace {

using account::Problems;

constexpr account::Field kReason{"reason", "理由", "reason"};
static_assert(kHoldsStandingMax == 200);

Result<void> OfTheWholeOrganisation(const Caller& caller) {
  if (caller.institution_codes.empty()) return {};
  return Error{ErrorCode::kInstitutionNotAllowed, "the trail is the whole organisation's", {}};
}

void CheckTime(Problems& problems, const char* field, const std::string& text) {
  if (!IsWireTime(text))
    problems.push_back({field, "日時は 2026-11-23T09:00:00+09:00 の形で入力してください。",
                        "A time looks like 2026-11-23T09:00:00+09:00."});
}

void AddUntil(Problems& problems) {
  problems.push_back({"until", "終わりは始まりより後にしてください。", "The end is after the beginning."});
}

void Fill(const PartitionFacts& facts, v1::TrailPartition& partition) {
  partition.set_name(facts.name);
  partition.set_from(facts.from);
  partition.set_until(facts.until);
  partition.set_state(facts.state);
  partition.set_rows(facts.rows);
  partition.set_bytes(facts.bytes);
  partition.set_retirable_from(facts.retirable_from);
  partition.set_hold(facts.hold);
  partition.set_retired_by(facts.retired_by);
  partition.set_retired_at(facts.retired_at);
  partition.set_reason(facts.reason);
  partition.set_leaves(facts.leaves);
}

void Fill(const HoldFacts& facts, v1::TrailHold& hold) {
  hold.set_number(static_cast<std::uint32_t>(facts.number));
  hold.set_from(facts.from);
  hold.set_until(facts.until);
  hold.set_reason(facts.reason);
  hold.set_placed_by(facts.placed_by);
  hold.set_placed_at(facts.placed_at);
  hold.set_lifted_by(facts.lifted_by);
  hold.set_lifted_at(facts.lifted_at);
}

}  // namespace

NewHold ReadHold(const v1::PlaceTrailHoldRequest& request, Problems& problems) {
  CheckTime(problems, "from", request.from());
  CheckTime(problems, "until", request.until());
  account::CheckText(problems, kReason, request.reason(), kHoldReasonMax);
  return {request.from(), request.until(), request.reason()};
}

grpc::Status TrailKeepingService::ListPartitions(grpc::ServerContext* context,
                                                 const v1::ListTrailPartitionsRequest* request,
                                                 v1::ListTrailPartitionsResponse* response) {
  return guard_.Serve(*context, "TrailKeepingService/ListPartitions", *request,
                      [&](const Caller&, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const auto partitions, book_.Partitions(retention_years_, deadline));
                        for (const PartitionFacts& facts : partitions) Fill(facts, *response->add_partitions());
                        response->set_retention_years(static_cast<std::uint32_t>(retention_years_));
                        return {};
                      });
}

grpc::Status TrailKeepingService::ListHolds(grpc::ServerContext* context, const v1::ListTrailHoldsRequest* request,
                                            v1::ListTrailHoldsResponse* response) {
  return guard_.Serve(*context, "TrailKeepingService/ListHolds", *request,
                      [&](const Caller&, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const auto holds, book_.Holds(deadline));
                        for (const HoldFacts& facts : holds) Fill(facts, *response->add_holds());
                        return {};
                      });
}

grpc::Status TrailKeepingService::PlaceHold(grpc::ServerContext* context, const v1::PlaceTrailHoldRequest* request,
                                            v1::PlaceTrailHoldResponse* response) {
  return guard_.Serve(*context, "TrailKeepingService/PlaceHold", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        TRY_VOID(OfTheWholeOrganisation(caller));
                        Problems problems;
                        const NewHold hold = ReadHold(*request, problems);
                        refused.problems = ProblemsOnWire(problems);
                        if (account::Refuses(problems))
                          return Error{ErrorCode::kFieldInvalid, problems.front().field, {}};
                        const Result<std::int64_t> number = book_.PlaceHold(hold, caller.user_id, deadline);
                        if (!number.ok()) {
                          if (number.error().code == ErrorCode::kFieldInvalid) AddUntil(problems);
                          refused.problems = ProblemsOnWire(problems);
                          return number.error();
                        }
                        response->set_number(static_cast<std::uint32_t>(*number));
                        return {};
                      });
}

grpc::Status TrailKeepingService::LiftHold(grpc::ServerContext* context, const v1::LiftTrailHoldRequest* request,
                                           v1::LiftTrailHoldResponse* /*response*/) {
  return guard_.Serve(*context, "TrailKeepingService/LiftHold", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_VOID(OfTheWholeOrganisation(caller));
                        return book_.LiftHold(request->number(), caller.user_id, caller.approval, deadline);
                      });
}

}  // namespace madoguchi::console
