// SPDX-License-Identifier: LGPL-3.0-only
#include "next_change.h"

#include <algorithm>

#include "commitments.h"

namespace ats::internal {
namespace {

void consider_supply(const Plan& plan, Position product, const std::vector<Position>& profiles, Earliest* earliest) {
  const Supply& supply = plan.world.supply;
  if (!supply.expires.given()) return;
  const auto [first, last] = plan.supply.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan.supply.row(i);
    const Time expires = supply.expires[row];
    const bool empty = supply.quantity[row] == Quantity() && supply.reserved[row] == Quantity();
    if (!expires.present() || empty || supply.blocked[row]) continue;
    if (!plan.world.locations.sellable[plan.supply_location[row]]) continue;
    earliest->consider(expires);
    for (const Position profile : profiles) {
      earliest->consider(expires.minus_days(plan.profiles[profile].min_life_days));
    }
  }
}

void consider_promises(const Plan& plan, Position product, Earliest* earliest) {
  const Demand& demand = plan.world.demand;
  const std::int64_t horizon = plan.world.demand_horizon_days;
  if (demand.due.given() && horizon != kNone) {
    const auto [first, last] = plan.demand.range(product);
    for (Position i = first; i < last; ++i) {
      const Position row = plan.demand.row(i);
      const Time due = demand.due[row];
      if (due.present() && demand.quantity[row] > Quantity()) earliest->consider(due.minus_days(horizon));
    }
  }
  const Holds& holds = plan.world.holds;
  const auto [first, last] = plan.holds.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan.holds.row(i);
    if (holds.quantity[row] > Quantity()) earliest->consider(holds.expires[row]);
  }
}

void consider_incoming(const Plan& plan, Position product, const std::vector<Position>& profiles, Earliest* earliest) {
  const Incoming& incoming = plan.world.incoming;
  const auto [first, last] = plan.incoming.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan.incoming.row(i);
    const Time expected = incoming.expected[row];
    if (expected <= plan.world.now || incoming.quantity[row] == Quantity()) continue;
    for (const Position position : profiles) {
      const Profile& profile = plan.profiles[position];
      const auto& kinds = profile.incoming_kinds;
      if (!std::binary_search(kinds.begin(), kinds.end(), incoming.kind.raw(row))) continue;
      earliest->consider(expected);                                    // becomes overdue
      earliest->consider(expected.minus_days(profile.incoming_days));  // enters the horizon
    }
  }
}

// Rules act on what nodes can give together (buffers of nodes and quotas; a
// kit's are its components'), on what a listing shows, or on both.
enum class Acting : std::uint8_t { pool, listing, both };

[[nodiscard]] bool is_among(Acting acting, RuleKind kind) {
  if (acting == Acting::both || kind == RuleKind::quota) return true;
  return acts_on_nodes(kind) == (acting == Acting::pool);
}

// Rules of a product or category that reach a channel or its nodes. A quota
// reaches every channel: it binds all others.
void consider_scoped_rules(const Tiers& tiers, const Plan& plan, Position channel, Acting acting, Earliest* earliest) {
  const auto& nodes = plan.channels[channel].nodes;
  for (const Tier* tier : tiers) {
    for (const Rule& rule : *tier) {
      if (!rule.next_change.present() || !is_among(acting, rule.kind)) continue;
      const bool reaches = rule.target == kNowhere || rule.kind == RuleKind::quota ||
                           (acts_on_nodes(rule.kind) ? std::find(nodes.begin(), nodes.end(), rule.target) != nodes.end()
                                                     : rule.target == channel);
      if (reaches) earliest->consider(rule.next_change);
    }
  }
}

void consider_listings(const Plan& plan, Position product, const Tiers& tiers, Earliest* earliest) {
  if (!plan.selling_changes && tiers.empty()) return;
  const Acting acting = plan.is_kit(product) ? Acting::listing : Acting::both;
  const Listings& listings = plan.world.listings;
  const auto [first, last] = plan.listings.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan.listings.row(i);
    const Position channel = plan.listing_channel[row];
    earliest->consider(plan.channels[channel].rules_next_change);
    consider_scoped_rules(tiers, plan, channel, acting, earliest);
    if (listings.override_quantity.raw(row) != kNone) earliest->consider(listings.override_until[row]);
  }
}

// The rules that act on a component: in the nodes from which the kit is sold,
// and its quotas.
void consider_component_rules(const Plan& plan, Position kit, Position component, Earliest* earliest) {
  Tiers tiers;
  plan.rules->tiers_of(plan.world, component, &tiers);
  if (tiers.empty()) return;
  const auto [first, last] = plan.listings.range(kit);
  for (Position i = first; i < last; ++i) {
    const Position channel = plan.listing_channel[plan.listings.row(i)];
    consider_scoped_rules(tiers, plan, channel, Acting::pool, earliest);
  }
}

// A stocked product, or a component of what is sold, with all promises on it.
void consider_stocked(const Plan& plan, const Commitments& commitments, Position product,
                      const std::vector<Position>& profiles, Earliest* earliest) {
  const auto promised = commitments.of(product);
  if (promised.empty()) {
    consider_nodes(plan, product, profiles, earliest);
    return;
  }
  std::vector<Position> seen = profiles;
  for (const Commitment& commitment : promised) {
    const Position profile = plan.channels[commitment.channel].profile;
    if (std::find(seen.begin(), seen.end(), profile) == seen.end()) seen.push_back(profile);
  }
  consider_nodes(plan, product, seen, earliest);
  consider_rules_of_any_node(plan, product, earliest);
  earliest->consider(commitments.next_change(product));
}

}  // namespace

void consider_nodes(const Plan& plan, Position product, const std::vector<Position>& profiles, Earliest* earliest) {
  consider_supply(plan, product, profiles, earliest);
  consider_promises(plan, product, earliest);
  consider_incoming(plan, product, profiles, earliest);
  earliest->consider(plan.kit_promises.next_change(product));
}

void consider_rules_of_any_node(const Plan& plan, Position product, Earliest* earliest) {
  earliest->consider(plan.rules_next_change);
  Tiers tiers;
  plan.rules->tiers_of(plan.world, product, &tiers);
  for (const Tier* tier : tiers) {
    for (const Rule& rule : *tier) {
      if (acts_on_nodes(rule.kind)) earliest->consider(rule.next_change);
    }
  }
}

Time next_change_of(const Plan& plan, const Commitments& commitments, Position product, const Tiers& tiers,
                    const std::vector<Position>& profiles) {
  Earliest earliest(plan.world.now);
  consider_listings(plan, product, tiers, &earliest);
  if (plan.is_kit(product)) {
    for (const Component& component : plan.kits.components(product)) {
      consider_component_rules(plan, product, component.product, &earliest);
      consider_stocked(plan, commitments, component.product, profiles, &earliest);
    }
  } else {
    consider_stocked(plan, commitments, product, profiles, &earliest);
  }
  return earliest.time();
}

}  // namespace ats::internal
