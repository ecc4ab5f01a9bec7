// SPDX-License-Identifier: LGPL-3.0-only
//
// What each node can give of one product, as one profile of channels sees it
// (model, node stage).
#pragma once

#include <algorithm>
#include <vector>

#include "ats/types.h"
#include "plan.h"

namespace ats::internal {

// The facts of one product in one node, added up, and what they come to.
struct NodeState final {
  Quantity on_hand;  // withheld rows included
  Quantity withheld_location;
  Quantity withheld_blocked;
  Quantity withheld_expired;
  Quantity withheld_owner;
  Quantity reserved;
  Quantity demand;
  Quantity hold;
  Quantity incoming;  // what counts of it
  Quantity buffer;
  Quantity floor;  // what counting a negative node as zero added
  Quantity free;
  const Rule* buffer_rule = nullptr;
};

// Which rows of supply and incoming count, one question each, for one profile of
// channels and for sets of them.
//
// Goods that no channel can ship; what is reserved on them has to come from good stock.
[[nodiscard]] inline bool is_unusable(const Plan& plan, bool blocked, Time expires) {
  return blocked || (expires.present() && expires <= plan.world.now);
}
[[nodiscard]] inline bool counts_lot(const Profile& profile, Time expires) {
  return !expires.present() || expires > profile.life_until;
}
[[nodiscard]] inline bool counts_owner(const Profile& profile, std::int64_t owner) {
  return owner == kNone || std::binary_search(profile.owners.begin(), profile.owners.end(), owner);
}

// Calls use(node, quantity, hold) for demand and holds in a node that count,
// those of kits that contain the product included.
template <class Use>
void for_each_promise(const Plan& plan, Position product, Use use) {
  const Demand& demand = plan.world.demand;
  const auto demand_range = plan.demand.range(product);
  for (Position i = demand_range.first; i < demand_range.last; ++i) {
    const Position row = plan.demand.row(i);
    const Time due = demand.due[row];
    if (due.present() && due > plan.demand_until) continue;
    use(plan.demand_node[row], demand.quantity[row], false);
  }
  const Holds& holds = plan.world.holds;
  const auto hold_range = plan.holds.range(product);
  for (Position i = hold_range.first; i < hold_range.last; ++i) {
    const Position row = plan.holds.row(i);
    if (plan.hold_node[row] == kNowhere || !plan.hold_is_live(row)) continue;
    use(plan.hold_node[row], holds.quantity[row], true);
  }
  if (plan.kit_promises.none()) return;
  const auto kit_range = plan.kit_promises.range(product);
  for (Position i = kit_range.first; i < kit_range.last; ++i) {
    const KitPromise& promise = plan.kit_promises.row(i);
    use(promise.node, promise.quantity, promise.hold);
  }
}

// Calls use(node, quantity) for incoming that counts, before its percentage.
template <class Use>
void for_each_incoming(const Plan& plan, Position product, const Profile& profile, Use use) {
  if (profile.incoming_kinds.empty()) return;
  const Incoming& incoming = plan.world.incoming;
  const auto [first, last] = plan.incoming.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan.incoming.row(i);
    const Time expected = incoming.expected[row];
    const bool ahead = plan.world.now < expected && expected <= profile.incoming_until;
    const auto& kinds = profile.incoming_kinds;
    if (!ahead || !std::binary_search(kinds.begin(), kinds.end(), incoming.kind.raw(row))) continue;
    use(plan.incoming_node[row], incoming.quantity[row]);
  }
}

// What a node keeps back of a base above zero; nothing without a rule.
[[nodiscard]] Quantity buffer_of(Quantity base, const Rule* rule, Decimals decimals);

// Thread safety: one thread each.
//
// Invariants:
//   1. touched_ lists each node with facts of the current product once.
//   2. slot_[n] is the place of n in states_ if stamp_[n] == turn_, else n has
//      no facts and gives nothing.
//   3. free_[n] is zero but for the nodes in touched_.
class NodeStage final {
 public:
  explicit NodeStage(const Plan& plan);

  // Works out every node that has facts of the product. Throws QuantityOverflow.
  void enter(Position product, const Profile& profile, const Tiers& tiers);

  // What a node can give of what was entered last; 0 if it has no facts.
  [[nodiscard]] Quantity free(Position node) const { return free_[node]; }
  // What several nodes can give together. Throws QuantityOverflow.
  [[nodiscard]] Quantity free(const std::vector<Position>& nodes) const {
    if (!any_sum_fits_) return checked_sum(nodes);
    std::int64_t sum = 0;
    for (const Position node : nodes) sum += free_[node].millionths();
    return Quantity(sum);
  }

  // The state of a node for what was entered last; null if it has no facts.
  [[nodiscard]] const NodeState* find(Position node) const {
    return stamp_[node] == turn_ ? &states_[slot_[node]] : nullptr;
  }

 private:
  [[nodiscard]] Quantity checked_sum(const std::vector<Position>& nodes) const;
  [[nodiscard]] NodeState& touch(Position node);
  void add_supply(Position product, const Profile& profile);
  void add_promises(Position product);
  void add_incoming(Position product, const Profile& profile);
  void finish(NodeState* state, Position node, const Profile& profile, const Tiers& tiers, Decimals decimals) const;

  const Plan& plan_;
  std::uint32_t turn_ = 0;
  std::vector<std::uint32_t> stamp_;
  std::vector<Position> slot_;
  std::vector<Quantity> free_;
  bool any_sum_fits_ = true;  // all of free_ together fit, and so does any part of it: none is negative
  std::vector<Position> touched_;
  std::vector<NodeState> states_;
};

}  // namespace ats::internal
