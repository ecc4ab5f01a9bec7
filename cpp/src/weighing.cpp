// SPDX-License-Identifier: LGPL-3.0-only
#include "weighing.h"

#include <algorithm>

namespace ats::internal {

void Weighing::reset() {
  for (const Position node : nodes_) cover_[node] = 0;
  nodes_.clear();
  asked_ = nullptr;
  bound_ = Quantity();
}

void Weighing::begin(const SetStage& stage, const Commitments& commitments, std::span<const Group> groups) {
  reset();
  stage_ = &stage;
  groups_ = groups;
  subsets_ = std::size_t{1} << groups.size();
  slack_.assign(subsets_, 0);
  taken_.assign(subsets_, 0);
  sets_.assign(subsets_, 0);
  gain_.assign(subsets_, 0);
  for (std::size_t j = 0; j < groups.size(); ++j) {
    for (const Position node : commitments.nodes(groups[j].places)) {
      if (cover_[node] == 0) nodes_.push_back(node);
      cover_[node] = static_cast<ProfileSet>(cover_[node] | (1U << j));
    }
    bound_ += groups[j].quantity;
  }
  for (const Position node : nodes_) {
    const NodeTable* table = stage.find(node);
    if (table == nullptr) continue;
    bound_ += Quantity(table->most);
    combine(node, *table);
    for (std::size_t subset = 0; subset < subsets_; ++subset) slack_[subset] += table->free[sets_[subset]];
  }
  for (std::size_t j = 0; j < groups.size(); ++j) {
    const std::int64_t asked = groups[j].quantity.millionths();
    for (std::size_t subset = 0; subset < subsets_; ++subset) {
      if (((subset >> j) & 1) != 0) slack_[subset] -= asked;
    }
  }
  short_ = -std::min<std::int64_t>(0, *std::min_element(slack_.begin(), slack_.end()));
  for (std::int64_t& slack : slack_) slack += short_;
}

Quantity Weighing::shortage(std::size_t subset) const {
  std::int64_t worst = 0;
  for (std::size_t part = subset; part != 0; part = (part - 1) & subset) {
    worst = std::max(worst, short_ - slack_[part]);
  }
  return Quantity(worst);
}

void Weighing::combine(Position node, const NodeTable& table) {
  for (std::size_t j = 0; j < groups_.size(); ++j) {
    const bool covers = ((cover_[node] >> j) & 1) != 0;
    const ProfileSet own = covers ? table.class_bit[groups_[j].profile] : ProfileSet{0};
    const std::size_t bit = std::size_t{1} << j;
    for (std::size_t subset = 0; subset < bit; ++subset) {
      sets_[bit + subset] = static_cast<ProfileSet>(sets_[subset] | own);
    }
  }
}

void Weighing::find_gains(Position node, const NodeTable& table) {
  combine(node, table);
  const ProfileSet own = table.class_bit[profile_];
  for (std::size_t subset = 0; subset < subsets_; ++subset) {
    const ProfileSet set = sets_[subset];
    gain_[subset] = table.free[set | own] - table.free[set];
  }
}

void Weighing::join(std::size_t profile, std::span<const Position> nodes) {
  profile_ = profile;
  for (const Position node : nodes) {
    const NodeTable* table = stage_->find(node);
    if (table == nullptr) continue;
    bound_ += Quantity(table->most);
    if (!table->falls) continue;
    // A node that takes more than it adds is in the worst X from the start.
    find_gains(node, *table);
    for (std::size_t subset = 0; subset < subsets_; ++subset) {
      slack_[subset] += std::min<std::int64_t>(0, gain_[subset]);
    }
  }
}

Quantity Weighing::most(Position node, const Ratio& ratio) {
  asked_ = stage_->find(node);
  if (asked_ == nullptr) return Quantity();
  find_gains(node, *asked_);
  if (asked_->falls) {
    for (std::size_t subset = 0; subset < subsets_; ++subset) {
      slack_[subset] -= std::min<std::int64_t>(0, gain_[subset]);
    }
  }
  if (!ratio.is_one()) return most_kits(ratio);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t subset = 0; subset < subsets_; ++subset) {
    least = std::min(least, slack_[subset] + gain_[subset] - taken_[subset]);
  }
  return Quantity(std::max<std::int64_t>(0, least));
}

Quantity Weighing::most_kits(const Ratio& ratio) const {
  Quantity least = Ratio::kMost;
  for (std::size_t subset = 0; subset < subsets_; ++subset) {
    const Quantity part(slack_[subset] + gain_[subset]);
    const Quantity taken(taken_[subset]);
    if (part < Quantity()) return Quantity();
    // A comparison costs less than a division; most subsets are not the worst.
    if (least < Ratio::kMost && !ratio.is_short(part, least + taken)) continue;
    const Quantity units = ratio.divide_down(part);
    if (units < Ratio::kMost) least = std::min(least, units - taken);
    if (least <= Quantity()) return Quantity();
  }
  return least;
}

void Weighing::grant(Quantity units, const Ratio& ratio) {
  if (asked_ == nullptr || (units == Quantity() && !asked_->falls)) return;
  const std::int64_t needed = ratio.times_up(units).millionths();
  for (std::size_t subset = 0; subset < subsets_; ++subset) {
    const bool worse = needed > gain_[subset];
    slack_[subset] += worse ? gain_[subset] : 0;
    taken_[subset] += worse ? units.millionths() : 0;
  }
}

}  // namespace ats::internal
