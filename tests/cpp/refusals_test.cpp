// SPDX-License-Identifier: LGPL-3.0-only
//
// Every row of tests/refusals.json: a document, the code and the pointer with
// which it is refused.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "ats/json.h"
#include "files.h"
#include "json_world.h"

using ats::internal::Value;
using ats::testing::find;
using ats::testing::get;

namespace {

struct Refusal final {
  std::string code = "accepted";
  std::string pointer;
};

// The base document with the case's tables in place of its own.
Value document_of(const Value& base, const Value& changes) {
  Value document = base;
  for (std::size_t i = 0; i < changes.keys.size(); ++i) {
    std::size_t at = 0;
    while (at < document.keys.size() && document.keys[at] != changes.keys[i]) ++at;
    if (at == document.keys.size()) {
      document.keys.push_back(changes.keys[i]);
      document.items.emplace_back();
    }
    document.items[at] = changes.items[i];
  }
  return document;
}

Refusal refusal_of(const Value& base, const Value& row) {
  try {
    if (const Value* text = find(row, "text")) {
      (void)ats::compute_document(text->text);
    } else {
      const ats::internal::Book book = ats::internal::read_world(document_of(base, get(row, "with")));
      (void)ats::compute(book.columns().world);
    }
  } catch (const ats::WorldError& error) {
    return {std::string(ats::error_name(error.code())), error.pointer()};
  }
  return {};
}

}  // namespace

TEST_CASE("bad documents are refused with the code and pointer in the table", "[refusals]") {
  const Value table = ats::testing::read_json(ats::testing::tests_folder() / "refusals.json");
  for (const Value& row : get(table, "cases").items) {
    DYNAMIC_SECTION(get(row, "why").text) {
      const Refusal refusal = refusal_of(get(table, "base"), row);
      CHECK(refusal.code == get(row, "code").text);
      if (const Value* pointer = find(row, "pointer")) CHECK(refusal.pointer == pointer->text);
    }
  }
}

TEST_CASE("text that no file can hold is refused", "[refusals]") {
  const auto refused = [](const std::string& text) {
    try {
      (void)ats::compute_document(text);
    } catch (const ats::WorldError& error) {
      return std::string(ats::error_name(error.code()));
    }
    return std::string("accepted");
  };
  CHECK(refused("{\"format\": \"\xff\"}") == "invalid_utf8");
  CHECK(refused("{\"format\": \"\xc3\"}") == "invalid_utf8");
  CHECK(refused("\xff") == "invalid_json");
  CHECK(refused(std::string("{\"a\0\": 1}", 9)) == "invalid_json");
  CHECK(refused(std::string(64, '[') + std::string(64, ']')) == "wrong_type");
  CHECK(refused(std::string(65, '[') + std::string(65, ']')) == "too_deep");
  CHECK(refused(std::string(1'000'000, '[')) == "too_deep");
}
