// SPDX-License-Identifier: Apache-2.0
// What the commands that read the trail share: rows for people and programs, a span of time, and a patient's numbers,
// which are typed or come over --secrets-fd and are never arguments. Thread: one.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "admin/cli/secrets.h"
#include "admin/cli/shell.h"
#include "admin/cli/time_text.h"
#include "madoguchi/v1/trail_review_service.pb.h"

namespace madoguchi::cli {

inline constexpr std::uint32_t kTrailRowsMost = 500;  // per call, as the server's
inline constexpr std::uint32_t kInsurancesMost = 10;  // likewise

struct PatientWish {
  bool number = false;
  std::uint32_t insurances = 0;
  bool Wanted() const { return number || insurances > 0; }
};

const std::vector<Column>& TrailColumns();
void ShowTrail(const Shell& shell, const google::protobuf::RepeatedPtrField<v1::TrailEntry>& entries,
               const std::string& next);

// insurer_number, symbol, number, branch; of a second insurance insurer_number_2 and so on.
Done AskPatient(Shell& shell, const PatientWish& wish, v1::Patient& patient);
void WipePatient(v1::Patient& patient);

// Reads --since and --until.
template <class Request>
Done ReadSpan(Request& request) {
  if (Done wrong = ReadTime("--since", *request.mutable_since())) return wrong;
  return ReadTime("--until", *request.mutable_until());
}

template <class Request>
void AddSpan(CLI::App& command, const std::shared_ptr<Request>& request) {
  AddText(command, "--since", request->mutable_since(),
          "この日時から（時差の指定がなければ日本時間） / from then on (of Japan without a zone)");
  AddText(command, "--until", request->mutable_until(), "この日時より前 / before then");
}

void AddPatient(CLI::App& command, const std::shared_ptr<PatientWish>& wish);

template <class Request>
void AddPage(CLI::App& command, const std::shared_ptr<Request>& request) {
  AddNumber(
      command, "--limit", [request](std::uint32_t rows) { request->set_page_size(rows); },
      "件数、1 から 500 まで / rows")
      .check(CLI::Range(std::uint32_t{1}, kTrailRowsMost));
  AddText(command, "--before", request->mutable_before(), "前の結果の続き（next の値） / `next` of the answer before");
}

void AddAuditSearchCommand(CLI::App& audit, Shell& shell);  // of AddAuditReviewCommands

}  // namespace madoguchi::cli
