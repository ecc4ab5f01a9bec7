// SPDX-License-Identifier: LGPL-3.0-only
//
// Two computations of the listings that can differ, and what differs.
#include "ats/compare.h"

#include <map>

#include "compare_reach.h"

namespace ats {
namespace {

// Checks the other rules against what rules refer to; the facts were checked
// with the world's own.
void check_rules_after(const World& world, const Rules& rules_after, const Options& options) {
  constexpr std::string_view table = "/rules";
  World bare;
  bare.now = world.now;
  bare.nodes = world.nodes;
  bare.products = world.products;
  bare.channels = world.channels;
  bare.rules = rules_after;
  try {
    check(bare, options);
  } catch (const WorldError& error) {
    throw WorldError(error.code(), "/rules_after" + error.pointer().substr(table.size()), error.what());
  }
}

// Some rows of a table of listings, in columns of their own.
class SomeListings final {
 public:
  SomeListings(const Listings& all, const std::vector<std::size_t>& rows) : table(all), rows_(rows) {
    if (rows.size() == all.rows) return;
    table.rows = rows.size();
    take(all.id, &table.id, &id_);
    take(all.channel, &table.channel, &channel_);
    take(all.product, &table.product, &product_);
    take(all.unit, &table.unit, &unit_);
    take(all.override_quantity, &table.override_quantity, &override_quantity_);
    take(all.override_until, &table.override_until, &override_until_);
    if (all.blocked.given()) {
      for (const std::size_t row : rows_) blocked_.push_back(all.blocked.raw(row));
      table.blocked = Flags(false);  // the whole column may have been the narrow one
      table.blocked.bind(blocked_);
    }
  }

  Listings table;

 private:
  using Values = std::vector<std::int64_t>;

  template <class T>
  void take(const Column<T>& from, Column<T>* to, Values* values) const {
    if (!from.given()) return;
    values->reserve(rows_.size());
    for (const std::size_t row : rows_) values->push_back(from.raw(row));
    to->bind(*values);
  }

  const std::vector<std::size_t>& rows_;
  Values id_, channel_, product_, unit_, override_quantity_, override_until_, blocked_;
};

[[nodiscard]] std::size_t count_levels(const World& world) {
  std::map<std::int64_t, std::size_t> by_channel;  // only channels that stock by location
  for (std::size_t row = 0; row < world.channels.rows; ++row) {
    if (world.channels.per_node[row]) {
      by_channel[world.channels.id.raw(row)] = world.channels.nodes.end(row) - world.channels.nodes.begin(row);
    }
  }
  if (by_channel.empty()) return world.listings.rows;
  std::size_t levels = 0;
  for (std::size_t row = 0; row < world.listings.rows; ++row) {
    const auto found = by_channel.find(world.listings.channel.raw(row));
    levels += found == by_channel.end() ? 1 : found->second;
  }
  return levels;
}

// The levels of one listing, seen together.
struct ListingSums final {
  bool differs = false;
  bool any_before = false;
  bool any_after = false;
};

void count_listing(const ListingSums& sums, Comparison* out) {
  out->listings_changed += sums.differs ? 1 : 0;
  out->listings_to_zero += sums.any_before && !sums.any_after ? 1 : 0;
  out->listings_from_zero += !sums.any_before && sums.any_after ? 1 : 0;
}

// REQUIRES: levels of the same listings.
void collect(const Levels& before, const Levels& after, Comparison* out) {
  ListingSums sums;
  for (std::size_t i = 0; i < before.quantity.size(); ++i) {
    const std::int64_t was = before.quantity[i];
    const std::int64_t is = after.quantity[i];
    sums.differs |= was != is;
    sums.any_before |= was != 0;
    sums.any_after |= is != 0;
    if (was != is) {
      out->listing.push_back(before.listing[i]);
      out->node.push_back(before.node[i]);
      out->before.push_back(was);
      out->after.push_back(is);
      out->to_zero += is == 0 ? 1 : 0;
      out->from_zero += was == 0 ? 1 : 0;
    }
    if (i + 1 == before.quantity.size() || before.listing[i + 1] != before.listing[i]) {
      count_listing(sums, out);
      sums = ListingSums();
    }
  }
  out->changed = out->listing.size();
}

}  // namespace

Comparison compare(const World& world, const Rules& rules_after, const Options& options) {
  Options bare = options;
  bare.reasons = false;
  check(world, bare);
  check_rules_after(world, rules_after, bare);
  const std::vector<std::size_t> rows = internal::reached_listings(world, rules_after);
  Comparison out;
  out.levels = count_levels(world);
  if (rows.empty()) return out;
  World before = world;
  const SomeListings some(world.listings, rows);
  before.listings = some.table;
  World after = before;
  after.rules = rules_after;
  collect(compute(before, bare), compute(after, bare), &out);
  return out;
}

}  // namespace ats
