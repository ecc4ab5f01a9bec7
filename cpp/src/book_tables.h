// SPDX-License-Identifier: LGPL-3.0-only
//
// The tables of a book, each in all the orders in which its rows are found.
// For the files of the book only.
#pragma once

#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <limits>
#include <utility>

#include "book.h"

namespace ats::internal {

namespace mi = boost::multi_index;

// A row and when it came: rows that are equal in an order stand in that one.
template <class Row>
struct Placed final : Row {
  using Plain = Row;
  Placed(Row plain, std::uint64_t its_serial) : Row(std::move(plain)), serial(its_serial) {}
  std::uint64_t serial;
};

template <class Row>
using Rows = std::vector<const Row*>;

// Orders, by what they sort; ties as added.
struct in_order {};  // as added
struct by_id {};
struct by_product {};
struct by_location {};
struct by_node {};
struct by_component {};
struct by_time {};   // when it expires, is due, is expected or ends
struct by_start {};  // when it begins to hold

// Sorts by a member, then by when the row came.
template <class Row, auto member>
struct Key final {
  using Value = std::remove_cvref_t<decltype(std::declval<const Row&>().*member)>;
  using result_type = std::pair<Value, std::uint64_t>;
  [[nodiscard]] result_type operator()(const Placed<Row>& row) const { return {row.*member, row.serial}; }
};

template <class Row, class Tag, auto member>
using Order = mi::ordered_unique<mi::tag<Tag>, Key<Row, member>>;

template <class Row, class... Orders>
using Table = mi::multi_index_container<Placed<Row>, mi::indexed_by<mi::sequenced<mi::tag<in_order>>, Orders...>>;

template <class Row>
using RecordTable = Table<Row, Order<Row, by_id, &Row::id>>;

// A line of a kit, as its components are found by. Kept beside the table of
// kits, because a row has one key in an order and a kit has many lines.
struct KitLine {
  ProductId component{kNone};
  ProductId kit{kNone};
  const KitRow* row = nullptr;
};

// The lowest and the highest key with that value.
template <class Value>
[[nodiscard]] std::pair<Value, std::uint64_t> lowest(Value value) {
  return {value, 0};
}
template <class Value>
[[nodiscard]] std::pair<Value, std::uint64_t> highest(Value value) {
  return {value, std::numeric_limits<std::uint64_t>::max()};
}

// The rows of an order with that value.
template <class Index, class Value>
[[nodiscard]] auto range_of(const Index& index, Value value) {
  return std::pair(index.lower_bound(lowest(value)), index.upper_bound(highest(value)));
}

template <class Table>
[[nodiscard]] auto in_order_of(const Table& table) {
  Rows<typename Table::value_type::Plain> rows;
  rows.reserve(table.size());
  for (const auto& row : table.template get<in_order>()) rows.push_back(&row);
  return rows;
}

struct Book::Tables final {
  std::uint64_t next_serial = 0;

  RecordTable<NodeRow> nodes;
  RecordTable<ProductRow> products;
  RecordTable<ChannelRow> channels;
  Table<LocationRow, Order<LocationRow, by_id, &LocationRow::id>, Order<LocationRow, by_node, &LocationRow::node>>
      locations;
  Table<KitRow, Order<KitRow, by_product, &KitRow::product>> kits;
  Table<KitLine, Order<KitLine, by_component, &KitLine::component>> kit_lines;
  Table<SupplyRow, Order<SupplyRow, by_product, &SupplyRow::product>,
        Order<SupplyRow, by_location, &SupplyRow::location>, Order<SupplyRow, by_time, &SupplyRow::expires>>
      supply;
  Table<DemandRow, Order<DemandRow, by_product, &DemandRow::product>, Order<DemandRow, by_node, &DemandRow::node>,
        Order<DemandRow, by_time, &DemandRow::due>>
      demand;
  Table<IncomingRow, Order<IncomingRow, by_product, &IncomingRow::product>,
        Order<IncomingRow, by_node, &IncomingRow::node>, Order<IncomingRow, by_time, &IncomingRow::expected>>
      incoming;
  Table<HoldRow, Order<HoldRow, by_product, &HoldRow::product>, Order<HoldRow, by_node, &HoldRow::node>,
        Order<HoldRow, by_time, &HoldRow::expires>>
      holds;
  Table<RuleRow, Order<RuleRow, by_product, &RuleRow::product>, Order<RuleRow, by_start, &RuleRow::from>,
        Order<RuleRow, by_time, &RuleRow::until>>
      rules;
  Table<ListingRow, Order<ListingRow, by_id, &ListingRow::id>, Order<ListingRow, by_product, &ListingRow::product>,
        Order<ListingRow, by_time, &ListingRow::override_until>>
      listings;

  // The table of that kind of rows.
  template <class Row, class Self>
  [[nodiscard]] static auto& table(Self& self) {
    if constexpr (std::is_same_v<Row, NodeRow>)
      return self.nodes;
    else if constexpr (std::is_same_v<Row, LocationRow>)
      return self.locations;
    else if constexpr (std::is_same_v<Row, ProductRow>)
      return self.products;
    else if constexpr (std::is_same_v<Row, KitRow>)
      return self.kits;
    else if constexpr (std::is_same_v<Row, SupplyRow>)
      return self.supply;
    else if constexpr (std::is_same_v<Row, DemandRow>)
      return self.demand;
    else if constexpr (std::is_same_v<Row, IncomingRow>)
      return self.incoming;
    else if constexpr (std::is_same_v<Row, HoldRow>)
      return self.holds;
    else if constexpr (std::is_same_v<Row, ChannelRow>)
      return self.channels;
    else if constexpr (std::is_same_v<Row, RuleRow>)
      return self.rules;
    else
      return self.listings;
  }

  void add_lines(const KitRow* kit);
  void erase_lines(const KitRow* kit);
  [[nodiscard]] bool promised(ProductId product) const;
  void add_all_products(ProductIds* out) const;
};

}  // namespace ats::internal
