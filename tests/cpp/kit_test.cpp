// SPDX-License-Identifier: LGPL-3.0-only
#include "kit.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "ats/engine.h"
#include "book.h"
#include "plan.h"
#include "ratio.h"

using namespace ats;
using internal::Book;
using internal::Ratio;

namespace {

constexpr Quantity units(std::int64_t count) { return Quantity(count * Quantity::kOne); }
constexpr Quantity kLargest{std::numeric_limits<std::int64_t>::max()};

// One node, one channel; products are added by the tests.
Book shop() {
  Book book;
  book.now = Time(0);
  book.add(internal::NodeRow{.id = NodeId(1)});
  book.add(internal::LocationRow{.id = LocationId(1), .node = NodeId(1)});
  book.add(internal::ChannelRow{.id = ChannelId(1), .nodes = {1}});
  return book;
}

void add_stocked(Book* book, std::int64_t product, Quantity quantity) {
  book->add(internal::ProductRow{.id = ProductId(product)});
  book->add(internal::SupplyRow{.product = ProductId(product), .location = LocationId(1), .quantity = quantity});
}

struct Line final {
  std::int64_t product;
  Quantity quantity;
};

void add_kit(Book* book, std::int64_t product, const std::vector<Line>& lines, Quantity yields = units(1)) {
  internal::KitRow kit{.product = ProductId(product), .yields = yields};
  for (const Line& line : lines) {
    kit.line_products.push_back(line.product);
    kit.line_quantities.push_back(line.quantity.millionths());
  }
  book->add(internal::ProductRow{.id = ProductId(product)});
  book->add(kit);
}

Quantity level_of(Book* book, std::int64_t product) {
  book->add(internal::ListingRow{.id = ListingId(product), .channel = ChannelId(1), .product = ProductId(product)});
  const internal::Columns columns = book->columns();
  const Levels levels = compute(columns.world);
  for (std::size_t i = 0; i < levels.listing.size(); ++i) {
    if (levels.listing[i] == product) return Quantity(levels.quantity[i]);
  }
  return Quantity(-1);
}

}  // namespace

TEST_CASE("ratios are exact and in lowest terms", "[kit]") {
  CHECK(Ratio(units(2), units(6)) == Ratio(units(1), units(3)));
  CHECK(Ratio(units(2), units(3)) * Ratio(units(3), units(4)) == Ratio(units(1), units(2)));
  Ratio sum(units(1), units(6));
  sum += Ratio(units(1), units(10));
  CHECK(sum == Ratio(units(4), units(15)));
  Ratio none;
  none += sum;
  CHECK(none == sum);
  CHECK((Ratio(units(3), units(3))).is_one());
}

TEST_CASE("a ratio rounds once, at millionths, up or down", "[kit]") {
  const Ratio third(units(1), units(3));
  CHECK(third.times_up(units(1)) == Quantity(333'334));
  CHECK(third.times_up(units(3)) == units(1));
  CHECK(third.divide_down(Quantity(333'334)) == Quantity(1'000'002));
  CHECK(third.divide_up(Quantity(1)) == Quantity(3));
  const Ratio three(units(3), units(1));
  CHECK(three.divide_down(units(1)) == Quantity(333'333));
  CHECK(three.divide_up(units(1)) == Quantity(333'334));
  CHECK(three.is_short(units(2), units(1)));
  CHECK_FALSE(three.is_short(units(3), units(1)));
}

TEST_CASE("products beyond 128 bits are divided exactly", "[kit]") {
  // (2^63 - 1)^2 / ((2^63 - 1) * (2^63 - 2)) and its like: both terms are wide.
  const Ratio wide = Ratio(kLargest, Quantity(kLargest.millionths() - 1)) * Ratio(kLargest, Quantity(3));
  CHECK(wide.divide_down(Quantity(3)) == Quantity());                  // 9 (2^63 - 2) / (2^63 - 1)^2
  CHECK(wide.times_up(Quantity(2)) == Quantity(6148914691236517206));  // a little above 2/3 of 2^63
  CHECK_THROWS_AS(wide.times_up(kLargest), QuantityOverflow);
  const Ratio narrow = Ratio(Quantity(3), kLargest) * Ratio(Quantity(kLargest.millionths() - 1), kLargest);
  CHECK(narrow.divide_down(kLargest) == Ratio::kMost);
  CHECK(narrow.times_up(kLargest) == Quantity(3));
  CHECK_THROWS_AS(wide * wide * wide, QuantityOverflow);
}

TEST_CASE("a kit needs what all ways to a component need together", "[kit]") {
  Book book = shop();
  add_stocked(&book, 1, units(100));
  add_kit(&book, 20, {{1, units(2)}}, units(3));        // 2/3 each
  add_kit(&book, 30, {{20, units(2)}, {1, units(1)}});  // 4/3 + 1 = 7/3
  CHECK(level_of(&book, 30) == units(42));              // 100 / (7/3) = 42.86
}

TEST_CASE("a kit of kits as deep as there are products does not recurse", "[kit]") {
  constexpr std::int64_t depth = 20'000;
  Book book = shop();
  add_stocked(&book, 0, units(7));
  for (std::int64_t i = 1; i <= depth; ++i) add_kit(&book, i, {{i - 1, units(1)}});
  CHECK(level_of(&book, depth) == units(7));
}

TEST_CASE("as many ways as stars do not take as long", "[kit]") {
  constexpr std::int64_t depth = 60;  // 2^60 ways to the component
  Book book = shop();
  add_stocked(&book, 0, units(1));
  for (std::int64_t i = 1; i <= depth; ++i) {
    add_kit(&book, i, {{i - 1, units(1)}, {i - 1, units(1)}});
  }
  CHECK(level_of(&book, depth) == Quantity());
}

TEST_CASE("a kit whose quantities do not fit is refused at the product", "[kit]") {
  Book book = shop();
  add_stocked(&book, 0, units(1));
  for (std::int64_t i = 1; i <= 12; ++i) add_kit(&book, i, {{i - 1, Quantity(1'000'003)}}, Quantity(999'983));
  book.add(internal::ListingRow{.id = ListingId(1), .channel = ChannelId(1), .product = ProductId(12)});
  const internal::Columns columns = book.columns();
  for (const bool whole : {true, false}) {
    try {
      if (whole) {
        (void)compute(columns.world);
      } else {
        check(columns.world);
      }
      FAIL("accepted");
    } catch (const WorldError& error) {
      CHECK(error.code() == ErrorCode::overflow);
      CHECK(error.pointer() == "/products/12");
    }
  }
}

TEST_CASE("a kit that nobody sells or promises may have any quantities", "[kit]") {
  Book book = shop();
  add_stocked(&book, 0, units(1));
  for (std::int64_t i = 1; i <= 12; ++i) add_kit(&book, i, {{i - 1, Quantity(1'000'003)}}, Quantity(999'983));
  CHECK(level_of(&book, 0) == units(1));
}

TEST_CASE("the limiting component of each node is told, with what the node can ship", "[kit]") {
  Book book = shop();
  add_stocked(&book, 5, units(9));
  add_stocked(&book, 4, units(3));
  add_kit(&book, 30, {{5, units(2)}, {4, units(1)}});
  book.add(internal::ListingRow{.id = ListingId(1), .channel = ChannelId(1), .product = ProductId(30)});
  const internal::Columns columns = book.columns();
  const Levels levels = compute(columns.world);
  REQUIRE(levels.reason_code.size() == 1);
  REQUIRE(levels.detail_offsets == std::vector<std::int64_t>{0, 1});
  CHECK(levels.detail_node == std::vector<std::int64_t>{1});
  CHECK(levels.detail_component == std::vector<std::int64_t>{4});
  CHECK(levels.detail_quantity == std::vector<std::int64_t>{units(3).millionths()});
}

TEST_CASE("digests tell waterfalls apart and equal ones not", "[kit]") {
  const auto digest = [](std::int64_t of_four) {
    Book book = shop();
    add_stocked(&book, 5, units(6));
    add_stocked(&book, 4, units(of_four));
    add_kit(&book, 30, {{5, units(2)}, {4, units(1)}});
    book.add(internal::ListingRow{.id = ListingId(1), .channel = ChannelId(1), .product = ProductId(30)});
    const internal::Columns columns = book.columns();
    const Levels levels = compute(columns.world);
    CHECK(levels.quantity[0] == units(3).millionths());
    return levels.reason_digest.at(0);
  };
  CHECK(digest(3) != digest(4));  // the same level; another component limits it
  CHECK(digest(4) == digest(5));
  CHECK(digest(4) == digest(4));
}
