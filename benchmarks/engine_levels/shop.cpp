// SPDX-License-Identifier: LGPL-3.0-only
#include "shop.h"

#include <random>

#include "ats/rules.h"

namespace bench {
namespace {

constexpr std::int64_t kUnit = 1'000'000;

// Ids start where a database's do, not at 0.
constexpr std::int64_t kFirstNode = 3;
constexpr std::int64_t kFirstLocation = 8;
constexpr std::int64_t kFirstProduct = 41;
constexpr std::int64_t kFirstChannel = 5;

void add_rule(Shop* shop, ats::RuleKind kind, std::int64_t product, std::int64_t node, std::int64_t channel,
              std::int64_t fixed, std::int64_t percent) {
  shop->rule_id.push_back(static_cast<std::int64_t>(shop->rule_id.size()) + 1);
  shop->rule_kind.push_back(static_cast<std::int64_t>(kind));
  shop->rule_product.push_back(product);
  shop->rule_node.push_back(node);
  shop->rule_channel.push_back(channel);
  shop->rule_fixed.push_back(fixed);
  shop->rule_percent.push_back(percent);
}

void add_places(Shop* shop) {
  for (std::int64_t node = 0; node < Shop::kNodes; ++node) {
    shop->node_id.push_back(kFirstNode + node);
    for (std::int64_t i = 0; i < 2; ++i) {
      shop->location_id.push_back(kFirstLocation + node * 2 + i);
      shop->location_node.push_back(kFirstNode + node);
      shop->location_sellable.push_back(1 - i);
    }
  }
  shop->channel_node_offsets.push_back(0);
  for (std::int64_t channel = 0; channel < Shop::kChannels; ++channel) {
    shop->channel_id.push_back(kFirstChannel + channel);
    for (std::int64_t i = 0; i <= channel; ++i)
      shop->channel_nodes.push_back(kFirstNode + (channel + i) % Shop::kNodes);
    shop->channel_node_offsets.push_back(static_cast<std::int64_t>(shop->channel_nodes.size()));
  }
}

// A kit of one of the product before and some of the one before that, which
// are no kits themselves.
[[nodiscard]] bool add_kit(Shop* shop, std::int64_t product, std::int64_t quantity) {
  const bool after_kit = !shop->kit_product.empty() && product - shop->kit_product.back() < 3;
  if (after_kit || product < kFirstProduct + 2) return false;
  shop->kit_product.push_back(product);
  for (std::int64_t line = 1; line <= 2; ++line) {
    shop->kit_line_product.push_back(product - line);
    shop->kit_line_quantity.push_back((line == 1 ? 1 : quantity) * kUnit);
  }
  shop->kit_line_offsets.push_back(static_cast<std::int64_t>(shop->kit_line_product.size()));
  return true;
}

void add_listings(Shop* shop, std::int64_t product) {
  for (std::int64_t channel = 0; channel < Shop::kChannels; ++channel) {
    shop->listing_id.push_back(product * Shop::kChannels + channel);
    shop->listing_product.push_back(product);
    shop->listing_channel.push_back(kFirstChannel + channel);
  }
}

void add_product(Shop* shop, std::int64_t product, std::mt19937_64* random) {
  const auto draw = [random](std::int64_t below) {
    return static_cast<std::int64_t>((*random)() % static_cast<std::uint64_t>(below));
  };
  shop->product_id.push_back(product);
  add_listings(shop, product);
  if (draw(17) == 0 && add_kit(shop, product, 1 + draw(3))) return;
  const bool dated = draw(10) == 0;
  for (std::int64_t row = 0; row < Shop::kRowsPerProduct; ++row) {
    const std::int64_t quantity = draw(80) - 3;
    shop->supply_product.push_back(product);
    shop->supply_location.push_back(kFirstLocation + draw(Shop::kNodes) * 2 + (draw(8) == 0 ? 1 : 0));
    shop->supply_quantity.push_back(quantity * kUnit);
    shop->supply_reserved.push_back(draw(4) == 0 ? draw(6) * kUnit : 0);
    shop->supply_expires.push_back(dated ? Shop::kNow + (draw(60) - 10) * 86'400 : ats::kNone);
  }
  if (draw(10) == 0) {
    shop->hold_id.push_back(product);
    shop->hold_product.push_back(product);
    shop->hold_node.push_back(kFirstNode + draw(Shop::kNodes));
    shop->hold_quantity.push_back((1 + draw(5)) * kUnit);
    shop->hold_expires.push_back(Shop::kNow + (draw(100) - 20) * 60);
  }
  if (draw(20) == 0) {
    add_rule(shop, ats::RuleKind::channel_buffer, product, ats::kNone, ats::kNone, (1 + draw(9)) * kUnit, ats::kNone);
  }
}

}  // namespace

Shop::Shop(std::int64_t products, std::uint64_t seed) {
  add_places(this);
  kit_line_offsets.push_back(0);
  add_rule(this, ats::RuleKind::node_buffer, ats::kNone, ats::kNone, ats::kNone, 2 * kUnit, ats::kNone);
  add_rule(this, ats::RuleKind::node_buffer, ats::kNone, kFirstNode, ats::kNone, ats::kNone, 7'500'000);
  add_rule(this, ats::RuleKind::channel_buffer, ats::kNone, ats::kNone, kFirstChannel, 3 * kUnit, ats::kNone);
  add_rule(this, ats::RuleKind::stop_sell, ats::kNone, ats::kNone, ats::kNone, 1 * kUnit, ats::kNone);
  add_rule(this, ats::RuleKind::cap, ats::kNone, ats::kNone, kFirstChannel + 1, 50 * kUnit, ats::kNone);
  std::mt19937_64 random(seed);
  for (std::int64_t i = 0; i < products; ++i) add_product(this, kFirstProduct + i, &random);
}

ats::World Shop::world() const {
  ats::World world;
  world.now = ats::Time(kNow);
  world.nodes.rows = node_id.size();
  world.nodes.id.bind(node_id);
  world.locations.rows = location_id.size();
  world.locations.id.bind(location_id);
  world.locations.node.bind(location_node);
  world.locations.sellable.bind(location_sellable);
  world.products.rows = product_id.size();
  world.products.id.bind(product_id);
  world.kits.rows = kit_product.size();
  world.kits.product.bind(kit_product);
  world.kits.lines.offsets.bind(kit_line_offsets);
  world.kits.lines.values.bind(kit_line_product);
  world.kits.line_quantity.bind(kit_line_quantity);
  world.supply.rows = supply_product.size();
  world.supply.product.bind(supply_product);
  world.supply.location.bind(supply_location);
  world.supply.quantity.bind(supply_quantity);
  world.supply.reserved.bind(supply_reserved);
  world.supply.expires.bind(supply_expires);
  world.holds.rows = hold_id.size();
  world.holds.id.bind(hold_id);
  world.holds.product.bind(hold_product);
  world.holds.node.bind(hold_node);
  world.holds.quantity.bind(hold_quantity);
  world.holds.expires.bind(hold_expires);
  world.channels.rows = channel_id.size();
  world.channels.id.bind(channel_id);
  world.channels.nodes.offsets.bind(channel_node_offsets);
  world.channels.nodes.values.bind(channel_nodes);
  world.rules.rows = rule_id.size();
  world.rules.id.bind(rule_id);
  world.rules.kind.bind(rule_kind);
  world.rules.product.bind(rule_product);
  world.rules.node.bind(rule_node);
  world.rules.channel.bind(rule_channel);
  world.rules.fixed.bind(rule_fixed);
  world.rules.percent.bind(rule_percent);
  world.listings.rows = listing_id.size();
  world.listings.id.bind(listing_id);
  world.listings.product.bind(listing_product);
  world.listings.channel.bind(listing_channel);
  return world;
}

}  // namespace bench
