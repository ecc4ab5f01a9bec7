// SPDX-License-Identifier: LGPL-3.0-only
//
// The mutable form of a world: rows are added, replaced and erased one by one,
// found again by product, place, component, time or id, and given out as flat
// columns. Boost.Multi-Index, which keeps them in all these orders at once,
// stays behind book*.cpp.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ats/rules.h"
#include "ats/world.h"

namespace ats::internal {

struct NodeRow {
  NodeId id{kNone};
};

struct LocationRow {
  LocationId id{kNone};
  NodeId node{kNone};
  bool sellable = true;
};

struct ProductRow {
  ProductId id{kNone};
  std::int64_t decimals = 0;
  bool storable = true;
  std::vector<std::int64_t> categories{};
};

struct KitRow {
  ProductId product{kNone};
  Quantity yields{Quantity::kOne};
  std::vector<std::int64_t> line_products{};
  std::vector<std::int64_t> line_quantities{};
};

struct SupplyRow {
  ProductId product{kNone};
  LocationId location{kNone};
  Quantity quantity{};
  Quantity reserved{};
  Time expires{kNone};
  OwnerId owner{kNone};
  bool blocked = false;
};

struct DemandRow {
  ProductId product{kNone};
  NodeId node{kNone};
  Quantity quantity{};
  Time due{kNone};
};

struct IncomingRow {
  ProductId product{kNone};
  NodeId node{kNone};
  Quantity quantity{};
  Time expected{kNone};
  IncomingKind kind{kNone};
};

struct HoldRow {
  HoldId id{kNone};
  ProductId product{kNone};
  Quantity quantity{};
  ChannelId channel{kNone};
  NodeId node{kNone};
  Time expires{kNone};
};

struct ChannelRow {
  ChannelId id{kNone};
  std::vector<std::int64_t> nodes{};
  bool per_node = false;
  std::vector<std::int64_t> owners{};
  std::vector<std::int64_t> incoming_kinds{};
  std::int64_t incoming_days = 0;
  Percent incoming_percent{Percent::kHundred};
  std::int64_t min_life_days = 0;
  Percent share_percent{Percent::kHundred};
};

struct RuleRow {
  RuleId id{kNone};
  RuleKind kind = RuleKind::node_buffer;
  ProductId product{kNone};
  CategoryId category{kNone};
  NodeId node{kNone};
  ChannelId channel{kNone};
  std::optional<Quantity> fixed{};
  std::optional<Percent> percent{};
  Time from{kNone};
  Time until{kNone};
  std::int64_t sequence = 10;
};

struct ListingRow {
  ListingId id{kNone};
  ChannelId channel{kNone};
  ProductId product{kNone};
  Quantity unit{Quantity::kOne};
  std::optional<Quantity> override_quantity{};
  Time override_until{kNone};
  bool blocked = false;
};

// A world together with the columns it looks at. Moving it is safe; copying
// would leave the copy looking at the original, so there is none.
class Columns final {
 public:
  World world;

  Columns() = default;
  Columns(Columns&&) = default;
  Columns& operator=(Columns&&) = default;
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;
  ~Columns() = default;

  // Keeps the values and returns where they are.
  [[nodiscard]] std::span<const std::int64_t> keep(std::vector<std::int64_t> values) {
    storage_.push_back(std::move(values));
    return storage_.back();
  }

 private:
  std::deque<std::vector<std::int64_t>> storage_;
};

using ProductIds = std::set<ProductId>;

// A row is known by its address, which add() returns and which holds until the
// row is erased, whatever happens to others.
//
// Thread safety: as a standard container's.
//
// Invariants:
//   1. Rows keep the order in which they were added, in columns() too: row i
//      of a document is row i of its table. A row that is replaced keeps its place.
//   2. Nothing is checked here: a book may hold what compute() will refuse,
//      duplicate ids included.
class Book final {
 public:
  Book();
  ~Book();
  Book(Book&&) noexcept;
  Book& operator=(Book&&) noexcept;

  Time now{kNone};
  std::int64_t demand_horizon_days = kNone;

  // For each of the kinds of rows above. REQUIRES of replace() and erase(): a
  // row of this book that was not erased before.
  template <class Row>
  const Row* add(Row row);
  template <class Row>
  void replace(const Row* old, Row row);
  template <class Row>
  void erase(const Row* row);
  // All rows of a kind, in order.
  template <class Row>
  [[nodiscard]] std::vector<const Row*> rows() const;

  // The first of them added under that id, null if there is none.
  [[nodiscard]] const ListingRow* listing(ListingId id) const;
  [[nodiscard]] const ChannelRow* channel(ChannelId id) const;
  [[nodiscard]] const ProductRow* product(ProductId id) const;
  [[nodiscard]] const LocationRow* location(LocationId id) const;
  [[nodiscard]] const NodeRow* node(NodeId id) const;

  // Products with supply in that location; with supply, demand, incoming or a
  // hold in that node.
  [[nodiscard]] ProductIds products_in(LocationId location) const;
  [[nodiscard]] ProductIds products_in(NodeId node) const;
  // Kits with a line of that component.
  [[nodiscard]] ProductIds kits_with(ProductId component) const;
  // Products of which a fact, a rule or a listing takes effect or ceases to by
  // time alone at an instant after the first and not after the second: each
  // instant that M8 names.
  [[nodiscard]] ProductIds products_due(Time after, Time until) const;

  // The products whose facts and rules can decide the levels of that one,
  // itself included: the components of kits, and the kits that contain one of
  // them and have demand, holds or quotas, which bind their components.
  [[nodiscard]] ProductIds deciding(ProductId product) const;
  // The inverse: the products whose levels those of the given can decide.
  [[nodiscard]] ProductIds decided_by(const ProductIds& products) const;
  // Whether a hold without a node or a quota is on one of them: then what one
  // channel may sell depends on nodes that others sell from (M5).
  [[nodiscard]] bool promised_without_node(const ProductIds& products) const;

  // The whole world.
  [[nodiscard]] Columns columns() const;
  // The part of the world that decides the levels of one product: the facts and
  // rules of deciding(product), its own listings, and every place and channel.
  [[nodiscard]] Columns columns(ProductId product) const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace ats::internal
