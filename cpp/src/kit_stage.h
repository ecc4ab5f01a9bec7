// SPDX-License-Identifier: LGPL-3.0-only
//
// How many of a kit each node can ship whole, as one profile of channels sees
// it (model, kits).
#pragma once

#include <vector>

#include "node_stage.h"

namespace ats::internal {

// What one node can give of a kit.
struct KitState final {
  Quantity free;        // to the kit's decimals
  Quantity limit;       // the same to millionths, not yet rounded
  Quantity open_limit;  // as limit, by the components that nobody was promised; any quantity if there are none
  Position component = kNowhere;  // the one that limits: the scarcest, of several the lowest id
};

// Thread safety: one thread each.
class KitStage final {
 public:
  // REQUIRES: plan and stage outlive this; the stage is used for each component in turn.
  KitStage(const Plan& plan, NodeStage* stage) : plan_(plan), stage_(stage) {}

  // Works out the nodes, in that order, for a kit with these components.
  // `promised(component)` tells which are left out of open_limit. Throws
  // QuantityOverflow.
  template <class Promised>
  void enter(Position kit, const Profile& profile, const std::vector<Position>& nodes, Promised promised) {
    begin(nodes.size());
    for (const Component& component : plan_.kits.components(kit)) {
      plan_.rules->tiers_of(plan_.world, component.product, &tiers_);
      stage_->enter(component.product, profile, tiers_);
      for (std::size_t i = 0; i < nodes.size(); ++i)
        limit(&states_[i], nodes[i], component, promised(component.product));
    }
    finish(kit);
  }

  // In the order of the nodes that were entered.
  [[nodiscard]] const std::vector<KitState>& states() const { return states_; }

 private:
  void begin(std::size_t nodes);
  void limit(KitState* state, Position node, const Component& component, bool promised) const;
  void finish(Position kit);

  const Plan& plan_;
  NodeStage* stage_;
  Tiers tiers_;
  std::vector<KitState> states_;
};

}  // namespace ats::internal
