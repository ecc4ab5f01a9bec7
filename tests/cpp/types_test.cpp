// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/types.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>

#include "id_index.h"

using ats::Decimals;
using ats::DecimalState;
using ats::Percent;
using ats::Quantity;
using ats::QuantityOverflow;

namespace {
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
}

TEST_CASE("plain decimals are read exactly", "[types]") {
  const auto [text, state, value] = GENERATE(table<std::string, DecimalState, std::int64_t>({
      {"0", DecimalState::ok, 0},
      {"-0", DecimalState::ok, 0},
      {"12.5", DecimalState::ok, 12'500'000},
      {"-3", DecimalState::ok, -3'000'000},
      {"0.000001", DecimalState::ok, 1},
      {"007", DecimalState::ok, 7'000'000},
      {"9223372036854.775807", DecimalState::ok, kMax},
      {"-9223372036854.775807", DecimalState::ok, -kMax},
      {"9223372036854.775808", DecimalState::out_of_range, 0},
      {"-9223372036854.775808", DecimalState::out_of_range, 0},
      {"99999999999999999999999999999999999999999999", DecimalState::out_of_range, 0},
      {"1.0000000", DecimalState::malformed, 0},
      {"", DecimalState::malformed, 0},
      {"-", DecimalState::malformed, 0},
      {"+5", DecimalState::malformed, 0},
      {".5", DecimalState::malformed, 0},
      {"5.", DecimalState::malformed, 0},
      {"1e3", DecimalState::malformed, 0},
      {" 1", DecimalState::malformed, 0},
      {"1,5", DecimalState::malformed, 0},
      {"--1", DecimalState::malformed, 0},
      {"1.2.3", DecimalState::malformed, 0},
  }));
  CAPTURE(text);
  std::int64_t millionths = 0;
  CHECK(ats::parse_decimal(text, &millionths) == state);
  if (state == DecimalState::ok) CHECK(millionths == value);
}

TEST_CASE("decimals are written without trailing zeros", "[types]") {
  CHECK(ats::format_decimal(0) == "0");
  CHECK(ats::format_decimal(12'500'000) == "12.5");
  CHECK(ats::format_decimal(-1) == "-0.000001");
  CHECK(ats::format_decimal(kMax) == "9223372036854.775807");
  CHECK(ats::format_decimal(ats::kNone) == "-9223372036854.775808");
}

TEST_CASE("times are read and written", "[types]") {
  CHECK(ats::parse_time("1970-01-01T00:00:00Z").seconds() == 0);
  CHECK(ats::parse_time("2026-11-21T10:00:00Z").seconds() == 1'795'255'200);
  CHECK(ats::parse_time("0000-01-01T00:00:00Z") == ats::kTimeMin);
  CHECK(ats::parse_time("9999-12-31T23:59:59Z") == ats::kTimeMax);
  CHECK(ats::format_time(ats::kTimeMin) == "0000-01-01T00:00:00Z");
  CHECK(ats::format_time(ats::kTimeMax) == "9999-12-31T23:59:59Z");
  const std::string bad =
      GENERATE("2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z",
               "2026-11-21T10:00:60Z", "2026-11-21T10:00:00", "2026-11-21 10:00:00Z", "2026-11-21T10:00:00+00:00",
               "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-00T00:00:00Z", "-026-11-21T10:00:00Z", "");
  CAPTURE(bad);
  CHECK_FALSE(ats::parse_time(bad).present());
}

TEST_CASE("days move a time and stop at the ends", "[types]") {
  CHECK(ats::Time(0).plus_days(2).seconds() == 172'800);
  CHECK(ats::Time(0).minus_days(2).seconds() == -172'800);
  CHECK(ats::Time(5).plus_days(kMax).seconds() == kMax);
  CHECK(ats::Time(5).minus_days(kMax).present());
}

TEST_CASE("sums that leave int64 are refused, never wrapped", "[types]") {
  CHECK_THROWS_AS(Quantity(kMax) + Quantity(1), QuantityOverflow);
  CHECK_THROWS_AS(Quantity(-kMax) - Quantity(2), QuantityOverflow);
  CHECK_THROWS_AS(-Quantity(ats::kNone), QuantityOverflow);
  CHECK_THROWS_AS(Quantity(kMax).whole_units(Quantity(1)), QuantityOverflow);
  CHECK_THROWS_AS(Quantity(kMax).percent_up(Percent(Percent::kHundred), Decimals(0)), QuantityOverflow);
  CHECK(Quantity(kMax).percent_down(Percent(Percent::kHundred), Decimals(6)) == Quantity(kMax));
}

TEST_CASE("rounding goes the way it says, once", "[types]") {
  CHECK(Quantity(92'500'000).floor_to(Decimals(0)) == Quantity(92'000'000));
  CHECK(Quantity(-1).floor_to(Decimals(0)) == Quantity(-1'000'000));
  CHECK(Quantity(92'590'000).floor_to(Decimals(1)) == Quantity(92'500'000));
  CHECK(Quantity(90'000'000).percent_up(Percent(7'500'000), Decimals(0)) == Quantity(7'000'000));
  CHECK(Quantity(90'000'000).percent_down(Percent(7'500'000), Decimals(0)) == Quantity(6'000'000));
  CHECK(Quantity(90'000'000).percent_up(Percent(7'500'000), Decimals(2)) == Quantity(6'750'000));
  CHECK(Quantity(17'000'000).whole_units(Quantity(6'000'000)) == Quantity(2'000'000));
  CHECK(Quantity(1'000'000).whole_units(Quantity(250'000)) == Quantity(4'000'000));
}

TEST_CASE("ids are found whether they lie close together or far apart", "[types]") {
  const std::vector<std::int64_t> ids =
      GENERATE(std::vector<std::int64_t>{5, 3, 4}, std::vector<std::int64_t>{-kMax, 0, kMax},
               std::vector<std::int64_t>{kMax, kMax - 1});
  ats::internal::IdIndex index;
  REQUIRE_FALSE(index.build(ids));
  for (std::size_t i = 0; i < ids.size(); ++i) CHECK(index.find(ids[i]) == i);
  CHECK(index.find(6) == ats::internal::kNowhere);
  CHECK(index.find(ats::kNone) == ats::internal::kNowhere);
  std::vector<std::int64_t> twice = ids;
  twice.push_back(ids[0]);
  CHECK(index.build(twice) == ids.size());
}

TEST_CASE("the first id that was there before is found, near or far", "[types]") {
  const std::int64_t step = GENERATE(1, 1'000'000'007);
  ats::internal::Pacer idle;
  ats::internal::IdIndex index;
  std::vector<std::int64_t> ids;
  for (const std::int64_t id : {9, 4, 7, 4, 9, 9, 1}) ids.push_back(id * step);
  CHECK(index.build(ids) == 3);
  CHECK(ats::internal::first_twin(ids, &idle) == 3);
}
