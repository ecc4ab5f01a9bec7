// SPDX-License-Identifier: LGPL-3.0-only
//
// Which rule wins. Built once for a world; asked for each product.
#pragma once

#include <array>
#include <map>
#include <span>
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
  std::int64_t sequence;
};

// The rules that act on what a channel shows; null where none applies.
struct ChannelRules final {
  const Rule* buffer = nullptr;
  const Rule* stop_sell = nullptr;
  const Rule* cap = nullptr;
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
  RuleIndex(const World& world, const RuleTargets& targets, Pacer* pacer);

  // Whether any rule is scoped to a product or category: without, tiers_of
  // always yields nothing.
  [[nodiscard]] bool scoped() const { return !product_tiers_.empty() || !by_category_.empty(); }
  void tiers_of(const World& world, Position product, Tiers* tiers) const;

  // The winner among live rules of that kind for a product's tiers and a
  // target; null if no rule applies.
  [[nodiscard]] const Rule* winner(const Tiers& tiers, RuleKind kind, Position target) const {
    for (const Tier* tier : tiers) {
      if (const Rule* rule = first_live(*tier, kind, target)) return rule;
    }
    return global_[static_cast<std::size_t>(kind)][target];
  }

  // The winners of the kinds that act on channels.
  [[nodiscard]] ChannelRules channel_rules(const Tiers& tiers, Position channel) const {
    if (tiers.empty()) return global_channel_rules_[channel];
    return {winner(tiers, RuleKind::channel_buffer, channel), winner(tiers, RuleKind::stop_sell, channel),
            winner(tiers, RuleKind::cap, channel)};
  }

  // All rules without a product or category.
  [[nodiscard]] const Tier& global_tier() const { return global_tier_; }

 private:
  [[nodiscard]] static const Rule* first_live(const Tier& tier, RuleKind kind, Position target);
  [[nodiscard]] Tier* tier_of(Position product, std::size_t products);
  void rank_global(std::size_t nodes, std::size_t channels, Pacer* pacer);

  Tier global_tier_;
  std::array<std::vector<const Rule*>, kRuleKindNames.size()> global_;
  std::vector<ChannelRules> global_channel_rules_;
  std::vector<Tier> product_tiers_;
  std::vector<Position> tier_of_product_;  // kNowhere for most; empty if product_tiers_ is
  std::map<std::int64_t, Tier> by_category_;
};

}  // namespace ats::internal
