// SPDX-License-Identifier: LGPL-3.0-only
//
// The facts, as flat columns: one row, one position in each column of a table.
//
// A World owns nothing: it looks at columns that the caller keeps alive and
// unchanged until compute() has returned. A column that is not given answers
// with the default of the exchange format. Nothing here is checked on building
// a World; compute() checks everything before it counts anything.
//
// Thread safety: any number of threads may read one World at the same time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ats/types.h"

namespace ats {

// A column of values of one type, or a default for every row.
template <class T>
class Column final {
 public:
  Column() : Column(kNone) {}
  explicit Column(std::int64_t fallback) : fallback_(fallback) {}

  void bind(std::span<const std::int64_t> values) { values_ = values, given_ = true; }
  [[nodiscard]] bool given() const { return given_; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] T operator[](std::size_t row) const { return T(given_ ? values_[row] : fallback_); }
  [[nodiscard]] std::int64_t raw(std::size_t row) const { return given_ ? values_[row] : fallback_; }
  [[nodiscard]] std::span<const std::int64_t> values() const { return values_; }

 private:
  std::span<const std::int64_t> values_;
  std::int64_t fallback_;
  bool given_ = false;
};

// A column of yes and no, one byte or eight bytes wide; 0 and 1 are legal.
class Flags final {
 public:
  explicit Flags(bool fallback) : fallback_(fallback) {}

  void bind(std::span<const std::int8_t> values) { narrow_ = values, given_ = true; }
  void bind(std::span<const std::int64_t> values) { wide_ = values, given_ = true; }
  [[nodiscard]] bool given() const { return given_; }
  [[nodiscard]] std::size_t size() const { return narrow_.size() + wide_.size(); }
  [[nodiscard]] std::int64_t raw(std::size_t row) const {
    if (!narrow_.empty()) return narrow_[row];
    return wide_.empty() ? (fallback_ ? 1 : 0) : wide_[row];
  }
  [[nodiscard]] bool operator[](std::size_t row) const { return raw(row) != 0; }

 private:
  std::span<const std::int8_t> narrow_;
  std::span<const std::int64_t> wide_;
  bool fallback_;
  bool given_ = false;
};

// A list in each row: row i holds values[offsets[i]] up to values[offsets[i + 1]].
// Without offsets every row's list is empty.
template <class T>
struct ListColumn final {
  Column<std::int64_t> offsets{0};
  Column<T> values;
  [[nodiscard]] std::size_t begin(std::size_t row) const { return static_cast<std::size_t>(offsets[row]); }
  [[nodiscard]] std::size_t end(std::size_t row) const {
    return offsets.given() ? static_cast<std::size_t>(offsets[row + 1]) : 0;
  }
};

// A place that can ship.
struct Nodes final {
  std::size_t rows = 0;
  Column<NodeId> id;
};

struct Locations final {
  std::size_t rows = 0;
  Column<LocationId> id;
  Column<NodeId> node;
  Flags sellable{true};
};

// `categories` are listed nearest first.
struct Products final {
  std::size_t rows = 0;
  Column<ProductId> id;
  Column<std::int64_t> decimals{0};
  Flags storable{true};
  ListColumn<CategoryId> categories;
};

// Bills of materials of kits: the lines make `yields` of `product`. Lines may
// name kits. A product in this table has no stock of its own: what it has is
// what its components allow.
struct Kits final {
  std::size_t rows = 0;
  Column<ProductId> product;
  Column<Quantity> yields{Quantity::kOne};
  ListColumn<ProductId> lines;
  Column<Quantity> line_quantity;
};

// One quantity of a product in a location, of one lot and one owner.
struct Supply final {
  std::size_t rows = 0;
  Column<ProductId> product;
  Column<LocationId> location;
  Column<Quantity> quantity;
  Column<Quantity> reserved{0};
  Column<Time> expires;
  Column<OwnerId> owner;
  Flags blocked{false};
};

// Confirmed outgoing quantity that no reservation covers.
struct Demand final {
  std::size_t rows = 0;
  Column<ProductId> product;
  Column<NodeId> node;
  Column<Quantity> quantity;
  Column<Time> due;
};

struct Incoming final {
  std::size_t rows = 0;
  Column<ProductId> product;
  Column<NodeId> node;
  Column<Quantity> quantity;
  Column<Time> expected;
  Column<IncomingKind> kind;
};

struct Holds final {
  std::size_t rows = 0;
  Column<HoldId> id;
  Column<ProductId> product;
  Column<Quantity> quantity;
  Column<ChannelId> channel;
  Column<NodeId> node;
  Column<Time> expires;
};

struct Channels final {
  std::size_t rows = 0;
  Column<ChannelId> id;
  ListColumn<NodeId> nodes;
  Flags per_node{false};
  ListColumn<OwnerId> owners;
  ListColumn<IncomingKind> incoming_kinds;
  Column<std::int64_t> incoming_days{0};
  Column<Percent> incoming_percent{Percent::kHundred};
  Column<std::int64_t> min_life_days{0};
  Column<Percent> share_percent{Percent::kHundred};
};

// `kind` holds positions in kRuleKindNames.
struct Rules final {
  std::size_t rows = 0;
  Column<RuleId> id;
  Column<std::int64_t> kind;
  Column<ProductId> product;
  Column<CategoryId> category;
  Column<NodeId> node;
  Column<ChannelId> channel;
  Column<Quantity> fixed;
  Column<Percent> percent;
  Column<Time> from;
  Column<Time> until;
  Column<std::int64_t> sequence{10};
};

// A product offered on a channel; `unit` is the unit of sale in units of stock.
// An absent override_quantity means that there is no override.
struct Listings final {
  std::size_t rows = 0;
  Column<ListingId> id;
  Column<ChannelId> channel;
  Column<ProductId> product;
  Column<Quantity> unit{Quantity::kOne};
  Column<Quantity> override_quantity;
  Column<Time> override_until;
  Flags blocked{false};
};

struct World final {
  Time now{kNone};
  // Days ahead in which demand with a due date counts; kNone = all of it.
  std::int64_t demand_horizon_days = kNone;
  Nodes nodes;
  Locations locations;
  Products products;
  Kits kits;
  Supply supply;
  Demand demand;
  Incoming incoming;
  Holds holds;
  Channels channels;
  Rules rules;
  Listings listings;
};

}  // namespace ats
