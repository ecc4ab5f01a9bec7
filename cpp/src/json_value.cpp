// SPDX-License-Identifier: LGPL-3.0-only
#include "json_value.h"

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "ats/error.h"
#include "ats/json.h"

namespace ats::internal {
namespace {

// Builds the tree while the library reads, and refuses on the way what the
// library would let pass: repeated keys, fractions, bottomless nesting.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit TreeBuilder(Value* root) : root_(root) {}

  bool null() override { return put(Value()); }
  bool boolean(bool value) override { return put(Value(value)); }
  bool number_integer(number_integer_t value) override { return put(Value(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      throw WorldError(ErrorCode::out_of_range, next_pointer());
    }
    return number_integer(static_cast<number_integer_t>(value));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override { refuse_number(text); }
  bool string(string_t& value) override { return put(Value(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return false; }

  bool start_object(std::size_t /*size*/) override { return open(Value::Kind::object); }
  bool start_array(std::size_t /*size*/) override { return open(Value::Kind::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    Level& level = open_.back();
    if (!level.seen.insert(name).second) {
      throw WorldError(ErrorCode::duplicate_key, pointer_of(open_.size() - 1) + "/" + pointer_token(name));
    }
    level.value->keys.push_back(std::move(name));
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& error) override {
    constexpr int number_overflow = 406;  // a number beyond the range of a double
    if (error.id == number_overflow) refuse_number(token);
    std::string_view what = error.what();
    what = what.substr(0, what.find("; last read"));  // the rest is text of the document
    const bool encoding = what.find("UTF-8") != std::string_view::npos;
    throw WorldError(encoding ? ErrorCode::invalid_utf8 : ErrorCode::invalid_json, "",
                     std::string(error_meaning(encoding ? ErrorCode::invalid_utf8 : ErrorCode::invalid_json)) +
                         " (at byte " + std::to_string(position) + ")");
  }

 private:
  // A list or object that is being filled.
  struct Level final {
    Value* value;
    std::unordered_set<std::string> seen;
  };

  // The library takes integers beyond 64 bits for floats as well.
  [[noreturn]] void refuse_number(const std::string& text) const {
    const bool integer = text.find_first_of(".eE") == std::string::npos;
    throw WorldError(integer ? ErrorCode::out_of_range : ErrorCode::fractional_number, next_pointer());
  }

  Value* place(Value value) {
    if (open_.empty()) {
      *root_ = std::move(value);
      return root_;
    }
    // Values move only while their list grows, when none of them is open.
    auto& items = open_.back().value->items;
    items.push_back(std::move(value));
    return &items.back();
  }
  bool put(Value value) {
    (void)place(std::move(value));
    return true;
  }
  bool open(Value::Kind kind) {
    if (open_.size() == DocumentLimits::kDepthMax) throw WorldError(ErrorCode::too_deep, next_pointer());
    open_.push_back({place(Value(kind)), {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  // The pointer of the value at that depth of nesting.
  [[nodiscard]] std::string pointer_of(std::size_t depth) const {
    std::string pointer;
    for (std::size_t i = 0; i < depth; ++i) {
      const Value& value = *open_[i].value;
      pointer += '/';
      pointer +=
          value.kind == Value::Kind::object ? pointer_token(value.keys.back()) : std::to_string(value.items.size() - 1);
    }
    return pointer;
  }
  // The pointer of the value about to be put.
  [[nodiscard]] std::string next_pointer() const {
    if (open_.empty()) return "";
    const Value& value = *open_.back().value;
    return pointer_of(open_.size() - 1) + '/' +
           (value.kind == Value::Kind::object ? pointer_token(value.keys.back()) : std::to_string(value.items.size()));
  }

  Value* root_;
  std::vector<Level> open_;
};

}  // namespace

std::string pointer_token(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

Value parse_json(std::string_view text) {
  if (text.size() > DocumentLimits::kBytesMax) throw WorldError(ErrorCode::too_large, "");
  Value root;
  TreeBuilder builder(&root);
  (void)nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return root;
}

}  // namespace ats::internal
