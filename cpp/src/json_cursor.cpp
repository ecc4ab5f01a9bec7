// SPDX-License-Identifier: LGPL-3.0-only
#include "json_cursor.h"

#include <algorithm>

#include "ats/error.h"

namespace ats::internal {

std::string Cursor::pointer() const {
  if (parent_ == nullptr) return "";
  const Value& holder = parent_->value_;
  const std::string step =
      holder.kind == Value::Kind::object ? pointer_token(holder.keys[step_]) : std::to_string(step_);
  return parent_->pointer() + '/' + step;
}

void Cursor::expect(Value::Kind kind, const char* what) const {
  if (value_.kind != kind) throw WorldError(ErrorCode::wrong_type, pointer(), std::string("must be ") + what);
}

bool Cursor::boolean() const {
  expect(Value::Kind::boolean, "true or false");
  return value_.boolean;
}

std::int64_t Cursor::integer() const {
  expect(Value::Kind::integer, "an integer");
  // The lowest int64 means "none" in a column; no id or count needs it.
  if (value_.integer == kNone) throw WorldError(ErrorCode::out_of_range, pointer());
  return value_.integer;
}

const std::string& Cursor::text() const {
  expect(Value::Kind::text, "a string");
  return value_.text;
}

std::int64_t Cursor::decimal() const {
  std::int64_t millionths = 0;
  if (value_.kind == Value::Kind::integer) {
    if (__builtin_mul_overflow(value_.integer, Quantity::kOne, &millionths)) {
      throw WorldError(ErrorCode::out_of_range, pointer());
    }
    return millionths;
  }
  expect(Value::Kind::text, "an integer or a decimal string");
  switch (parse_decimal(value_.text, &millionths)) {
    case DecimalState::malformed:
      throw WorldError(ErrorCode::malformed_decimal, pointer());
    case DecimalState::out_of_range:
      throw WorldError(ErrorCode::out_of_range, pointer());
    case DecimalState::ok:
      break;
  }
  return millionths;
}

Time Cursor::time() const {
  const Time time = parse_time(text());
  if (!time.present()) throw WorldError(ErrorCode::malformed_time, pointer());
  return time;
}

std::size_t Cursor::size() const {
  expect(Value::Kind::list, "a list");
  return value_.items.size();
}

void Cursor::only(std::initializer_list<std::string_view> keys) const {
  expect(Value::Kind::object, "an object");
  for (std::size_t i = 0; i < value_.keys.size(); ++i) {
    if (std::find(keys.begin(), keys.end(), value_.keys[i]) == keys.end()) {
      throw WorldError(ErrorCode::unknown_key, item(i).pointer());
    }
  }
}

std::optional<Cursor> Cursor::optional(std::string_view key) const {
  const auto found = std::find(value_.keys.begin(), value_.keys.end(), key);
  if (found == value_.keys.end()) return std::nullopt;
  return item(static_cast<std::size_t>(found - value_.keys.begin()));
}

std::optional<Cursor> Cursor::nullable(std::string_view key) const {
  const std::optional<Cursor> cursor = optional(key);
  return cursor && !cursor->is_null() ? cursor : std::nullopt;
}

Cursor Cursor::required(std::string_view key) const {
  const std::optional<Cursor> cursor = optional(key);
  if (!cursor) throw WorldError(ErrorCode::missing_key, pointer() + '/' + pointer_token(key));
  return *cursor;
}

}  // namespace ats::internal
