// SPDX-License-Identifier: Apache-2.0
// For tests: the forms of a person's answer, as the hand-off makes them.
//   handoff_forms json|fhir|oqs-utf8|oqs-shift-jis FILE|seed:N   FILE: an XmlMsg, as the simulated national service
//   answers it;
//                                                                N: an answer made by chance (any_handing.h)
// The check it belongs to is always the same: press, desk, account and times are fixed, so that the output is too.
// Errors: status 1 and the code on standard error.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "server/eligibility/xml_answer.h"
#include "server/handoff/answer_json.h"
#include "server/handoff/fhir_bundle.h"
#include "server/handoff/oqs_file.h"
#include "tests/server/handoff/any_handing.h"

namespace {

using namespace madoguchi;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kSeed = "seed:";

Result<handoff::Handing> HandingOf(const std::string& file) {
  if (file.starts_with(kSeed)) {
    return handoff::test::AnyHanding(static_cast<unsigned>(std::strtoul(file.c_str() + kSeed.size(), nullptr, 10)));
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  TRY_ASSIGN(eligibility::ReceivedAnswer received, eligibility::ReadXmlAnswer(content.str()));
  handoff::Handing handing;
  handing.caller = {"1311234567", "W0000001", "0f0e0d0c-0b0a-4908-8706-050403020100"};
  handing.press_id = UuidFromText("00112233-4455-4677-8899-aabbccddeeff").value_or(Bytes());
  handing.method = "pin";
  handing.patient_number = "00123";
  handing.certificate_days_left = 1000;
  handing.answer = std::move(received.answer);
  handing.answer.executed_at_raw = "20260401090000";
  handing.answer.confirmation_date_raw = "20260401";
  return handing;
}

Result<std::string> Written(const std::string& form, const handoff::Handing& handing) {
  if (form == "json") return handoff::AnswerJson(handing);
  if (form == "fhir") return handoff::FhirBundle(handing);
  const bool utf8 = form == "oqs-utf8";
  if (!utf8 && form != "oqs-shift-jis") return Error{ErrorCode::kFieldInvalid, "form", {}};
  TRY_ASSIGN(handoff::OqsFile file, handoff::WriteOqsFile(handing, utf8 ? eligibility::XmlEncoding::kUtf8
                                                                        : eligibility::XmlEncoding::kShiftJis));
  return std::move(file.content);
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  const Result<handoff::Handing> handing = HandingOf(words[2]);
  const Result<std::string> written = handing ? Written(words[1], *handing) : Result<std::string>(handing.error());
  if (!written) {
    std::cerr << Describe(written.error().code).name << ": " << written.error().detail << "\n";
    return 1;
  }
  std::cout << *written;
  return 0;
}
