// SPDX-License-Identifier: Apache-2.0
#include "server/console/break_glass.h"

#include "contract/bytes.h"
#include "contract/log.h"
#include "server/account/text_fields.h"
#include "server/console/mails.h"
#include "server/console/single_use_code.h"

namespace madoguchi::console {
namespace {

constexpr const char* kComponent = "console";

std::string HashOf(const audit::KeyedHash& keyed_hash, std::string_view typed) {
  return CodeHash(keyed_hash, "break-glass", {}, Normalised(typed));
}

}  // namespace

Result<std::vector<std::string>> BreakGlass::Make(const std::string& by, const account::Approval& approval,
                                                  Deadline deadline) {
  std::vector<std::string> codes;
  std::vector<std::string> hashes;
  for (int i = 0; i < kBreakGlassCodes; ++i) {
    codes.push_back(NewSingleUseCode());
    hashes.push_back(HashOf(seams_.keyed_hash, codes.back()));
  }
  TRY_VOID(seams_.book.Replace(hashes, by, approval, deadline));
  return codes;
}

Result<void> BreakGlass::Use(const std::string& code, const std::string& user_id, const std::string& act,
                             Deadline deadline) {
  BreakGlassBook::Use use{HashOf(seams_.keyed_hash, code), user_id, act.substr(0, kActTextMax), {}};
  TRY_ASSIGN(const std::vector<std::string> administrators, seams_.book.Administrators(deadline));
  for (const std::string& recipient : administrators) {
    Result<account::SealedMail> mail = account::SealMail(seams_.seal, BreakGlassMail(recipient, user_id, use.act));
    if (mail.ok()) {
      use.alarms.push_back(std::move(mail).value());
    } else {
      log::Report(kComponent, "alarm_not_sealed", mail.error());
    }
  }
  TRY_VOID(seams_.book.UseUp(use, deadline));
  log::Warning(kComponent, "break_glass_used", {{"act", use.act}});
  if (seams_.alarm) seams_.alarm();
  return {};
}

Result<BreakGlassUse> BreakGlass::Review(const std::string& use_id, const std::string& by, const std::string& finding,
                                         Deadline deadline, account::Problems& problems) {
  account::CheckText(problems, {"finding", "確認結果", "Finding"}, finding, kFindingMax);
  if (account::Refuses(problems)) return Error{ErrorCode::kFieldInvalid, "finding", {}};
  if (!UuidFromText(use_id)) return Error{ErrorCode::kNotFoundHere, "no UUID", {}};
  return seams_.book.Review(use_id, by, finding, deadline);
}

}  // namespace madoguchi::console
