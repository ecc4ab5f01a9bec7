// SPDX-License-Identifier: LGPL-3.0-only
//
// When time alone changes a level.
#pragma once

#include "earliest.h"
#include "plan.h"

namespace ats::internal {

class Commitments;

// Considers every instant at which what some node can give of a stocked
// product, to channels of those profiles, may change: facts of the product and
// promises of kits that contain it. Rules come on top.
void consider_nodes(const Plan& plan, Position product, const std::vector<Position>& profiles, Earliest* earliest);

// Considers every rule that acts on the product in a node, whichever it is.
void consider_rules_of_any_node(const Plan& plan, Position product, Earliest* earliest);

// The first instant after `now` at which a level or waterfall of the product
// may change by time alone, or absent. It may be earlier than the first real
// change, never later. `tiers` are the product's, `profiles` those of the
// channels that list it.
[[nodiscard]] Time next_change_of(const Plan& plan, const Commitments& commitments, Position product,
                                  const Tiers& tiers, const std::vector<Position>& profiles);

}  // namespace ats::internal
