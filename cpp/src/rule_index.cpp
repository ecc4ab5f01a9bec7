// SPDX-License-Identifier: LGPL-3.0-only
#include "rule_index.h"

#include <algorithm>
#include <tuple>

namespace ats::internal {
namespace {

[[nodiscard]] Rule read_rule(const World& world, const RuleTargets& targets, std::size_t row) {
  const Rules& rules = world.rules;
  const auto kind = static_cast<RuleKind>(rules.kind.raw(row));
  Position target = kNowhere;
  if (rules.node[row].present()) target = targets.nodes.find(rules.node.raw(row));
  if (rules.channel[row].present()) target = targets.channels.find(rules.channel.raw(row));
  const Time from = rules.from[row];
  const bool live = !from.present() || from <= world.now;
  const bool percent = rules.percent.raw(row) != kNone;
  return {.id = rules.id[row],
          .kind = kind,
          .target = target,
          .live = live,
          .is_percent = percent,
          .fixed = percent ? Quantity() : rules.fixed[row],
          .percent = percent ? rules.percent[row] : Percent(0),
          .next_change = live ? rules.until[row] : from,
          .sequence = rules.sequence.raw(row)};
}

}  // namespace

RuleIndex::RuleIndex(const World& world, const RuleTargets& targets, Pacer* pacer) {
  const Rules& rules = world.rules;
  std::vector<Position> order;
  for (std::size_t row = 0; row < rules.rows; ++row) {
    const Time until = rules.until[row];
    if (!until.present() || world.now < until) order.push_back(static_cast<Position>(row));
  }
  const auto rank = [&](Position row) {
    const bool named = rules.node[row].present() || rules.channel[row].present();
    return std::tuple(!named, rules.sequence.raw(row), rules.id.raw(row));
  };
  std::sort(order.begin(), order.end(), [&](Position a, Position b) {
    pacer->spend(1);
    return rank(a) < rank(b);
  });
  for (const Position row : order) {
    pacer->spend(8);
    const Rule rule = read_rule(world, targets, row);
    if (rules.product[row].present()) {
      tier_of(targets.products.find(rules.product.raw(row)), world.products.rows)->push_back(rule);
    } else if (rules.category[row].present()) {
      by_category_[rules.category.raw(row)].push_back(rule);
    } else {
      global_tier_.push_back(rule);
    }
  }
  rank_global(world.nodes.rows, world.channels.rows, pacer);
}

Tier* RuleIndex::tier_of(Position product, std::size_t products) {
  if (tier_of_product_.empty()) tier_of_product_.assign(products, kNowhere);
  Position& tier = tier_of_product_[product];
  if (tier == kNowhere) {
    tier = static_cast<Position>(product_tiers_.size());
    product_tiers_.emplace_back();
  }
  return &product_tiers_[tier];
}

void RuleIndex::rank_global(std::size_t nodes, std::size_t channels, Pacer* pacer) {
  for (std::size_t k = 0; k < kRuleKindNames.size(); ++k) {
    const auto kind = static_cast<RuleKind>(k);
    global_[k].resize(acts_on_nodes(kind) ? nodes : channels);
    for (std::size_t target = 0; target < global_[k].size(); ++target) {
      pacer->spend(1 + global_tier_.size() / 8);
      global_[k][target] = first_live(global_tier_, kind, static_cast<Position>(target));
    }
  }
  const auto winners = [this](RuleKind kind) -> const auto& { return global_[static_cast<std::size_t>(kind)]; };
  for (std::size_t channel = 0; channel < channels; ++channel) {
    global_channel_rules_.push_back({winners(RuleKind::channel_buffer)[channel], winners(RuleKind::stop_sell)[channel],
                                     winners(RuleKind::cap)[channel]});
  }
}

const Rule* RuleIndex::first_live(const Tier& tier, RuleKind kind, Position target) {
  for (const Rule& rule : tier) {
    const bool fits = rule.target == kNowhere || rule.target == target;
    if (rule.kind == kind && rule.live && fits) return &rule;
  }
  return nullptr;
}

void RuleIndex::tiers_of(const World& world, Position product, Tiers* tiers) const {
  tiers->clear();
  if (!product_tiers_.empty() && tier_of_product_[product] != kNowhere) {
    tiers->push_back(&product_tiers_[tier_of_product_[product]]);
  }
  if (by_category_.empty()) return;
  const auto& categories = world.products.categories;
  for (std::size_t i = categories.begin(product); i < categories.end(product); ++i) {
    const auto found = by_category_.find(categories.values.raw(i));
    if (found != by_category_.end()) tiers->push_back(&found->second);
  }
}

}  // namespace ats::internal
