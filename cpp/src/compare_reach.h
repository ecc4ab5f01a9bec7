// SPDX-License-Identifier: LGPL-3.0-only
//
// Which listings' levels can depend on the rules in which two sets differ.
#pragma once

#include <vector>

#include "ats/world.h"

namespace ats::internal {

// The rows of world.listings that a rule in one of the sets, but not in both,
// can reach at world.now. May name more than change, never fewer.
//
// REQUIRES: check(world) passed, with either set as its rules.
[[nodiscard]] std::vector<std::size_t> reached_listings(const World& world, const Rules& rules_after);

}  // namespace ats::internal
