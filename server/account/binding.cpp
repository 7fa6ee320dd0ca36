// SPDX-License-Identifier: Apache-2.0
#include "server/account/binding.h"

#include <array>

namespace madoguchi::account {
namespace {

constexpr std::array<std::string_view, 3> kHolders{"desk", "phone", "spare"};

void LetGo(Binding& binding) {
  binding.national_release_due = binding.national_release_due || binding.national_bound;
  binding.national_bound = false;
  binding.holder = Holder::kSpare;
  binding.desk_id.clear();
}

}  // namespace

std::string_view Word(Holder holder) {
  return kHolders[static_cast<std::size_t>(holder)];
}

std::optional<Holder> HolderFromWord(std::string_view word) {
  for (std::size_t i = 0; i < kHolders.size(); ++i) {
    if (kHolders[i] == word) return static_cast<Holder>(i);
  }
  return std::nullopt;
}

Result<Binding> Apply(const Binding& binding, Event event, const std::string& desk_id) {
  if (event == Event::kActivate) {
    const std::string& taken = binding.desk_id.empty() ? binding.reserved_for_desk : binding.desk_id;
    if (!taken.empty() && taken != desk_id) return Error{ErrorCode::kAccountBoundElsewhere, "by another desk", {}};
  }
  Binding next = binding;
  TRY_ASSIGN(next.state, Next(binding.state, event));
  switch (event) {
    case Event::kActivate:
      next.holder = desk_id.empty() ? Holder::kPhone : Holder::kDesk;
      next.desk_id = desk_id;
      next.reserved_for_desk.clear();
      break;
    case Event::kRelease:
      LetGo(next);
      break;
    case Event::kEnd:
      LetGo(next);
      next.reserved_for_desk.clear();
      break;
    case Event::kSuspend:
    case Event::kResume:
      break;
  }
  return next;
}

}  // namespace madoguchi::account
