// SPDX-License-Identifier: LGPL-3.0-only
//
// The mutable form of a world: rows are added one by one, found again by
// product or id, and given out as flat columns. Boost.Multi-Index, which keeps
// them in all these orders at once, stays behind book.cpp.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ats/rules.h"
#include "ats/world.h"

namespace ats::internal {

struct NodeRow final {
  NodeId id{kNone};
};

struct LocationRow final {
  LocationId id{kNone};
  NodeId node{kNone};
  bool sellable = true;
};

struct ProductRow final {
  ProductId id{kNone};
  std::int64_t decimals = 0;
  bool storable = true;
  std::vector<std::int64_t> categories{};
};

struct KitRow final {
  ProductId product{kNone};
  Quantity yields{Quantity::kOne};
  std::vector<std::int64_t> line_products{};
  std::vector<std::int64_t> line_quantities{};
};

struct SupplyRow final {
  ProductId product{kNone};
  LocationId location{kNone};
  Quantity quantity{};
  Quantity reserved{};
  Time expires{kNone};
  OwnerId owner{kNone};
  bool blocked = false;
};

struct DemandRow final {
  ProductId product{kNone};
  NodeId node{kNone};
  Quantity quantity{};
  Time due{kNone};
};

struct IncomingRow final {
  ProductId product{kNone};
  NodeId node{kNone};
  Quantity quantity{};
  Time expected{kNone};
  IncomingKind kind{kNone};
};

struct HoldRow final {
  HoldId id{kNone};
  ProductId product{kNone};
  Quantity quantity{};
  ChannelId channel{kNone};
  NodeId node{kNone};
  Time expires{kNone};
};

struct ChannelRow final {
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

struct RuleRow final {
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

struct ListingRow final {
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

// Thread safety: as a standard container's.
//
// Invariants:
//   1. Rows keep the order in which they were added, in columns() too: row i
//      of a document is row i of its table.
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

  void add(NodeRow row);
  void add(LocationRow row);
  void add(ProductRow row);
  void add(KitRow row);
  void add(SupplyRow row);
  void add(DemandRow row);
  void add(IncomingRow row);
  void add(HoldRow row);
  void add(ChannelRow row);
  void add(RuleRow row);
  void add(ListingRow row);

  // The first listing or channel added under that id, null if there is none.
  [[nodiscard]] const ListingRow* listing(ListingId id) const;
  [[nodiscard]] const ChannelRow* channel(ChannelId id) const;

  // The whole world.
  [[nodiscard]] Columns columns() const;
  // The part of the world that decides the levels of one product: its own
  // facts, rules and listings, and every place and channel.
  [[nodiscard]] Columns columns(ProductId product) const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace ats::internal
