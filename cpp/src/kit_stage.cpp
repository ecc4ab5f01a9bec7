// SPDX-License-Identifier: LGPL-3.0-only
#include "kit_stage.h"

#include <algorithm>

namespace ats::internal {
void KitStage::begin(std::size_t nodes) {
  states_.assign(nodes, {.free = Quantity(), .limit = Ratio::kMost, .open_limit = Ratio::kMost, .component = kNowhere});
}

void KitStage::limit(KitState* state, Position node, const Component& component, bool promised) const {
  const Quantity free = stage_->free(node);
  const Quantity kits = component.ratio.divide_down(free);
  if (!promised) state->open_limit = std::min(state->open_limit, kits);
  if (state->component != kNowhere && kits >= state->limit) return;
  state->limit = kits;
  state->component = component.product;
}

void KitStage::finish(Position kit) {
  const Decimals decimals(plan_.world.products.decimals[kit]);
  for (KitState& state : states_) {
    if (state.component == kNowhere) state.limit = Quantity();  // nothing stocked is left in the kit
    if (state.limit == Ratio::kMost) throw QuantityOverflow();
    state.free = state.limit.floor_to(decimals);
  }
}

}  // namespace ats::internal
