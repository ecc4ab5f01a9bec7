// SPDX-License-Identifier: LGPL-3.0-only
//
// The workload: a shop of many products in ten nodes on ten channels. Four
// rows of supply a product; a tenth of the products has a hold, a tenth an
// expiry, a twentieth a rule of its own, a twentieth is a kit of the two
// products before it. The same seed gives the same shop.
#pragma once

#include <cstdint>
#include <vector>

#include "ats/world.h"

namespace bench {

using Values = std::vector<std::int64_t>;

struct Shop final {
  static constexpr std::int64_t kNodes = 10;
  static constexpr std::int64_t kChannels = 10;
  static constexpr std::int64_t kRowsPerProduct = 4;
  static constexpr std::int64_t kNow = 1'800'000'000;

  explicit Shop(std::int64_t products, std::uint64_t seed);

  // A view of the values below; they must outlive it.
  [[nodiscard]] ats::World world() const;

  Values node_id;
  Values location_id, location_node, location_sellable;  // two locations a node, the second not sellable
  Values product_id;
  Values supply_product, supply_location, supply_quantity, supply_reserved, supply_expires;
  Values kit_product, kit_line_offsets, kit_line_product, kit_line_quantity;  // two lines a kit
  Values hold_id, hold_product, hold_node, hold_quantity, hold_expires;
  Values channel_id, channel_node_offsets, channel_nodes;
  Values rule_id, rule_kind, rule_product, rule_node, rule_channel, rule_fixed, rule_percent;
  Values listing_id, listing_product, listing_channel;
};

// What every competitor has to give.
struct Answer final {
  Values listing;
  Values node;
  Values quantity;
  bool operator==(const Answer&) const = default;
};

// The competitor: loops over flat arrays by hand, knowing everything about
// this very shop and checking nothing.
[[nodiscard]] Answer hand_loop(const Shop& shop);

}  // namespace bench
