// SPDX-License-Identifier: LGPL-3.0-only
//
// Every way in which a world can be refused: one code, one line of meaning.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace ats {

// The list: X(code, "what it means"). The code's name is what callers see.
#define ATS_ERROR_CODES(X)                                                                     \
  X(invalid_json, "the text is not JSON")                                                      \
  X(invalid_utf8, "the text is not UTF-8")                                                     \
  X(too_deep, "objects and lists are nested deeper than the limit")                            \
  X(too_large, "there are more rows or bytes than the limit")                                  \
  X(wrong_format, "the format is not one this engine reads")                                   \
  X(unknown_key, "a key, table or column that the format does not have")                       \
  X(missing_key, "a key, table or column that must be given")                                  \
  X(duplicate_key, "the same key twice in one object")                                         \
  X(wrong_type, "a value of another type than the format asks for")                            \
  X(wrong_length, "columns of one table differ in length")                                     \
  X(wrong_offsets, "offsets do not start at 0, fall, or do not end at the length of the list") \
  X(fractional_number, "a JSON number with a fraction or an exponent; use a decimal string")   \
  X(malformed_decimal, "not a plain decimal with at most six places")                          \
  X(out_of_range, "a value beyond int64 (quantities: int64 millionths)")                       \
  X(overflow, "a sum leaves int64 millionths")                                                 \
  X(malformed_time, "a time that is not YYYY-MM-DDTHH:MM:SSZ or lies outside years 0000-9999") \
  X(unknown_reference, "names a record that is not there")                                     \
  X(duplicate_id, "the same id twice in one table")                                            \
  X(duplicate_node, "a node twice in one sourcing set")                                        \
  X(duplicate_kit, "two kits for one product")                                                 \
  X(empty_kit, "a kit without lines")                                                          \
  X(kit_cycle, "a kit that contains itself, directly or through others")                       \
  X(negative, "a value below zero where none may be")                                          \
  X(not_positive, "a value that must be above zero")                                           \
  X(percent_range, "a percentage outside 0 to 100")                                            \
  X(decimals_range, "decimals outside 0 to 6")                                                 \
  X(unknown_rule_kind, "a rule of a kind that does not exist")                                 \
  X(rule_value, "both or neither of fixed and percent, or percent where the kind has none")    \
  X(rule_scope, "a scope that the rule's kind cannot have, or lacks one that it must have")    \
  X(rule_interval, "a rule that ends before it starts")                                        \
  X(hold_without_place, "a hold with neither node nor channel")                                \
  X(untracked, "a listing of a product that is neither storable nor a kit")

enum class ErrorCode {
#define ATS_ERROR_CODE(name, meaning) name,
  ATS_ERROR_CODES(ATS_ERROR_CODE)
#undef ATS_ERROR_CODE
};

// The code as callers see it ("unknown_reference") and its one-line meaning.
[[nodiscard]] std::string_view error_name(ErrorCode code);
[[nodiscard]] std::string_view error_meaning(ErrorCode code);

// A world that is refused. what() is a sentence for a person; code() tells a
// program what to do next; pointer() is the JSON pointer (RFC 6901) of the
// offending value, "" for the document itself. For flat columns the pointer
// reads /table/row/column.
class WorldError final : public std::invalid_argument {
 public:
  WorldError(ErrorCode code, std::string pointer, const std::string& message);
  // With the code's meaning as message.
  WorldError(ErrorCode code, std::string pointer);
  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }

 private:
  ErrorCode code_;
  std::string pointer_;
};

}  // namespace ats
