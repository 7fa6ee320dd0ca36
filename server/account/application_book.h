// SPDX-License-Identifier: Apache-2.0
// ApplicationBook: where applications are kept. store/ implements it. Every change, its step of the history and its row
// in the trail are one transaction. Several server processes may work on one book: TakeDue gives an application to one
// of them for kTakenFor. Thread: any; calls block up to their deadline. Errors: those of the database (17xx) and the
// ones named.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/application.h"
#include "server/account/national_accounts.h"
#include "server/account/sealed_mail.h"
#include "server/account/sealed_sheet.h"

namespace madoguchi::account {

inline constexpr std::chrono::seconds kTakenFor{90};
inline constexpr int kPollsMax =
    5000;  // about 100 days at the longest pause; then a notice is raised and nobody asks any more

struct DueApplication {
  NationalApplication application;  // bank_last4 is empty; attachments only while there is no receipt
  Bytes bank_last4_sealed;
  std::string created_by;  // whom the mail goes to
  std::uint32_t number = 0;
  std::string receipt;  // empty: not submitted yet
  int polls = 0;        // this one included
};

struct Acceptance {
  std::string application_id;
  struct Account {
    std::string account_id;
    IssuedForms forms;
  };
  std::vector<Account> accounts;
  std::string issued_on;
  std::optional<SealedMail> mail;  // nothing: whoever applied has no mail address
};

class ApplicationBook {
 public:
  virtual ~ApplicationBook() = default;
  virtual Result<std::string> Today(Deadline deadline) = 0;
  // Asked again with the same request id: the same application, whatever else is in the request (IDs are the caller's
  // own); as kSubmitted, a draft of manual mode is submitted by that, as it was drafted. state: kSubmitted, or kDraft
  // in manual mode. APPLICATION_NOT_POSSIBLE · INSTITUTION_UNKNOWN.
  virtual Result<Application> Apply(const ApplicationRequest& request, ByteView bank_last4_sealed,
                                    ApplicationState state, Problems& problems, Deadline deadline) = 0;
  // With the receipt of one that is recorded but not answered yet: its answer.
  virtual Result<Application> Record(const RecordedApplication& recorded, Problems& problems, Deadline deadline) = 0;
  // Newest first. codes empty: all institutions.
  virtual Result<std::vector<Application>> List(const std::vector<std::string>& codes, Deadline deadline) = 0;
  virtual Result<Application> Find(const std::string& institution_code, const std::string& application_id,
                                   Deadline deadline) = 0;  // NOT_FOUND_HERE
  // STATE_NOT_POSSIBLE; CHANGED_MEANWHILE when `receipt` is not the one it has.
  virtual Result<Application> Withdraw(const std::string& application_id, const std::string& receipt,
                                       const std::string& by, Deadline deadline) = 0;

  // The courier's side. Nothing: none is due.
  virtual Result<std::optional<DueApplication>> TakeDue(Deadline deadline) = 0;
  // STATE_NOT_POSSIBLE: it is not submitted any more.
  virtual Result<void> Received(const std::string& application_id, const std::string& receipt,
                                std::chrono::milliseconds next, Deadline deadline) = 0;
  virtual Result<void> Later(const std::string& application_id, std::chrono::milliseconds next, Deadline deadline) = 0;
  virtual Result<void> GiveUpAsking(const std::string& application_id, Deadline deadline) = 0;
  // STATE_NOT_POSSIBLE · SHEET_OF_OTHER_FACILITY, SHEET_ALREADY_USED (an issued account is not new): nothing is stored.
  virtual Result<void> Accept(const Acceptance& acceptance, Deadline deadline) = 0;
  virtual Result<void> Reject(const std::string& application_id, const std::string& reason, Deadline deadline) = 0;
};

}  // namespace madoguchi::account
