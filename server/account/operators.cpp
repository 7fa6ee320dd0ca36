// SPDX-License-Identifier: Apache-2.0
#include "server/account/operators.h"

#include <algorithm>

#include "contract/crypto/password_hash.h"
#include "contract/crypto/random.h"
#include "contract/log.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

using crypto::Slot;

constexpr const char* kComponent = "account";
constexpr std::uint8_t kEvenBytesMax = 250;  // a random byte above would make some digits likelier
constexpr Field kNameField{"name", "氏名", "name"};

std::string FirstPin() {
  std::string pin;
  while (pin.size() < static_cast<std::size_t>(kFirstPinDigits)) {
    for (const std::uint8_t byte : crypto::RandomBytes(kFirstPinDigits)) {
      if (byte < kEvenBytesMax && pin.size() < static_cast<std::size_t>(kFirstPinDigits))
        pin += static_cast<char>('0' + byte % 10);
    }
  }
  return pin;
}

}  // namespace

bool IsStaffCode(std::string_view text) {
  return !text.empty() && text.size() <= kStaffCodeMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

PinAttempt Operators::AttemptOf(const std::string& desk_id, const std::string& staff_code) const {
  const std::string bounded = staff_code.substr(0, kTypedIdBytesMax);
  return {desk_id, bounded, TypedStaffCode(parts_.hash, bounded), SourceOfDesk(parts_.lock_policy, desk_id)};
}

void Operators::ReturnTry(const PinAttempt& attempt) {
  const Result<void> returned = parts_.book.ReturnTry(attempt, Deadline::In(kReturnTryWithin));
  if (!returned) log::Report(kComponent, "try_not_returned", returned.error());
}

Result<KnownOperator> Operators::Prove(const PinAttempt& attempt, ByteView pin, LogInRefusal& refusal,
                                       Deadline deadline) {
  TRY_ASSIGN(KnownOperator known, parts_.book.TakeTry(attempt, refusal.locked_for, deadline));
  const ByteView bounded = pin.first(std::min(pin.size(), kPasswordBytesMax));
  Result<bool> right = false;
  if (!known.pin_hash.empty()) {
    right = crypto::VerifyPassword(known.pin_hash, bounded, Slot::kLogIn, deadline);
  } else if (const Result<void> nobody = crypto::VerifyNobody(bounded, Slot::kLogIn, deadline); !nobody) {
    right = nobody.error();
  }
  if (!right) {
    ReturnTry(attempt);
    return right.error();
  }
  if (!*right) {
    TRY_VOID(parts_.book.Wrong(attempt, refusal.locked_for, deadline));
    return Error{ErrorCode::kInternalError, "a wrong PIN was not refused", {}};
  }
  return known;
}

Result<Operators::SignedIn> Operators::SignIn(const std::string& desk_id, const std::string& staff_code, ByteView pin,
                                              LogInRefusal& refusal, Deadline deadline) {
  const PinAttempt attempt = AttemptOf(desk_id, staff_code);
  TRY_ASSIGN(const KnownOperator known, Prove(attempt, pin, refusal, deadline));
  if (known.pin_must_change) {
    TRY_VOID(parts_.book.MustChange(attempt, deadline));
    return SignedIn{true, std::chrono::milliseconds(0)};
  }
  TRY_VOID(parts_.book.SignIn(attempt, parts_.idle, deadline));
  return SignedIn{false, parts_.idle};
}

Result<void> Operators::ChangePin(const std::string& desk_id, const std::string& staff_code, ByteView old_pin,
                                  ByteView new_pin, LogInRefusal& refusal, Deadline deadline) {
  refusal.problems = CheckOperatorPin("new_pin", new_pin, old_pin);
  if (Refuses(refusal.problems)) return Error{ErrorCode::kFieldInvalid, "new_pin", {}};
  const PinAttempt attempt = AttemptOf(desk_id, staff_code);
  TRY_ASSIGN(const KnownOperator known, Prove(attempt, old_pin, refusal, deadline));
  const Result<std::string> new_hash = crypto::HashPassword(new_pin, Slot::kLogIn, deadline);
  if (!new_hash) {
    ReturnTry(attempt);
    return new_hash.error();
  }
  return parts_.book.ChangePin(attempt, known.pin_hash, *new_hash, deadline);
}

Result<Roster> Operators::List(Deadline deadline) {
  return parts_.book.List([this](const std::string& staff_code) { return TypedStaffCode(parts_.hash, staff_code); },
                          deadline);
}

Result<std::string> Operators::Add(const std::string& staff_code, const std::string& name, const std::string& by,
                                   Problems& problems, Deadline deadline) {
  if (!IsStaffCode(staff_code)) {
    problems.push_back({"staff_code", "受付担当コードは数字と英大文字で 1～12 文字にしてください。",
                        "A staff code is 1 to 12 digits or capital letters."});
  }
  CheckText(problems, kNameField, name, kStaffNameMax);
  if (Refuses(problems)) return Error{ErrorCode::kFieldInvalid, "staff", {}};
  std::string pin = FirstPin();
  TRY_ASSIGN(const std::string hash, crypto::HashPassword(AsBytes(pin), Slot::kLogIn, deadline));
  const Result<void> added = parts_.book.Add({staff_code, name, true, true, {}}, hash, by, deadline);
  if (!added && added.error().code == ErrorCode::kFieldInvalid) {
    problems.push_back({"staff_code", "このコードはすでに使われました。別の人には新しいコードを付けてください。",
                        "This code was given out before. Give another person a new code."});
  }
  TRY_VOID(added);
  return pin;
}

Result<void> Operators::Remove(const std::string& staff_code, const std::string& by, Deadline deadline) {
  if (!IsStaffCode(staff_code)) return Error{ErrorCode::kNotFoundHere, "staff", {}};
  return parts_.book.Remove(staff_code, by, deadline);
}

Result<std::string> Operators::ResetPin(const std::string& staff_code, const std::string& by, Deadline deadline) {
  if (!IsStaffCode(staff_code)) return Error{ErrorCode::kNotFoundHere, "staff", {}};
  std::string pin = FirstPin();
  TRY_ASSIGN(const std::string hash, crypto::HashPassword(AsBytes(pin), Slot::kLogIn, deadline));
  TRY_VOID(parts_.book.ResetPin(staff_code, TypedStaffCode(parts_.hash, staff_code), hash, by, deadline));
  return pin;
}

}  // namespace madoguchi::account
