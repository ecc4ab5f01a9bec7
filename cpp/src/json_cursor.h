// SPDX-License-Identifier: LGPL-3.0-only
//
// Reading a tree of values by the rules of the exchange format. A cursor knows
// where it stands, so that what it refuses it can point at.
#pragma once

#include <initializer_list>
#include <optional>

#include "ats/types.h"
#include "json_value.h"

namespace ats::internal {

// REQUIRES: the cursor it was made from, and the tree, outlive it.
class Cursor final {
 public:
  explicit Cursor(const Value& root) : value_(root), parent_(nullptr) {}

  [[nodiscard]] std::string pointer() const;
  [[nodiscard]] bool is_null() const { return value_.kind == Value::Kind::null; }

  // Each reads a value of that type, or throws WorldError.
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] const std::string& text() const;
  // An integer or a decimal string, in millionths.
  [[nodiscard]] std::int64_t decimal() const;
  [[nodiscard]] Time time() const;

  // The number of values in a list. REQUIRES of item(): i < size().
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] Cursor item(std::size_t i) const { return {value_.items[i], this, i}; }

  // Refuses what is no object and every key that is not named.
  void only(std::initializer_list<std::string_view> keys) const;
  [[nodiscard]] Cursor required(std::string_view key) const;
  [[nodiscard]] std::optional<Cursor> optional(std::string_view key) const;
  // As optional(), with null taken for absent.
  [[nodiscard]] std::optional<Cursor> nullable(std::string_view key) const;

 private:
  Cursor(const Value& value, const Cursor* parent, std::size_t step) : value_(value), parent_(parent), step_(step) {}
  void expect(Value::Kind kind, const char* what) const;

  const Value& value_;
  const Cursor* parent_;
  std::size_t step_ = 0;  // the position among the parent's items
};

}  // namespace ats::internal
