// SPDX-License-Identifier: LGPL-3.0-only
#include "compare_reach.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>

#include "ats/rules.h"
#include "id_index.h"

namespace ats::internal {
namespace {

// A rule as it is now, by value.
using RuleValue = std::array<std::int64_t, 9>;

struct Scope final {
  RuleKind kind;
  std::int64_t product;
  std::int64_t category;
  std::int64_t channel;
  // Buffers of nodes and quotas act on a pool, which kits and promises share
  // among products and channels; the other kinds act on one listing.
  [[nodiscard]] bool acts_on_pool() const { return kind == RuleKind::node_buffer || kind == RuleKind::quota; }
};

[[nodiscard]] std::set<RuleValue> live_rules(const Rules& rules, Time now) {
  std::set<RuleValue> values;
  for (std::size_t row = 0; row < rules.rows; ++row) {
    if (rules.from[row].present() && now < rules.from[row]) continue;
    if (rules.until[row].present() && now >= rules.until[row]) continue;
    values.insert({rules.kind.raw(row), rules.product.raw(row), rules.category.raw(row), rules.node.raw(row),
                   rules.channel.raw(row), rules.fixed.raw(row), rules.percent.raw(row), rules.sequence.raw(row),
                   rules.id.raw(row)});
  }
  return values;
}

[[nodiscard]] std::vector<Scope> differing_scopes(const World& world, const Rules& rules_after) {
  const std::set<RuleValue> before = live_rules(world.rules, world.now);
  const std::set<RuleValue> after = live_rules(rules_after, world.now);
  std::vector<RuleValue> differing;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                std::back_inserter(differing));
  std::vector<Scope> scopes;
  for (const RuleValue& rule : differing) {
    scopes.push_back({static_cast<RuleKind>(rule[0]), rule[1], rule[2], rule[4]});
  }
  return scopes;
}

// Products that kits tie together, directly or through others: what one may
// sell can depend on what is kept of another.
class Families final {
 public:
  Families(const World& world, const IdIndex& products) : parent_(world.products.rows) {
    std::iota(parent_.begin(), parent_.end(), Position{0});
    const Kits& kits = world.kits;
    for (std::size_t row = 0; row < kits.rows; ++row) {
      const Position kit = root(products.find(kits.product.raw(row)));
      for (std::size_t i = kits.lines.begin(row); i < kits.lines.end(row); ++i) {
        parent_[root(products.find(kits.lines.values.raw(i)))] = kit;
      }
    }
  }

  [[nodiscard]] Position root(Position product) {
    while (parent_[product] != product) {
      parent_[product] = parent_[parent_[product]];
      product = parent_[product];
    }
    return product;
  }

 private:
  std::vector<Position> parent_;
};

class Reach final {
 public:
  Reach(const World& world, const std::vector<Scope>& scopes) : world_(world), reached_(world.products.rows) {
    (void)products_.build(world.products.id.values());
    std::map<std::int64_t, std::vector<Scope>> by_category;
    for (const Scope& scope : scopes) {
      if (scope.product != kNone) {
        mark(products_.find(scope.product), scope);
      } else if (scope.category != kNone) {
        by_category[scope.category].push_back(scope);
      } else {
        mark_all(scope);
      }
    }
    if (!by_category.empty()) mark_categories(by_category);
    if (!everything_ && any_pool_) spread_over_families();
  }

  [[nodiscard]] std::vector<std::size_t> listings() const {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < world_.listings.rows; ++row) {
      if (reaches(row)) rows.push_back(row);
    }
    return rows;
  }

 private:
  struct Reached final {
    bool pool = false;                  // so is whatever kits tie to the product
    bool all_channels = false;          // every listing of the product
    std::set<std::int64_t> channels{};  // else its listings on these
  };

  void mark_all(const Scope& scope) {
    if (scope.acts_on_pool() || scope.channel == kNone) {
      everything_ = true;
    } else {
      channels_.insert(scope.channel);
    }
  }

  void mark(Position product, const Scope& scope) {
    Reached& reached = reached_[product];
    if (scope.acts_on_pool()) {
      reached.pool = any_pool_ = true;
    } else if (scope.channel == kNone) {
      reached.all_channels = true;
    } else {
      reached.channels.insert(scope.channel);
    }
  }

  void mark_categories(const std::map<std::int64_t, std::vector<Scope>>& by_category) {
    const auto& categories = world_.products.categories;
    for (std::size_t product = 0; product < reached_.size(); ++product) {
      for (std::size_t i = categories.begin(product); i < categories.end(product); ++i) {
        const auto found = by_category.find(categories.values.raw(i));
        if (found == by_category.end()) continue;
        for (const Scope& scope : found->second) mark(static_cast<Position>(product), scope);
      }
    }
  }

  void spread_over_families() {
    Families families(world_, products_);
    std::vector<bool> touched(reached_.size());
    const auto count = static_cast<Position>(reached_.size());
    for (Position product = 0; product < count; ++product) {
      if (reached_[product].pool) touched[families.root(product)] = true;
    }
    for (Position product = 0; product < count; ++product) {
      if (touched[families.root(product)]) reached_[product].all_channels = true;
    }
  }

  [[nodiscard]] bool reaches(std::size_t row) const {
    const std::int64_t channel = world_.listings.channel.raw(row);
    if (everything_ || channels_.contains(channel)) return true;
    const Reached& reached = reached_[products_.find(world_.listings.product.raw(row))];
    return reached.all_channels || reached.channels.contains(channel);
  }

  const World& world_;
  IdIndex products_;
  bool everything_ = false;
  bool any_pool_ = false;
  std::set<std::int64_t> channels_;  // all of whose listings are reached
  std::vector<Reached> reached_;     // by position of the product
};

}  // namespace

std::vector<std::size_t> reached_listings(const World& world, const Rules& rules_after) {
  return Reach(world, differing_scopes(world, rules_after)).listings();
}

}  // namespace ats::internal
