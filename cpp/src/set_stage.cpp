// SPDX-License-Identifier: LGPL-3.0-only
#include "set_stage.h"

#include <algorithm>

namespace ats::internal {

std::int64_t NodeTable::most() const { return *std::max_element(free.begin(), free.end()); }

SetStage::SetStage(const Plan& plan) : plan_(plan), slot_(plan.world.nodes.rows, kNowhere) {}

SetStage::Node& SetStage::touch(Position node) {
  if (slot_[node] == kNowhere) {
    slot_[node] = static_cast<Position>(touched_++);
    if (nodes_.size() < touched_) nodes_.emplace_back();
    Node& fresh = nodes_[slot_[node]];
    fresh.node = node;
    fresh.always = Quantity();
    fresh.parts.clear();
    fresh.incoming.fill(Quantity());
  }
  return nodes_[slot_[node]];
}

void SetStage::enter(Position product, std::span<const Position> profiles, const Tiers& tiers) {
  for (std::size_t i = 0; i < touched_; ++i) slot_[nodes_[i].node] = kNowhere;
  touched_ = 0;
  profiles_ = profiles;
  add_supply(product);
  add_promises(product);
  add_incoming(product);
  const Decimals decimals(plan_.world.products.decimals[product]);
  for (std::size_t i = 0; i < touched_; ++i) {
    Node& node = nodes_[i];
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      const Percent percent(plan_.profiles[profiles_[p]].incoming_percent);
      node.incoming[p] = node.incoming[p].percent_down(percent, decimals);
    }
    const std::size_t classes = find_classes(&node);
    tabulate(&node, classes, plan_.rules->winner(tiers, RuleKind::node_buffer, node.node), decimals);
  }
}

ProfileSet SetStage::counted_by(Time expires, std::int64_t owner) const {
  unsigned set = 0;
  for (std::size_t p = 0; p < profiles_.size(); ++p) {
    const Profile& profile = plan_.profiles[profiles_[p]];
    if (counts_lot(profile, expires) && counts_owner(profile, owner)) set |= 1U << p;
  }
  return static_cast<ProfileSet>(set);
}

void SetStage::add_supply(Position product) {
  const Supply& supply = plan_.world.supply;
  const auto [first, last] = plan_.supply.range(product);
  for (Position i = first; i < last; ++i) {
    const Position row = plan_.supply.row(i);
    const Position location = plan_.supply_location[row];
    if (!plan_.world.locations.sellable[location]) continue;
    Node& node = touch(plan_.location_node[location]);
    const Time expires = supply.expires[row];
    if (is_unusable(plan_, supply.blocked[row], expires)) {
      node.always -= supply.reserved[row];
      continue;
    }
    const ProfileSet set = counted_by(expires, supply.owner.raw(row));
    if (set == 0) continue;
    const Quantity quantity = supply.quantity[row] - supply.reserved[row];
    const auto same = std::find_if(node.parts.begin(), node.parts.end(),
                                   [set](const Part& part) { return part.counted_by == set; });
    if (same == node.parts.end()) {
      node.parts.push_back({set, quantity});
    } else {
      same->quantity += quantity;
    }
  }
}

void SetStage::add_promises(Position product) {
  for_each_promise(plan_, product, [this](Position node, Quantity quantity, bool /*hold*/) {
    touch(node).always -= quantity;
  });
}

void SetStage::add_incoming(Position product) {
  for (std::size_t p = 0; p < profiles_.size(); ++p) {
    for_each_incoming(plan_, product, plan_.profiles[profiles_[p]],
                      [this, p](Position node, Quantity quantity) { touch(node).incoming[p] += quantity; });
  }
}

// Gives each profile the bit of its class; two profiles are of one class if
// they count the same parts and the same incoming. Returns how many there are.
std::size_t SetStage::find_classes(Node* node) {
  class_incoming_.clear();
  std::array<std::size_t, NodeTable::kProfilesMax> first_of{};  // a profile of each class
  for (std::size_t p = 0; p < profiles_.size(); ++p) {
    const auto alike = [&](std::size_t other) {
      const auto split = [&](const Part& part) {
        return ((part.counted_by >> p) & 1) != ((part.counted_by >> other) & 1);
      };
      return node->incoming[p] == node->incoming[other] &&
             std::none_of(node->parts.begin(), node->parts.end(), split);
    };
    std::size_t found = 0;
    while (found < class_incoming_.size() && !alike(first_of[found])) ++found;
    if (found == class_incoming_.size()) {
      first_of[found] = p;
      class_incoming_.push_back(node->incoming[p]);
    }
    node->table.class_bit[p] = static_cast<ProfileSet>(1U << found);
  }
  return class_incoming_.size();
}

void SetStage::tabulate(Node* node, std::size_t classes, const Rule* buffer, Decimals decimals) {
  const std::size_t sets = std::size_t{1} << classes;
  std::vector<std::int64_t>& free = node->table.free;
  free.assign(sets, 0);
  node->table.falls = false;
  Quantity total;      // of all parts: with their sizes, a bound on every sum below
  Quantity magnitude;
  for (const Part& part : node->parts) {
    unsigned counted = 0;
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      if (((part.counted_by >> p) & 1) != 0) counted |= node->table.class_bit[p];
    }
    free[counted] += part.quantity.millionths();  // one part for each set
    total += part.quantity;
    magnitude += part.quantity < Quantity() ? -part.quantity : part.quantity;
    node->table.falls = node->table.falls || part.quantity < Quantity();
  }
  // free[s]: the parts counted by no class outside of s.
  for (std::size_t bit = 1; bit < sets; bit *= 2) {
    for (std::size_t set = 0; set < sets; ++set) {
      if ((set & bit) != 0) free[set] += free[set ^ bit];
    }
  }
  // A set counts all but what only the others count. In place: a set and the
  // rest are worked out together.
  for (std::size_t set = 0; 2 * set < sets; ++set) std::swap(free[set], free[sets - 1 - set]);
  std::vector<Quantity> most(sets);  // incoming that counts
  for (std::size_t set = 1; set < sets; ++set) {
    const std::size_t rest = set & (set - 1);
    most[set] = std::max(most[rest], class_incoming_[static_cast<std::size_t>(__builtin_ctzll(set))]);
    const Quantity base = node->always + (total - Quantity(free[set])) + most[set];
    free[set] = base <= Quantity() ? 0 : (base - buffer_of(base, buffer, decimals)).millionths();
  }
  free[0] = 0;
}

}  // namespace ats::internal
