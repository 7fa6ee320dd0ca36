// SPDX-License-Identifier: Apache-2.0
#include "server/account/activation.h"

#include <algorithm>
#include <utility>

#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "contract/log.h"
#include "server/account/lock.h"
#include "server/account/typed_sheet.h"

namespace madoguchi::account {
namespace {

constexpr const char* kComponent = "account";

// One act towards the national side has one key, however often and by whichever server it is asked.
std::string KeyOf(const Ceremony& ceremony, const Ceremony::Account& account, std::string_view act) {
  const std::string input = ceremony.national_key + "|" + account.account_id + "|" + std::string(act);
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(input));
  Bytes uuid(digest.begin(), digest.begin() + 16);
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0FU) | 0x80U);  // RFC 9562 §5.8: version 8
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3FU) | 0x80U);
  return UuidText(uuid);
}

NationalBinding BindingOf(const Ceremony& ceremony, const Ceremony::Account& account, std::string_view act) {
  return {account.institution_code, account.account_id, ceremony.desk_id, KeyOf(ceremony, account, act)};
}

Bytes SignedMessage(const Ceremony& ceremony) {
  Bytes message(kActivationDomain.begin(), kActivationDomain.end());
  message.insert(message.end(), ceremony.activation_id.begin(), ceremony.activation_id.end());
  message.insert(message.end(), ceremony.challenge.begin(), ceremony.challenge.end());
  return message;
}

bool NothingHappened(const Error& error) {
  return Describe(error.code).kind == ErrorKind::kRetryable;
}
bool SaidNo(const Error& error) {
  return Describe(error.code).kind == ErrorKind::kRefused;
}

Error Refused(const char* why) {
  return {ErrorCode::kActivationRefused, why, {}};
}

}  // namespace

Result<NewCeremony> Activation::NewFor(ByteView request) const {
  NewCeremony ceremony;
  TRY_ASSIGN(ceremony.key_sha256, parts_.keys.digest(request));
  ceremony.activation_id = UuidText(crypto::NewUuid());
  ceremony.national_key = UuidText(crypto::NewUuid());
  ceremony.request.assign(request.begin(), request.end());
  ceremony.challenge = crypto::RandomBytes(kChallengeBytes);
  return ceremony;
}

// The answer to a Begin that is in the book now.
Result<Begun> Activation::Open(const NewCeremony& ceremony, Deadline deadline) {
  TRY_ASSIGN(Ceremony open, parts_.activations.Load(ceremony.activation_id, deadline));
  return Begun{ceremony.activation_id, ceremony.challenge, kCeremonyWithin, std::move(open.desk_id)};
}

Result<Begun> Activation::BeginByToken(ByteView token, ByteView request, Deadline deadline) {
  TRY_ASSIGN(const NewCeremony ceremony, NewFor(request));
  TRY_VOID(parts_.activations.BeginByToken(ceremony, crypto::Sha256(token), deadline));
  return Open(ceremony, deadline);
}

void Activation::ReturnTry(const TypedSheet& sheet) {
  const Result<void> returned = parts_.activations.ReturnTry(sheet, Deadline::In(kReturnTryWithin));
  if (!returned) log::Report(kComponent, "try_not_returned", returned.error());
}

Result<Begun> Activation::BeginBySheet(const SheetFields& fields, ByteView request,
                                       std::chrono::milliseconds& locked_for, Deadline deadline) {
  TRY_ASSIGN(const NewCeremony ceremony, NewFor(request));
  TRY_ASSIGN(const TypedSheet sheet, ReadTypedSheet(fields, parts_.hash, SourceOfEnrolment(parts_.lock_policy),
                                                    parts_.national.told() ? &parts_.seal : nullptr));
  TRY_ASSIGN(const SheetKnown known, parts_.activations.TakeTry(sheet, locked_for, deadline));
  const Result<bool> right = VerifyTyped(known.password_hash, fields.password, deadline);
  if (!right) {
    ReturnTry(sheet);
    return right.error();
  }
  if (!*right || !known.code_is_current) {
    const Result<void> wrong = parts_.activations.WrongFields(sheet, locked_for, deadline);
    return wrong ? Refused("wrong fields") : wrong.error();
  }
  Result<void> begun = parts_.activations.BeginBySheet(ceremony, sheet, deadline);
  if (!begun) {  // the fields were right: that is no guess
    ReturnTry(sheet);
    return std::move(begun).error();
  }
  return Open(ceremony, deadline);
}

Result<Activated> Activation::Finish(const std::string& activation_id, ByteView signature, Deadline deadline) {
  TRY_ASSIGN(Ceremony ceremony, parts_.activations.Load(activation_id, deadline));
  if (signature.size() > kSignatureBytesMax ||
      !parts_.keys.verify(ceremony.request, SignedMessage(ceremony), signature))
    return Refused("signature");
  if (ceremony.step == CeremonyStep::kDone) return std::move(ceremony.activated);
  if (ceremony.code != 0)
    return Error{FindErrorCode(ceremony.code).value_or(ErrorCode::kActivationExpired), "ended before", {}};
  if (ceremony.remaining <= std::chrono::milliseconds(0)) return Error{ErrorCode::kActivationExpired, "too late", {}};
  deadline = deadline.Capped(ceremony.remaining);

  const bool told = parts_.national.told() && std::any_of(ceremony.accounts.begin(), ceremony.accounts.end(),
                                                          [](const auto& account) { return account.has_code; });
  if (told) TRY_VOID(Tell(ceremony, deadline));
  Result<Activated> activated = parts_.activations.Complete(ceremony.activation_id, told, parts_.keys.issue, deadline);
  // What the national side was told must not stand when the rules here said no.
  if (!activated && told && SaidNo(activated.error())) {
    TRY_VOID(parts_.activations.GiveUp(ceremony.activation_id, activated.error().code, deadline));
    TRY_VOID(Undo(ceremony));
  }
  return activated;
}

Result<void> Activation::Tell(const Ceremony& ceremony, Deadline deadline) {
  TRY_ASSIGN(const CeremonyStep before, parts_.activations.StartTelling(ceremony.activation_id, deadline));
  if (before == CeremonyStep::kTold || before == CeremonyStep::kDone) return {};
  std::size_t told = 0;
  for (const Ceremony::Account& account : ceremony.accounts) {
    if (!account.has_code) continue;
    Result<void> answered = TellOne(ceremony, account, deadline);
    if (!answered)
      return AfterRefusal(ceremony, told, before == CeremonyStep::kBegun, std::move(answered).error(), deadline);
    ++told;
  }
  return parts_.activations.Told(ceremony.activation_id, deadline);
}

Result<void> Activation::TellOne(const Ceremony& ceremony, const Ceremony::Account& account, Deadline deadline) {
  if (account.sealed.empty()) return Refused("no secrets are left of this account");
  TRY_ASSIGN(const SheetSecrets secrets, OpenSheet(parts_.seal, account.account_id, account.sealed));
  return parts_.national.Activate(BindingOf(ceremony, account, "activate"), AsBytes(secrets.password),
                                  AsBytes(secrets.activation_code), deadline);
}

// → `refused`, with the ceremony where it can go on from, or ended.
Result<void> Activation::AfterRefusal(const Ceremony& ceremony, std::size_t told_before, bool first_time, Error refused,
                                      Deadline deadline) {
  Result<void> kept;
  if (SaidNo(refused)) {
    if (told_before == 0) {
      kept = parts_.activations.Fail(ceremony.activation_id, refused.code, deadline);
    } else {
      kept = parts_.activations.GiveUp(ceremony.activation_id, refused.code, deadline);
      if (kept) kept = Undo(ceremony);
    }
  } else if (NothingHappened(refused) && told_before == 0 && first_time) {
    kept = parts_.activations.NotTold(ceremony.activation_id, deadline);
  }  // else it stays telling: the same Finish asks the identical question again, or Heal undoes it
  if (!kept) log::Report(kComponent, "ceremony_left_to_heal", kept.error(), {{"activation", ceremony.activation_id}});
  return refused;
}

Result<void> Activation::Undo(const Ceremony& ceremony) {
  std::vector<Reissued> reissued;
  for (const Ceremony::Account& account : ceremony.accounts) {
    if (!account.has_code) continue;
    Result<std::optional<IssuedAccount>> released =
        parts_.national.Release(BindingOf(ceremony, account, "undo"), Deadline::In(kHealWithin));
    if (!released) {
      if (SaidNo(released.error())) continue;  // it is not bound to this desk
      return std::move(released).error();
    }
    if (!released->has_value()) continue;
    const SheetSecrets secrets(std::move((*released)->password), std::move((*released)->activation_code));
    TRY_ASSIGN(IssuedForms forms, FormsOf(secrets, account.institution_code, account.account_id, parts_.seal,
                                          parts_.hash, Deadline::In(kHealWithin)));
    reissued.push_back({account.institution_code, account.account_id, std::move(forms)});
  }
  return parts_.activations.Undone(ceremony.activation_id, reissued, Deadline::In(kHealWithin));
}

Result<int> Activation::Heal() {
  TRY_ASSIGN(const std::vector<Ceremony> unfinished, parts_.activations.ClaimUnfinished(Deadline::In(kHealWithin)));
  int undone = 0;
  for (const Ceremony& ceremony : unfinished) {
    const Result<void> ended = Undo(ceremony);
    if (ended) {
      ++undone;
      log::Info(kComponent, "activation_undone", {{"activation", ceremony.activation_id}, {"desk", ceremony.desk_id}});
    } else {
      log::Report(kComponent, "activation_not_undone", ended.error(), {{"activation", ceremony.activation_id}});
    }
  }
  return undone;
}

}  // namespace madoguchi::account
