// SPDX-License-Identifier: LGPL-3.0-only
#include "node_stage.h"

#include <algorithm>
#include <limits>

namespace ats::internal {
namespace {

[[nodiscard]] bool lists(const std::vector<std::int64_t>& sorted, std::int64_t item) {
  return std::binary_search(sorted.begin(), sorted.end(), item);
}

}  // namespace

NodeStage::NodeStage(const Plan& plan)
    : plan_(plan),
      demand_until_(plan.world.demand_horizon_days == kNone ? Time(std::numeric_limits<std::int64_t>::max())
                                                            : plan.world.now.plus_days(plan.world.demand_horizon_days)),
      stamp_(plan.world.nodes.rows, 0),
      slot_(plan.world.nodes.rows, 0),
      free_(plan.world.nodes.rows) {}

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
    const bool short_lived = expires.present() && expires <= profile.life_until;
    if (blocked || short_lived) {
      (blocked ? state.withheld_blocked : state.withheld_expired) += quantity;
      // What is promised from goods that cannot be shipped has to come from
      // good stock; goods that only one channel finds too old can still be.
      const bool unusable = blocked || expires <= plan_.world.now;
      if (unusable) state.reserved += reserved;
      continue;
    }
    const std::int64_t owner = supply.owner.raw(row);
    if (owner != kNone && !lists(profile.owners, owner)) {
      state.withheld_owner += quantity;
      continue;
    }
    state.reserved += reserved;
  }
}

void NodeStage::add_promises(Position product) {
  const Demand& demand = plan_.world.demand;
  const auto demand_range = plan_.demand.range(product);
  for (Position i = demand_range.first; i < demand_range.last; ++i) {
    const Position row = plan_.demand.row(i);
    const Time due = demand.due[row];
    if (due.present() && due > demand_until_) continue;
    touch(plan_.demand_node[row]).demand += demand.quantity[row];
  }
  const Holds& holds = plan_.world.holds;
  const auto hold_range = plan_.holds.range(product);
  for (Position i = hold_range.first; i < hold_range.last; ++i) {
    const Position row = plan_.holds.row(i);
    const Time expires = holds.expires[row];
    const bool live = !expires.present() || plan_.world.now < expires;
    if (plan_.hold_node[row] == kNowhere || !live) continue;
    touch(plan_.hold_node[row]).hold += holds.quantity[row];
  }
}

void NodeStage::add_incoming(Position product, const Profile& profile) {
  if (profile.incoming_kinds.empty()) return;
  const Incoming& incoming = plan_.world.incoming;
  const auto [first, last] = plan_.incoming.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan_.incoming.row(i);
    const Time expected = incoming.expected[row];
    const bool ahead = plan_.world.now < expected && expected <= profile.incoming_until;
    if (!ahead || !lists(profile.incoming_kinds, incoming.kind.raw(row))) continue;
    touch(plan_.incoming_node[row]).incoming += incoming.quantity[row];
  }
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
  if (const Rule* rule = state->buffer_rule) {
    state->buffer = std::min(base, rule->is_percent ? base.percent_up(rule->percent, decimals) : rule->fixed);
  }
  state->free = base - state->buffer;
}

}  // namespace ats::internal
