// SPDX-License-Identifier: LGPL-3.0-only
//
// What other rules would change: levels before and after. It is what a person
// looks at before saving a rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ats/engine.h"

namespace ats {

// The levels that differ, in the order of Levels. listing, node, before and
// after have the same length; node is kNone where a level is the whole pool's.
struct Comparison final {
  std::vector<std::int64_t> listing;
  std::vector<std::int64_t> node;
  std::vector<std::int64_t> before;  // millionths of a unit of sale
  std::vector<std::int64_t> after;

  // Of levels: all there are, those that differ (the length of the columns),
  // those that go to zero, and those that leave it.
  std::size_t levels = 0;
  std::size_t changed = 0;
  std::size_t to_zero = 0;
  std::size_t from_zero = 0;
  // Of listings: those of which a level differs; those whose levels are all
  // zero afterwards and were not, and the other way round. They differ from
  // the above where a channel stocks by location.
  std::size_t listings_changed = 0;
  std::size_t listings_to_zero = 0;
  std::size_t listings_from_zero = 0;
};

// Compares the levels of a world with those it would have with these rules in
// place of its own, both at world.now.
//
// Both worlds are checked as compute() does. What is refused in `rules_after`
// is pointed at under /rules_after. Levels that no differing rule can reach are
// not computed, so that an overflow among them is not found. Waterfalls are not
// written; options.reasons is ignored. It is not an error if nothing differs.
[[nodiscard]] Comparison compare(const World& world, const Rules& rules_after, const Options& options = {});

// The same for an `ats-world/1` document and a JSON list of rules, written as
// those of a world are; returns an `ats-comparison/1` document. Throws
// WorldError for documents that are refused.
[[nodiscard]] std::string compare_document(std::string_view document, std::string_view rules_after,
                                           const Options& options = {});

[[nodiscard]] std::string to_json(const Comparison& comparison);

}  // namespace ats
