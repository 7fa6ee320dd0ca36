// SPDX-License-Identifier: Apache-2.0
// The one-page QR enrolment sheet of one prepared desk: for whom it is, how long it serves, the QR code with the
// enrolment link, the typed connection code, and what the person at the desk does. The link holds our one-time token
// and none of the portal's secrets. Thread: any. Ownership: the document is wiped with its buffer. Errors: page.h,
// ENROLMENT_LINK_INVALID.
#pragma once
#include <string>

#include "contract/enrolment_link.h"
#include "contract/result.h"
#include "contract/wiped_buffer.h"

namespace madoguchi::account {

struct EnrolmentSheet {
  std::string desk_name;
  std::string institution_code, institution_name;  // the name may be empty
  std::string account_id;                          // of the account the desk is prepared for; may be empty
  std::string valid_until;                         // as printed: "2026年11月22日 22:30"
  EnrolmentLink link;
};

// "desk_<first digits of the desk id>_enrolment.pdf": nothing a person typed, so nothing a shell could mistake.
std::string EnrolmentSheetFileName(const std::string& desk_id);

Result<WipedBuffer> WriteEnrolmentSheet(const EnrolmentSheet& sheet);

}  // namespace madoguchi::account
