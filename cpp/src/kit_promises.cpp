// SPDX-License-Identifier: LGPL-3.0-only
#include "kit_promises.h"

#include "check.h"
#include "earliest.h"
#include "plan.h"

namespace ats::internal {

KitPromises::KitPromises(const Plan& plan, Pacer* pacer) {
  Tiers tiers;
  for (const Position kit : plan.used_kits) {
    const auto rows = plan.demand.range(kit).last - plan.demand.range(kit).first + plan.holds.range(kit).last -
                      plan.holds.range(kit).first;
    pacer->spend(1 + rows * plan.kits.components(kit).size());
    Earliest earliest(plan.world.now);
    try {
      add_demand(plan, kit, &earliest);
      add_holds(plan, kit, &earliest);
    } catch (const QuantityOverflow&) {
      refuse(ErrorCode::overflow, {"products", kit, ""});
    }
    plan.rules->tiers_of(plan.world, kit, &tiers);
    for (const Tier* tier : tiers) {
      for (const Rule& rule : *tier) {
        if (rule.kind == RuleKind::quota) earliest.consider(rule.next_change);
      }
    }
    if (earliest.time().present()) note_change(plan, kit, earliest.time());
  }
  if (!rows_.empty()) groups_ = RowGroups(components_, plan.world.products.rows, pacer);
}

void KitPromises::add_demand(const Plan& plan, Position kit, Earliest* earliest) {
  const Demand& demand = plan.world.demand;
  const auto [first, last] = plan.demand.range(kit);
  for (Position i = first; i < last; ++i) {
    const Position row = plan.demand.row(i);
    const Time due = demand.due[row];
    if (demand.quantity[row] == Quantity()) continue;
    if (due.present() && due > plan.demand_until) {
      earliest->consider(due.minus_days(plan.world.demand_horizon_days));
    } else {
      add(plan, kit, {plan.demand_node[row], demand.quantity[row], false});
    }
  }
}

void KitPromises::add_holds(const Plan& plan, Position kit, Earliest* earliest) {
  const Holds& holds = plan.world.holds;
  const auto [first, last] = plan.holds.range(kit);
  for (Position i = first; i < last; ++i) {
    const Position row = plan.holds.row(i);
    if (holds.quantity[row] == Quantity() || !plan.hold_is_live(row)) continue;
    earliest->consider(holds.expires[row]);
    if (plan.hold_node[row] != kNowhere) add(plan, kit, {plan.hold_node[row], holds.quantity[row], true});
  }
}

void KitPromises::add(const Plan& plan, Position kit, const KitPromise& promise) {
  for (const Component& component : plan.kits.components(kit)) {
    components_.push_back(component.product);
    rows_.push_back({promise.node, component.ratio.times_up(promise.quantity), promise.hold});
  }
}

void KitPromises::note_change(const Plan& plan, Position kit, Time time) {
  if (changes_.empty()) changes_.assign(plan.world.products.rows, Time(kNone));
  for (const Component& component : plan.kits.components(kit)) {
    Time& known = changes_[component.product];
    if (!known.present() || time < known) known = time;
  }
}

}  // namespace ats::internal
