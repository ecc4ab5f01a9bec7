// SPDX-License-Identifier: LGPL-3.0-only
#include "next_change.h"

#include <algorithm>

namespace ats::internal {
namespace {

// Keeps the earliest of the instants after now.
class Earliest final {
 public:
  explicit Earliest(Time now) : now_(now) {}
  void consider(Time time) {
    if (time.present() && time > now_ && (!best_.present() || time < best_)) best_ = time;
  }
  [[nodiscard]] Time time() const { return best_; }

 private:
  Time now_;
  Time best_{kNone};
};

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

void consider_scoped_rules(const Tiers& tiers, const Plan& plan, Position channel, Earliest* earliest) {
  const auto& nodes = plan.channels[channel].nodes;
  for (const Tier* tier : tiers) {
    for (const Rule& rule : *tier) {
      if (!rule.next_change.present()) continue;
      const bool reaches = rule.target == kNowhere ||
                           (acts_on_nodes(rule.kind) ? std::find(nodes.begin(), nodes.end(), rule.target) != nodes.end()
                                                     : rule.target == channel);
      if (reaches) earliest->consider(rule.next_change);
    }
  }
}

}  // namespace

Time next_change_of(const Plan& plan, Position product, const Tiers& tiers, const std::vector<Position>& profiles) {
  Earliest earliest(plan.world.now);
  const Listings& listings = plan.world.listings;
  const auto [first, last] = plan.listings.range(product);
  if (plan.selling_changes || !tiers.empty()) {
    for (Position i = first; i < last; ++i) {
      const Position row = plan.listings.row(i);
      const Position channel = plan.listing_channel[row];
      earliest.consider(plan.channels[channel].rules_next_change);
      consider_scoped_rules(tiers, plan, channel, &earliest);
      if (listings.override_quantity.raw(row) != kNone) earliest.consider(listings.override_until[row]);
    }
  }
  consider_supply(plan, product, profiles, &earliest);
  consider_promises(plan, product, &earliest);
  consider_incoming(plan, product, profiles, &earliest);
  return earliest.time();
}

}  // namespace ats::internal
