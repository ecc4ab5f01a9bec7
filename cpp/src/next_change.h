// SPDX-License-Identifier: LGPL-3.0-only
//
// When time alone changes a level.
#pragma once

#include "plan.h"

namespace ats::internal {

// The first instant after `now` at which a level or waterfall of the product
// may change by time alone, or absent. It may be earlier than the first real
// change, never later. `tiers` are the product's, `profiles` those of the
// channels that list it.
[[nodiscard]] Time next_change_of(const Plan& plan, Position product, const Tiers& tiers,
                                  const std::vector<Position>& profiles);

}  // namespace ats::internal
