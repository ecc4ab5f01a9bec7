// SPDX-License-Identifier: LGPL-3.0-only
#include "commitments.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "check.h"
#include "next_change.h"

namespace ats::internal {

Commitments::Commitments(const Plan& plan, Pacer* pacer) : plan_(plan) {
  if (plan.pooled_holds) {
    NodeStage nodes(plan);
    KitStage stage(plan, &nodes);
    const auto products = static_cast<Position>(plan.world.products.rows);
    for (Position product = 0; product < products; ++product) {
      pacer->spend(1);
      const auto [first, last] = plan.holds.range(product);
      if (first == last) continue;
      pacer->spend(last - first);
      if (plan.is_kit(product)) {
        add_kit_holds(product, &stage, pacer);
      } else {
        add_holds(product);
      }
    }
  }
  add_quotas(pacer);
  if (!rows_.empty()) sort(pacer);
}

void Commitments::add_holds(Position product) {
  const auto [first, last] = plan_.holds.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan_.holds.row(i);
    const Quantity quantity = plan_.world.holds.quantity[row];
    if (plan_.hold_node[row] != kNowhere || !plan_.hold_is_live(row) || quantity == Quantity()) continue;
    const Position channel = plan_.hold_channel[row];
    rows_.push_back({product, channel, channel, quantity, false, {}});
  }
}

void Commitments::add_kit_holds(Position kit, KitStage* stage, Pacer* pacer) {
  std::vector<std::pair<Position, Position>> places_of;  // channel and set of nodes, found for this kit
  const auto [first, last] = plan_.holds.range(kit);
  for (Position i = first; i < last; ++i) {
    const Position row = plan_.holds.row(i);
    const Quantity quantity = plan_.world.holds.quantity[row];
    if (plan_.hold_node[row] != kNowhere || !plan_.hold_is_live(row) || quantity == Quantity()) continue;
    const Position channel = plan_.hold_channel[row];
    auto found =
        std::find_if(places_of.begin(), places_of.end(), [&](const auto& pair) { return pair.first == channel; });
    if (found == places_of.end()) {
      pacer->spend(plan_.kits.components(kit).size() * (16 + plan_.channels[channel].nodes.size()));
      places_of.emplace_back(channel, places_for_kit(kit, channel, stage));
      found = std::prev(places_of.end());
    }
    pacer->spend(plan_.kits.components(kit).size() + places_of.size() / 4);
    add_kit(kit, {kit, channel, found->second, quantity, false, {}});
  }
}

// Where that channel has a whole kit to give, or all its nodes if nowhere.
Position Commitments::places_for_kit(Position kit, Position channel, KitStage* stage) {
  if (plan_.kits.components(kit).empty()) return channel;
  const std::vector<Position>& all = plan_.channels[channel].nodes;
  std::vector<Position> kept;
  try {
    stage->enter(kit, plan_.profiles[plan_.channels[channel].profile], all, [](Position) { return true; });
    note_change(kit, plan_.channels[channel].profile);
  } catch (const QuantityOverflow&) {
    refuse(ErrorCode::overflow, {"products", kit, ""});
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (stage->states()[i].limit >= Quantity(Quantity::kOne)) kept.push_back(all[i]);
  }
  if (kept.empty() || kept.size() == all.size()) return channel;
  const auto beyond = static_cast<Position>(plan_.channels.size() + narrowed_.size());
  const auto [known, is_new] = narrowed_ids_.try_emplace({channel, kept}, beyond);
  if (is_new) narrowed_.push_back(std::move(kept));
  return known->second;
}

void Commitments::add_quotas(Pacer* pacer) {
  for (const Quota& quota : plan_.quotas) {
    const QuotaRank rank{quota.rule->sequence, quota.rule->id.value()};
    const Commitment whole{quota.product, quota.channel, quota.channel, quota.rule->fixed, true, rank};
    if (plan_.is_kit(quota.product)) {
      pacer->spend(plan_.kits.components(quota.product).size());
      add_kit(quota.product, whole);
    } else {
      rows_.push_back(whole);
    }
  }
}

void Commitments::add_kit(Position kit, const Commitment& of_kit) {
  for (const Component& component : plan_.kits.components(kit)) {
    Commitment part = of_kit;
    part.product = component.product;
    try {
      part.quantity = component.ratio.times_up(of_kit.quantity);
    } catch (const QuantityOverflow&) {
      refuse(ErrorCode::overflow, {"products", kit, ""});
    }
    rows_.push_back(part);
  }
}

// Whether a node has a whole kit changes with any component.
void Commitments::note_change(Position kit, Position profile) {
  Earliest earliest(plan_.world.now);
  for (const Component& component : plan_.kits.components(kit)) {
    consider_nodes(plan_, component.product, {profile}, &earliest);
    consider_rules_of_any_node(plan_, component.product, &earliest);
  }
  if (!earliest.time().present()) return;
  if (changes_.empty()) changes_.assign(plan_.world.products.rows, Time(kNone));
  for (const Component& component : plan_.kits.components(kit)) {
    Time& known = changes_[component.product];
    if (!known.present() || earliest.time() < known) known = earliest.time();
  }
}

void Commitments::sort(Pacer* pacer) {
  const auto rank = [](const Commitment& row) { return std::tuple(row.product, row.channel, row.places); };
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Commitment& a, const Commitment& b) {
    pacer->spend(1);
    return rank(a) < rank(b);
  });
  offsets_.assign(plan_.world.products.rows + 1, 0);
  for (const Commitment& row : rows_) ++offsets_[row.product + 1];
  for (std::size_t i = 1; i < offsets_.size(); ++i) offsets_[i] += offsets_[i - 1];
}

}  // namespace ats::internal
