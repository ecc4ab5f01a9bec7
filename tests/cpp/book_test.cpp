// SPDX-License-Identifier: LGPL-3.0-only
#include "book.h"

#include <catch2/catch_test_macros.hpp>

#include "ats/engine.h"

using namespace ats;  // a test reads better so
using internal::Book;

namespace {

// Three products in one node, sold on one channel.
Book small_book() {
  Book book;
  book.now = Time(0);
  book.add(internal::NodeRow{NodeId(1)});
  book.add(internal::LocationRow{LocationId(11), NodeId(1)});
  book.add(internal::ChannelRow{.id = ChannelId(3), .nodes = {1}, .owners = {}, .incoming_kinds = {}});
  for (const std::int64_t product : {100, 101, 102}) {
    book.add(internal::ProductRow{.id = ProductId(product), .categories = {}});
    book.add(
        internal::ListingRow{.id = ListingId(product - 99), .channel = ChannelId(3), .product = ProductId(product)});
  }
  for (const std::int64_t units : {7, 5, 3}) {  // rows of the products in turn
    for (const std::int64_t product : {102, 100, 101}) {
      book.add(internal::SupplyRow{.product = ProductId(product),
                                   .location = LocationId(11),
                                   .quantity = Quantity((units * 100 + product - 100) * Quantity::kOne)});
    }
  }
  book.add(internal::RuleRow{.id = RuleId(1), .kind = RuleKind::cap, .product = ProductId(101), .fixed = Quantity(0)});
  return book;
}

}  // namespace

TEST_CASE("a book gives its rows out in the order they came in", "[book]") {
  const internal::Columns columns = small_book().columns();
  REQUIRE(columns.world.supply.rows == 9);
  CHECK(columns.world.supply.product[0] == ProductId(102));
  CHECK(columns.world.supply.product[1] == ProductId(100));
  CHECK(columns.world.supply.quantity[8] == Quantity(301 * Quantity::kOne));
  CHECK(columns.world.products.rows == 3);
}

TEST_CASE("the columns of one product hold its rows only, in their order", "[book]") {
  const internal::Columns columns = small_book().columns(ProductId(100));
  REQUIRE(columns.world.supply.rows == 3);
  CHECK(columns.world.supply.quantity[0] == Quantity(700 * Quantity::kOne));
  CHECK(columns.world.supply.quantity[2] == Quantity(300 * Quantity::kOne));
  CHECK(columns.world.products.rows == 1);
  CHECK(columns.world.listings.rows == 1);
  CHECK(columns.world.rules.rows == 0);  // the only rule is another product's
}

TEST_CASE("a product has the same levels alone as among the others", "[book]") {
  const Book book = small_book();
  const Levels all = compute(book.columns().world);
  for (const std::int64_t product : {100, 101, 102}) {
    const Levels one = compute(book.columns(ProductId(product)).world);
    REQUIRE(one.quantity.size() == 1);
    CHECK(one.quantity[0] == all.quantity[static_cast<std::size_t>(product - 100)]);
  }
}

TEST_CASE("listings and channels are found by id", "[book]") {
  const Book book = small_book();
  REQUIRE(book.listing(ListingId(2)) != nullptr);
  CHECK(book.listing(ListingId(2))->product == ProductId(101));
  CHECK(book.listing(ListingId(9)) == nullptr);
  CHECK(book.channel(ChannelId(3)) != nullptr);
  CHECK(book.channel(ChannelId(4)) == nullptr);
}

TEST_CASE("lines of kits without a quantity each are refused, not read", "[book]") {
  Book book = small_book();
  book.add(internal::KitRow{.product = ProductId(100), .line_products = {101, 102}, .line_quantities = {1}});
  const internal::Columns columns = book.columns();
  try {
    check(columns.world);
    FAIL("accepted");
  } catch (const WorldError& error) {
    CHECK(error.code() == ErrorCode::wrong_length);
    CHECK(error.pointer() == "/kits/line_quantities");
  }
}
