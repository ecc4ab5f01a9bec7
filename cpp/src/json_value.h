// SPDX-License-Identifier: LGPL-3.0-only
//
// JSON text as a tree of values. json_value.cpp is the only file that knows
// the JSON library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ats::internal {

// A number is kept only if it is an integer within int64: the format has no
// other numbers.
struct Value final {
  enum class Kind : std::uint8_t { null, boolean, integer, text, list, object };

  explicit Value(Kind its_kind = Kind::null) : kind(its_kind) {}
  explicit Value(bool value) : kind(Kind::boolean), boolean(value) {}
  explicit Value(std::int64_t value) : kind(Kind::integer), integer(value) {}
  explicit Value(std::string value) : kind(Kind::text), text(std::move(value)) {}

  Kind kind;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;
  std::vector<std::string> keys;  // of an object, in the order of the text
  std::vector<Value> items;       // of a list, or the values of keys
};

// One key of a JSON pointer, escaped.
[[nodiscard]] std::string pointer_token(std::string_view key);

// Parses one JSON text. Throws WorldError for text that is not JSON or not
// UTF-8, is nested too deeply or too long, gives a key twice, or has a number
// that is not an integer within int64.
[[nodiscard]] Value parse_json(std::string_view text);

}  // namespace ats::internal
