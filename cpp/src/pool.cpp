// SPDX-License-Identifier: LGPL-3.0-only
#include "pool.h"

#include <algorithm>
#include <utility>

namespace ats::internal {
namespace {

[[nodiscard]] Quantity sum_of(const std::vector<Quantity>& quantities) {
  Quantity sum;
  for (const Quantity quantity : quantities) sum += quantity;
  return sum;
}

[[nodiscard]] bool same_group(const Commitment& row, const Group& group) {
  return row.channel == group.channel && row.places == group.places;
}

void join_group(const Commitment& row, std::vector<Group>* groups) {
  if (groups->empty() || !same_group(row, groups->back())) {
    groups->push_back({row.channel, row.places, 0, Quantity()});
  }
  groups->back().quantity += row.quantity;
}

}  // namespace

Pool::Part::Part(const Plan& plan) : stage(plan), weighing(plan), holds(plan) {}

Pool::Pool(const Plan& plan, const Commitments& commitments, Pacer* pacer)
    : plan_(plan), commitments_(commitments), pacer_(pacer), listed_(plan.world.nodes.rows, 0) {}

bool Pool::enter(Position product, const Tiers& tiers) {
  if (commitments_.none()) return false;
  is_kit_ = plan_.is_kit(product);
  decimals_ = Decimals(plan_.world.products.decimals[product]);
  tiers_ = &tiers;
  parts_in_use_ = 0;
  if (!is_kit_) {
    if (!commitments_.of(product).empty()) add_part({product, Ratio::one()});
    return parts_in_use_ > 0;
  }
  for (const Component& component : plan_.kits.components(product)) {
    if (!commitments_.of(component.product).empty()) add_part(component);
  }
  return parts_in_use_ > 0;
}

void Pool::add_part(const Component& component) {
  if (parts_.size() == parts_in_use_) parts_.push_back(std::make_unique<Part>(plan_));
  Part& part = *parts_[parts_in_use_++];
  part.component = component;
  part.profiles.clear();
  part.holds_weighed = false;
  plan_.rules->tiers_of(plan_.world, component.product, &part.tiers);
}

std::span<const Quantity> Pool::grant(Position channel, std::span<const Quantity> limits) {
  solve(channel, limits, nullptr);
  const Rule* own = plan_.rules->winner(*tiers_, RuleKind::quota, channel);
  if (own == nullptr || own->fixed == Quantity()) return granted_;
  other_ = granted_;
  const QuotaRank rank{own->sequence, own->id.value()};
  solve(channel, limits, &rank);
  cut(rounded(own->fixed));
  if (sum_of(granted_) <= sum_of(other_)) granted_.swap(other_);
  return granted_;
}

// Fills granted_. With a rank, only quotas before it bind.
void Pool::solve(Position channel, std::span<const Quantity> limits, const QuotaRank* before) {
  const std::vector<Position>& nodes = plan_.channels[channel].nodes;
  for (std::size_t i = 0; i < parts_in_use_; ++i) {
    Part& part = *parts_[i];
    weigh(&part, channel, before);
    const auto own = std::find(part.profiles.begin(), part.profiles.end(), plan_.channels[channel].profile);
    part.weighing.join(static_cast<std::size_t>(own - part.profiles.begin()), nodes);
  }
  granted_.assign(nodes.size(), Quantity());
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    Quantity least = limits[n];
    for (std::size_t i = 0; i < parts_in_use_; ++i) {
      pacer_->spend(1 + (std::size_t{1} << parts_[i]->groups.size()) / 4);
      least = std::min(least, parts_[i]->weighing.most(nodes[n], parts_[i]->component.ratio));
    }
    if (least == Ratio::kMost) throw QuantityOverflow();
    granted_[n] = rounded(least);
    for (std::size_t i = 0; i < parts_in_use_; ++i) {
      parts_[i]->weighing.grant(granted_[n], parts_[i]->component.ratio);
    }
  }
  for (std::size_t i = 0; i < parts_in_use_; ++i) {
    if (!parts_[i]->further.empty()) take_further(*parts_[i], nodes);
  }
}

// Weighs the promises on one part that bind that channel.
void Pool::weigh(Part* part, Position channel, const QuotaRank* before) {
  std::vector<Group>& groups = part->groups;
  groups.clear();
  part->further.clear();
  for (const Commitment& row : commitments_.of(part->component.product)) {
    const bool binds = !row.quota || (row.channel != channel && (before == nullptr || row.rank < *before));
    if (binds) join_group(row, &groups);
  }
  if (groups.size() > Weighing::kGroupsMax) {
    rank(&groups);
    part->further.assign(groups.begin() + Weighing::kGroupsMax, groups.end());
    groups.resize(Weighing::kGroupsMax);
  }
  enter_stage(part, &groups, channel);
  pacer_->spend(groups.size() + (plan_.world.nodes.rows << groups.size()) / 8);
  part->weighing.begin(part->stage, commitments_, groups);
}

// Largest first; of equals the lower channel, then the lower nodes.
void Pool::rank(std::vector<Group>* groups) const {
  const auto ids = [this](const Group& group) {
    std::vector<std::int64_t> list;
    for (const Position node : commitments_.nodes(group.places)) list.push_back(plan_.world.nodes.id.raw(node));
    return list;
  };
  std::sort(groups->begin(), groups->end(), [&](const Group& a, const Group& b) {
    if (a.quantity != b.quantity) return a.quantity > b.quantity;
    const std::int64_t left = plan_.world.channels.id.raw(a.channel);
    const std::int64_t right = plan_.world.channels.id.raw(b.channel);
    return left != right ? left < right : ids(a) < ids(b);
  });
}

// Makes the part's stage know the profiles of the groups and of the channel,
// which may be kNowhere, and tells the groups which is theirs.
void Pool::enter_stage(Part* part, std::vector<Group>* groups, Position channel) {
  std::vector<Position> wanted;
  const auto want = [&](Position of) {
    const Position profile = plan_.channels[of].profile;
    if (std::find(wanted.begin(), wanted.end(), profile) == wanted.end()) wanted.push_back(profile);
  };
  for (const Group& group : *groups) want(group.channel);
  if (channel != kNowhere) want(channel);
  const auto known = [&](Position profile) {
    return std::find(part->profiles.begin(), part->profiles.end(), profile) != part->profiles.end();
  };
  if (!std::all_of(wanted.begin(), wanted.end(), known)) {
    part->profiles = wanted;
    part->holds_weighed = false;  // what was weighed looked at the stage
    part->stage.enter(part->component.product, part->profiles, part->tiers);
  }
  for (Group& group : *groups) {
    const auto own = std::find(part->profiles.begin(), part->profiles.end(), plan_.channels[group.channel].profile);
    group.profile = static_cast<std::size_t>(own - part->profiles.begin());
  }
}

// What is left of the promises beyond the limit is taken from what was granted.
void Pool::take_further(const Part& part, const std::vector<Position>& nodes) {
  for (const Group& group : part.further) {
    const std::vector<Position>& places = commitments_.nodes(group.places);
    for (const Position node : places) listed_[node] = 1;
    Quantity left = part.component.ratio.divide_up(group.quantity);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (listed_[nodes[n]] == 0) continue;
      const Quantity taken = std::min(granted_[n], left);
      granted_[n] = rounded(granted_[n] - taken);
      left -= taken;
    }
    for (const Position node : places) listed_[node] = 0;
  }
}

// No more than that in all, from the first nodes on.
void Pool::cut(Quantity quota) {
  for (Quantity& granted : granted_) {
    granted = std::min(granted, quota);
    quota -= granted;
  }
}

std::optional<Overcommitment> Pool::overcommitment(std::span<const Position> nodes) {
  for (std::size_t i = 0; i < parts_in_use_; ++i) {
    const Quantity missing = shortage(parts_[i].get(), nodes);
    if (missing > Quantity()) return Overcommitment{parts_[i]->component.product, missing};
  }
  return std::nullopt;
}

void Pool::collect_holds(const Part& part, std::vector<Group>* groups) const {
  groups->clear();
  for (const Commitment& row : commitments_.of(part.component.product)) {
    if (!row.quota) join_group(row, groups);
  }
}

Quantity Pool::shortage(Part* part, std::span<const Position> nodes) {
  if (!part->holds_weighed) collect_holds(*part, &part->hold_groups);
  std::vector<Group>& groups = part->hold_groups;
  for (const Position node : nodes) listed_[node] = 1;
  const auto touches = [this](const Group& group) {
    const auto& places = commitments_.nodes(group.places);
    return std::any_of(places.begin(), places.end(), [this](Position node) { return listed_[node] != 0; });
  };
  const bool few = groups.size() <= Weighing::kGroupsMax;
  if (!few) std::erase_if(groups, [&](const Group& group) { return !touches(group); });
  std::size_t touching = 0;
  for (std::size_t j = 0; few && j < groups.size(); ++j) touching |= touches(groups[j]) ? std::size_t{1} << j : 0;
  for (const Position node : nodes) listed_[node] = 0;
  if (!few && groups.size() > Weighing::kGroupsMax) {
    rank(&groups);
    groups.resize(Weighing::kGroupsMax);
  }
  if (!part->holds_weighed) {
    enter_stage(part, &groups, kNowhere);
    pacer_->spend(groups.size() + (plan_.world.nodes.rows << groups.size()) / 8);
    part->holds.begin(part->stage, commitments_, groups);
    part->holds_weighed = few;
  }
  if (part->holds.shortage() == Quantity()) return Quantity();
  return few ? part->holds.shortage(touching) : part->holds.shortage();
}

}  // namespace ats::internal
