// SPDX-License-Identifier: Apache-2.0
// TrailReviewServiceTest: the service over a console listener, and rows of the trail as a test writes them (as
// superuser).
#pragma once
#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/audit/event.h"
#include "server/audit/subject.h"
#include "server/console/trail_review_service.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {

inline constexpr char kLocal[] = "local@clinic.example";  // auditor of kOtherInstitution alone
inline constexpr char kPressOne[] = "11111111-0000-4000-8000-000000000001";
inline constexpr char kPressTwo[] = "11111111-0000-4000-8000-000000000002";
inline constexpr char kPatientNumber[] = "Z-778899";
inline constexpr char kInsuredNumber[] = "31415926";

class TrailReviewServiceTest : public ConsoleTest {
 protected:
  TrailReviewServiceTest() {
    AddUser(kLocal, "auditor", {kOtherInstitution});
    Serve({&service_});
    stub_ = v1::TrailReviewService::NewStub(Channel());
  }
  ~TrailReviewServiceTest() override { StopServing(); }

  // A row with these columns; its detail names it. `values` as SQL.
  void Add(const std::string& name, const std::string& action, const std::string& columns = {},
           const std::string& values = {}, const std::string& at = "clock_timestamp()") const {
    Sql("INSERT INTO audit_event (record_id, owner, action, detail, recorded_at" +
        (columns.empty() ? "" : ", " + columns) + ") VALUES (gen_random_uuid(), 'test', '" + action + "', '" + name +
        "', " + at + (values.empty() ? "" : ", " + values) + ")");
  }
  // The names of what was found.
  std::vector<std::string> Find(const std::string& user, const v1::SearchTrailRequest& request) {
    answer_.Clear();
    status_ = stub_->Search(As(Session(user)).get(), request, &answer_);
    std::vector<std::string> names;
    for (const v1::TrailEntry& entry : answer_.entries())
      if (entry.owner() == "test") names.push_back(entry.detail());
    return names;
  }
  std::vector<std::string> FindBy(const std::function<void(v1::SearchTrailRequest&)>& fill) {
    v1::SearchTrailRequest request;
    fill(request);
    return Find(kAud, request);
  }
  std::string Field() const {
    const v1::CallRefusal refusal = RefusalOf(status_);
    return refusal.problems_size() == 0 ? "" : refusal.problems(0).field();
  }
  std::string LastDetail(const std::string& action) const {
    return Sql("SELECT coalesce(detail, '') FROM audit_event WHERE action = '" + action +
               "' ORDER BY sequence DESC LIMIT 1");
  }
  std::string PatientHash() const { return keyed_hash_.Of(AsBytes(audit::PatientSubject(kPatientNumber))); }
  std::string InsuranceHash(const audit::KeyedHash& key) const {
    return key.Of(AsBytes(audit::InsuranceSubject({"06138057", "12", kInsuredNumber, "01"})));
  }
  v1::Insurance Paper() const {
    v1::Insurance insurance;
    insurance.set_insurer_number("０６１３８０５７");
    insurance.set_symbol("12");
    insurance.set_number(kInsuredNumber);
    insurance.set_branch("01");
    return insurance;
  }
  void AddLeaves(int count) const {
    Sql("INSERT INTO trail_leaf (leaf_index, sequence, recorded_at) SELECT row_number() OVER (ORDER BY sequence) - 1 + "
        "(SELECT count(*) FROM trail_leaf), sequence, recorded_at FROM (SELECT sequence, recorded_at FROM audit_event "
        "WHERE "
        "sequence NOT IN (SELECT sequence FROM trail_leaf) ORDER BY sequence LIMIT " +
        std::to_string(count) + ") AS rows");
    Sql("UPDATE trail_head SET size = (SELECT count(*) FROM trail_leaf)");
  }

  const audit::KeyedHash retired_{Bytes(32, 0x17)};
  const audit::KeyedHash keys_{Bytes(32, 0x42), {Bytes(32, 0x17)}};
  TrailReviewService service_{{*guard_, store_->review(), store_->trail(), keys_}};
  std::unique_ptr<v1::TrailReviewService::Stub> stub_;
  v1::SearchTrailResponse answer_;
  grpc::Status status_;
};

}  // namespace madoguchi::console
