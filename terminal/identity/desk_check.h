// SPDX-License-Identifier: Apache-2.0
// DeskCheck: what this desk does about a result it has had, over the desk listener: confirm the person, show it again,
// propose and confirm a name for claims. Source: proto/madoguchi/v1/desk_check_service.proto. Thread: one at a time;
// blocks up to kDeskCallWithin. Errors: those of the service (PERSON_NOT_CONFIRMED, SHOW_AGAIN_OFF, RESULT_GONE,
// OPERATOR_NEEDED, NAME_MAPPING_REFUSED, CHANGED_MEANWHILE, FIELD_INVALID) and of desk_listener.h.
#pragma once
#include <memory>
#include <string>

#include "contract/bytes.h"
#include "contract/secret_bytes.h"
#include "terminal/identity/desk_listener.h"

namespace madoguchi::identity {

inline constexpr std::size_t kProposedNameBytesMax = 240;  // 60 characters

}  // namespace madoguchi::identity

namespace madoguchi::v1 {
class EligibilityAnswer;
}

namespace madoguchi::identity {

struct ShownAgain {
  Bytes press_id;
  std::shared_ptr<const v1::EligibilityAnswer> answer;
  std::chrono::seconds left{0};  // then it is destroyed
};

class DeskCheck {
 public:
  // server: host:port of the desk listener. Connects at the first call.
  static Result<std::unique_ptr<DeskCheck>> Open(const std::string& server, const std::string& directory);
  ~DeskCheck();
  DeskCheck(const DeskCheck&) = delete;
  DeskCheck& operator=(const DeskCheck&) = delete;

  Result<void> Confirm(ByteView press_id, bool same_person);
  Result<ShownAgain> ShowAgain();
  // result: 0-based place in the answer's results. name: as it stands on the card; nullptr = forget the mapping.
  Result<void> ProposeName(ByteView press_id, std::uint32_t result, const SecretBytes* name);
  // name: as this person has read it; empty: the one that the result of the press showed.
  Result<void> ConfirmName(ByteView press_id, std::uint32_t result, const SecretBytes& name);

  const CallRefusal& refusal() const;

 private:
  class Calls;
  explicit DeskCheck(std::unique_ptr<Calls> calls);
  std::unique_ptr<Calls> calls_;
};

}  // namespace madoguchi::identity
