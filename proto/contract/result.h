// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. The only way a function of ours reports failure; no exception crosses a module.
// Thread: values, no shared state. Ownership: a Result owns its value.
#pragma once
#include <optional>
#include <utility>
#include <variant>

#include "contract/error.h"

namespace madoguchi {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Precondition of value(): ok(). Precondition of error(): !ok(). std::get checks both.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace madoguchi

#define MADOGUCHI_CONCAT_INNER(a, b) a##b
#define MADOGUCHI_CONCAT(a, b) MADOGUCHI_CONCAT_INNER(a, b)
// TRY_ASSIGN(auto x, Call()): x is the value, or this function returns the error.
#define TRY_ASSIGN(declaration, expression) \
  TRY_ASSIGN_INNER(MADOGUCHI_CONCAT(result_, __LINE__), declaration, expression)
#define TRY_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                             \
  if (!result.ok()) return std::move(result).error();     \
  declaration = std::move(result).value()
// TRY_VOID(Call()): goes on, or this function returns the error.
#define TRY_VOID(expression)                                    \
  do {                                                          \
    auto try_result = (expression);                             \
    if (!try_result.ok()) return std::move(try_result).error(); \
  } while (false)
