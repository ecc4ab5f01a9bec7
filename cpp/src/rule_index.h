// SPDX-License-Identifier: LGPL-3.0-only
//
// Which rule wins. Built once for a world; asked for each product.
#pragma once

#include <array>
#include <span>
#include <unordered_map>
#include <vector>

#include "ats/rules.h"
#include "ats/world.h"
#include "id_index.h"

namespace ats::internal {

// A rule that has not ended. `target` is the node or channel it names, or
// kNowhere for all of them.
struct Rule final {
  RuleId id;
  RuleKind kind;
  Position target;
  bool live;
  bool is_percent;
  Quantity fixed;
  Percent percent;
  Time next_change;  // when it starts or ends, absent if never
};

// The records rules refer to, by position.
struct RuleTargets final {
  const IdIndex& products;
  const IdIndex& nodes;
  const IdIndex& channels;
};

// Rules of one scope (one product, one category, or everything), in the order
// in which they win.
using Tier = std::vector<Rule>;

// The tiers that reach one product, nearest scope first, without the global
// one; filled by RuleIndex::tiers_of and reused from product to product.
using Tiers = std::vector<const Tier*>;

// Thread safety: building is for one thread, asking for any number of threads.
//
// Invariants:
//   1. Within a tier: named targets first, then by sequence, then by id; so the
//      first live rule of a kind that fits is the winner of the tier.
//   2. global_[kind][target] is the global winner, null if there is none.
class RuleIndex final {
 public:
  // REQUIRES: check_values(world) passed and every reference in world.rules is known.
  RuleIndex(const World& world, const RuleTargets& targets);

  // Whether any rule is scoped to a product or category: without, tiers_of
  // always yields nothing.
  [[nodiscard]] bool scoped() const { return !by_product_.empty() || !by_category_.empty(); }
  void tiers_of(const World& world, Position product, Tiers* tiers) const;

  // The winner among live rules of that kind for a product's tiers and a
  // target; null if no rule applies.
  [[nodiscard]] const Rule* winner(const Tiers& tiers, RuleKind kind, Position target) const {
    for (const Tier* tier : tiers) {
      if (const Rule* rule = first_live(*tier, kind, target)) return rule;
    }
    return global_[static_cast<std::size_t>(kind)][target];
  }

  // All rules without a product or category.
  [[nodiscard]] const Tier& global_tier() const { return global_tier_; }

 private:
  [[nodiscard]] static const Rule* first_live(const Tier& tier, RuleKind kind, Position target);
  void rank_global(std::size_t nodes, std::size_t channels);

  Tier global_tier_;
  std::array<std::vector<const Rule*>, kRuleKindNames.size()> global_;
  std::unordered_map<Position, Tier> by_product_;
  std::unordered_map<std::int64_t, Tier> by_category_;
};

}  // namespace ats::internal
