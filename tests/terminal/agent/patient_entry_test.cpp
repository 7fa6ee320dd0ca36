// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/patient_entry.h"

#include <gtest/gtest.h>

#include "tests/terminal/agent/at_keyboard.h"
#include "tests/terminal/agent/pipe.h"

namespace madoguchi::agent {
namespace {

Result<link::PressFields> FromLines(const Options& options, const std::string& lines) {
  const Pipe pipe(lines);
  Entry entry = Entry::Open(pipe.descriptor()).value();
  return PatientEntry(options, entry).Next();
}

std::string Text(const std::optional<SecretBytes>& kept) {
  return kept ? std::string(AsText(kept->view())) : "none";
}

TEST(PatientEntry, TakesPatientNumberAndExpectedBirthDateFromLines) {
  const Result<link::PressFields> fields = FromLines({}, "patient-number=P-0042\nexpected-birthdate=1960-02-29\n");
  ASSERT_TRUE(fields.ok());
  EXPECT_TRUE(Text(fields->patient_number) == "P-0042");
  EXPECT_TRUE(Text(fields->expected_birthdate) == "19600229");
  EXPECT_FALSE(fields->inquiry.has_value());
  EXPECT_TRUE(Text(FromLines({}, "")->patient_number) == "none");
  const Result<link::PressFields> wide = FromLines({}, "expected-birthdate=１９６０／０２／２９\n");
  EXPECT_TRUE(wide.ok() && Text(wide->expected_birthdate) == "19600229") << "as a Japanese keyboard types it";
}

TEST(PatientEntry, RefusesWhatIsNoPatientNumberOrDateWithoutRepeatingIt) {
  for (const std::string& lines :
       {std::string("patient-number=P\t42\n"), "patient-number=" + std::string(51, '7') + "\n",
        std::string("patient-number=\xFF\n"), std::string("expected-birthdate=1960229\n"),
        std::string("expected-birthdate=196002291\n"), std::string("expected-birthdate=19610229\n"),
        std::string("expected-birthdate=S350229x\n")}) {
    const Result<link::PressFields> fields = FromLines({}, lines);
    ASSERT_FALSE(fields.ok());
    EXPECT_EQ(fields.error().code, ErrorCode::kFieldInvalid);
    EXPECT_TRUE(fields.error().detail == "patient-number" || fields.error().detail == "expected-birthdate");
  }
  std::string fifty;
  for (int i = 0; i < 50; ++i) fifty += "診";
  EXPECT_TRUE(FromLines({}, "patient-number=" + fifty + "\n").ok()) << "50 characters, whatever their bytes";
}

TEST(PatientEntry, TakesOneLineOfTheDescriptorForEachPatient) {
  const Pipe numbers("0042\r\n\n0043");
  Options options;
  options.patient_number_fd = numbers.descriptor();
  Entry entry = Entry::Open(-1).value();
  PatientEntry patient(options, entry);
  EXPECT_TRUE(Text(patient.Next()->patient_number) == "0042");
  EXPECT_TRUE(Text(patient.Next()->patient_number) == "none");
  EXPECT_TRUE(Text(patient.Next()->patient_number) == "0043");
  EXPECT_TRUE(Text(patient.Next()->patient_number) == "none");
}

TEST(PatientEntry, AsksAtTheKeyboardOnlyWhenItIsTold) {
  const auto ask = [] {
    Options options;
    options.ask_patient = true;
    Entry entry = Entry::Open(-1).value();
    const Result<link::PressFields> fields = PatientEntry(options, entry).Next();
    return fields && Text(fields->patient_number) == "0042" && Text(fields->expected_birthdate) == "none" ? 0 : 1;
  };
  EXPECT_EQ(AtKeyboard({"0042\r", "\r"}, ask).second, 0);
  Entry entry = Entry::Open(-1).value();
  EXPECT_TRUE(PatientEntry({}, entry).Next().ok()) << "nothing to ask";
}

TEST(PatientEntry, CountsTheStatementOfTheCommandLineForTheFirstPatientOnly) {
  Options options;
  options.method = link::Method::kSight;
  options.json = true;
  options.attestation = {link::Presenter::kHolder, link::PhotoCheck::kCompared};
  Entry entry = Entry::Open(-1).value();
  PatientEntry patient(options, entry);
  EXPECT_EQ(patient.Next()->attestation, options.attestation);
  EXPECT_EQ(patient.Next().error().code, ErrorCode::kAttestationMissing);
}

TEST(PatientEntry, AsksAProgramForNothingMoreAfterSeveralHits) {
  Options options;
  options.method = link::Method::kNumber;
  const Pipe pipe("insurer-number=138057\nnumber=0042\nbirthdate=19600229\nreason=card-not-brought\n");
  Entry entry = Entry::Open(pipe.descriptor()).value();
  PatientEntry patient(options, entry);
  Result<link::PressFields> fields = patient.Next();
  ASSERT_TRUE(fields.ok());
  EXPECT_FALSE(patient.AskMore(*fields).value());
}

}  // namespace
}  // namespace madoguchi::agent
