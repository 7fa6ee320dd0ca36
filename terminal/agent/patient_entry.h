// SPDX-License-Identifier: Apache-2.0
// PatientEntry: what is typed or given for one patient before the press: the statement for sight, the numbers of an
// inquiry, the facility's patient number and the birth date that is expected. All of it stays in locked memory. Thread:
// one. Errors: ATTESTATION_MISSING, INQUIRY_FIELD_INVALID and FIELD_INVALID (the detail names the field),
// SECRET_MEMORY_UNAVAILABLE.
#pragma once
#include "terminal/agent/entry.h"
#include "terminal/agent/options.h"
#include "terminal/link/press_order.h"

namespace madoguchi::agent {

class PatientEntry {
 public:
  // Both outlive this.
  PatientEntry(const Options& options, Entry& entry) : options_(options), entry_(entry) {}
  // Of the next patient. What the command line states counts for the first one only.
  Result<link::PressFields> Next();
  // After several hits: symbol and branch are typed again. False: nothing can be asked here.
  Result<bool> AskMore(link::PressFields& fields);

 private:
  Result<void> Patient(link::PressFields& fields);
  Result<link::NumberInquiry> Numbers();
  const Options& options_;
  Entry& entry_;
  bool first_ = true;
};

}  // namespace madoguchi::agent
