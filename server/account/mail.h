// SPDX-License-Identifier: Apache-2.0
// Mail: the seam through which this server writes to people. A mail is queued in the database (sealed: it may hold a first password)
// and leaves through outbound's SMTP client; Queue only says that it will be tried for 24 hours. Thread: any.
#pragma once
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::account {

struct Mail {
  std::string recipient;  // one address
  std::string kind;       // stable word for the trail: "application.accepted", "user.first_password"
  std::string subject;    // UTF-8, one line
  std::string text;       // UTF-8, Japanese first, English below
};

class MailQueue {
 public:
  virtual ~MailQueue() = default;
  virtual Result<void> Queue(const Mail& mail, Deadline deadline) = 0;
};

}  // namespace madoguchi::account
