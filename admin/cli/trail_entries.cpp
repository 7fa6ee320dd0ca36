// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/trail_entries.h"

namespace madoguchi::cli {

const std::vector<Column>& TrailColumns() {
  static const std::vector<Column> columns = {{"sequence", "番号 / number"},
                                              {"recorded_at", "日時 / recorded"},
                                              {"event_ja", "出来事"},
                                              {"event", "event"},
                                              {"desk_name", "窓口端末 / desk"},
                                              {"account_id", "アカウント / account"},
                                              {"operator_code", "受付担当 / operator"},
                                              {"actor", "操作者 / actor"},
                                              {"method", "方法 / method"},
                                              {"inquiry_reason", "理由 / reason"},
                                              {"shown", "表示 / shown"},
                                              {"seconds", "秒 / s"},
                                              {"code", "コード / code"},
                                              {"code_text_ja", "内容"},
                                              {"detail", "詳細 / detail"},
                                              {"press_id", "照会操作 / press"},
                                              {"reviewed", "点検済み / reviewed"}};
  return columns;
}

Done AskPatient(Shell& shell, const PatientWish& wish, v1::Patient& patient) {
  if (wish.number) {
    if (Done failed = shell.secrets->Get("patient_number", "患者番号 / patient number: ", Typing::kShown,
                                         *patient.mutable_patient_number()))
      return failed;
  }
  for (std::uint32_t number = 1; number <= wish.insurances; ++number) {
    const std::string tail = number == 1 ? "" : "_" + std::to_string(number);
    const std::string which = wish.insurances == 1 ? "" : " (" + std::to_string(number) + ")";
    v1::Insurance& insurance = *patient.add_insurances();
    if (Done failed = shell.secrets->Get("insurer_number" + tail, "保険者番号 / insurer number" + which + ": ",
                                         Typing::kShown, *insurance.mutable_insurer_number()))
      return failed;
    if (Done failed =
            shell.secrets->GetOptional("symbol" + tail, "記号 / symbol" + which + ": ", *insurance.mutable_symbol()))
      return failed;
    if (Done failed = shell.secrets->Get("number" + tail, "番号 / number" + which + ": ", Typing::kShown,
                                         *insurance.mutable_number()))
      return failed;
    if (Done failed =
            shell.secrets->GetOptional("branch" + tail, "枝番 / branch" + which + ": ", *insurance.mutable_branch()))
      return failed;
  }
  return {};
}

void WipePatient(v1::Patient& patient) {
  WipeText(patient.mutable_patient_number());
  for (v1::Insurance& insurance : *patient.mutable_insurances()) {
    for (std::string* text : {insurance.mutable_insurer_number(), insurance.mutable_symbol(),
                              insurance.mutable_number(), insurance.mutable_branch()})
      WipeText(text);
  }
}

void ShowTrail(const Shell& shell, const google::protobuf::RepeatedPtrField<v1::TrailEntry>& entries,
               const std::string& next) {
  Shown shown = ShownList("entries", entries, TrailColumns());
  shown.texts.emplace_back("next", next);
  if (!next.empty()) shown.notes.push_back("続き / more: --before " + next);
  Show(shell.settings, shown);
}

void AddPatient(CLI::App& command, const std::shared_ptr<PatientWish>& wish) {
  AddFlag(
      command, "--patient", [wish] { wish->number = true; },
      "患者番号を入力して探す（引数には書けない） / ask for the patient number; it is never an argument");
  AddNumber(
      command, "--insurances", [wish](std::uint32_t count) { wish->insurances = count; },
      "保険をいくつ入力して探すか、過去のものも / how many insurances to ask for, past ones too")
      .check(CLI::Range(std::uint32_t{1}, kInsurancesMost));
}

}  // namespace madoguchi::cli
