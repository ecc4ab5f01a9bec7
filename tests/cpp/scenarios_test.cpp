// SPDX-License-Identifier: LGPL-3.0-only
//
// Every file of tests/scenarios, through the book, the columns and the engine.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "ats/json.h"
#include "ats/rules.h"
#include "files.h"
#include "json_cursor.h"
#include "json_world.h"

using ats::internal::Cursor;
using ats::internal::Value;
using ats::testing::find;
using ats::testing::get;

namespace {

std::int64_t id_or_none(const Value& value) { return value.kind == Value::Kind::null ? ats::kNone : value.integer; }

std::string decimal(const Value& value) { return ats::format_decimal(Cursor(value).decimal()); }

void check_reasons(const Value& level, const Value& expected) {
  std::int64_t sum = 0;
  for (const Value& reason : get(level, "reasons").items) sum += Cursor(get(reason, "quantity")).decimal();
  CHECK(ats::format_decimal(sum) == get(level, "quantity").text);
  const Value* reasons = find(expected, "reasons");
  if (reasons == nullptr) return;
  const auto& got = get(level, "reasons").items;
  REQUIRE(got.size() == reasons->items.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(get(got[i], "code").text == get(reasons->items[i], "code").text);
    CHECK(get(got[i], "quantity").text == decimal(get(reasons->items[i], "quantity")));
  }
}

void check_levels(const Value& scenario, const ats::Levels& levels) {
  const Value document = ats::internal::parse_json(ats::to_json(levels));
  CHECK(get(document, "format").text == "ats-levels/1");
  CHECK(get(document, "next_change").text == get(scenario, "next_change").text);
  const auto& got = get(document, "levels").items;
  const auto& expected = get(scenario, "expect").items;
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(get(got[i], "listing").integer == get(expected[i], "listing").integer);
    CHECK(id_or_none(get(got[i], "node")) == id_or_none(get(expected[i], "node")));
    CHECK(get(got[i], "quantity").text == decimal(get(expected[i], "quantity")));
    check_reasons(got[i], expected[i]);
  }
}

void check_without_reasons(const ats::World& world, const ats::Levels& with) {
  const ats::Levels without = ats::compute(world, {.threads = 1, .reasons = false, .checkpoint = {}});
  CHECK(without.quantity == with.quantity);
  CHECK(without.reason_offsets.empty());
}

}  // namespace

TEST_CASE("every scenario gives the levels, waterfalls and next change it states", "[scenarios]") {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(ats::testing::tests_folder() / "scenarios")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE_FALSE(files.empty());
  for (const auto& file : files) {
    DYNAMIC_SECTION(file.stem().string()) {
      const Value scenario = ats::testing::read_json(file);
      const Value& world = get(scenario, "world");
      const ats::internal::Book book = ats::internal::read_world(world);
      const ats::internal::Columns columns = book.columns();
      const ats::Levels levels = ats::compute(columns.world);
      check_levels(scenario, levels);
      check_without_reasons(columns.world, levels);
    }
  }
}
