// SPDX-License-Identifier: LGPL-3.0-only
#include "node_stage.h"

#include <algorithm>

namespace ats::internal {

Quantity buffer_of(Quantity base, const Rule* rule, Decimals decimals) {
  if (rule == nullptr) return Quantity();
  return std::min(base, rule->is_percent ? base.percent_up(rule->percent, decimals) : rule->fixed);
}

NodeStage::NodeStage(const Plan& plan)
    : plan_(plan), stamp_(plan.world.nodes.rows, 0), slot_(plan.world.nodes.rows, 0), free_(plan.world.nodes.rows) {}

NodeState& NodeStage::touch(Position node) {
  if (stamp_[node] != turn_) {
    stamp_[node] = turn_;
    slot_[node] = static_cast<Position>(touched_.size());
    touched_.push_back(node);
    if (states_.size() < touched_.size()) states_.emplace_back();
    states_[slot_[node]] = NodeState();
  }
  return states_[slot_[node]];
}

void NodeStage::enter(Position product, const Profile& profile, const Tiers& tiers) {
  for (const Position node : touched_) free_[node] = Quantity();
  touched_.clear();
  if (++turn_ == 0) {  // wrapped: old stamps could be mistaken for new ones
    std::fill(stamp_.begin(), stamp_.end(), 0);
    turn_ = 1;
  }
  add_supply(product, profile);
  add_promises(product);
  add_incoming(product, profile);
  const Decimals decimals(plan_.world.products.decimals[product]);
  std::int64_t total = 0;
  any_sum_fits_ = true;
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    finish(&states_[i], touched_[i], profile, tiers, decimals);
    free_[touched_[i]] = states_[i].free;
    any_sum_fits_ = any_sum_fits_ && !__builtin_add_overflow(total, states_[i].free.millionths(), &total);
  }
}

Quantity NodeStage::checked_sum(const std::vector<Position>& nodes) const {
  Quantity sum;
  for (const Position node : nodes) sum += free_[node];
  return sum;
}

void NodeStage::add_supply(Position product, const Profile& profile) {
  const Supply& supply = plan_.world.supply;
  const auto [first, last] = plan_.supply.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan_.supply.row(i);
    const Position location = plan_.supply_location[row];
    NodeState& state = touch(plan_.location_node[location]);
    const Quantity quantity = supply.quantity[row];
    const Quantity reserved = supply.reserved[row];
    state.on_hand += quantity;
    if (!plan_.world.locations.sellable[location]) {
      state.withheld_location += quantity;
      continue;
    }
    const Time expires = supply.expires[row];
    const bool blocked = supply.blocked[row];
    if (blocked || !counts_lot(profile, expires)) {
      (blocked ? state.withheld_blocked : state.withheld_expired) += quantity;
      // Goods that only this profile finds too old can still be shipped.
      if (is_unusable(plan_, blocked, expires)) state.reserved += reserved;
      continue;
    }
    if (!counts_owner(profile, supply.owner.raw(row))) {
      state.withheld_owner += quantity;
      continue;
    }
    state.reserved += reserved;
  }
}

void NodeStage::add_promises(Position product) {
  for_each_promise(plan_, product, [this](Position node, Quantity quantity, bool hold) {
    NodeState& state = touch(node);
    (hold ? state.hold : state.demand) += quantity;
  });
}

void NodeStage::add_incoming(Position product, const Profile& profile) {
  for_each_incoming(plan_, product, profile,
                    [this](Position node, Quantity quantity) { touch(node).incoming += quantity; });
}

void NodeStage::finish(NodeState* state, Position node, const Profile& profile, const Tiers& tiers,
                       Decimals decimals) const {
  if (state->incoming != Quantity()) {
    state->incoming = state->incoming.percent_down(Percent(profile.incoming_percent), decimals);
  }
  const Quantity good = state->on_hand - state->withheld_location - state->withheld_blocked - state->withheld_expired -
                        state->withheld_owner;
  const Quantity base = good - state->reserved - state->demand - state->hold + state->incoming;
  if (base <= Quantity()) {
    state->floor = -base;
    return;
  }
  state->buffer_rule = plan_.rules->winner(tiers, RuleKind::node_buffer, node);
  state->buffer = buffer_of(base, state->buffer_rule, decimals);
  state->free = base - state->buffer;
}

}  // namespace ats::internal
