// SPDX-License-Identifier: LGPL-3.0-only
//
// What each node can give of one product, as one profile of channels sees it
// (model, node stage).
#pragma once

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
  Time demand_until_;
  std::uint32_t turn_ = 0;
  std::vector<std::uint32_t> stamp_;
  std::vector<Position> slot_;
  std::vector<Quantity> free_;
  bool any_sum_fits_ = true;  // all of free_ together fit, and so does any part of it: none is negative
  std::vector<Position> touched_;
  std::vector<NodeState> states_;
};

}  // namespace ats::internal
