// SPDX-License-Identifier: LGPL-3.0-only
#include "set_stage.h"

#include <algorithm>
#include <bit>

namespace ats::internal {
namespace {

// To each entry, those of all subsets of its index. The size is a power of two.
void add_subsets(std::vector<std::int64_t>* values) {
  const std::size_t size = values->size();
  for (std::size_t bit = 1; bit < size; bit *= 2) {
    for (std::size_t block = 0; block < size; block += 2 * bit) {
      const std::int64_t* without = values->data() + block;
      std::int64_t* with = values->data() + block + bit;
      for (std::size_t i = 0; i < bit; ++i) with[i] += without[i];
    }
  }
}

}  // namespace

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
    const auto same =
        std::find_if(node.parts.begin(), node.parts.end(), [set](const Part& part) { return part.counted_by == set; });
    if (same == node.parts.end()) {
      node.parts.push_back({set, quantity});
    } else {
      same->quantity += quantity;
    }
  }
}

void SetStage::add_promises(Position product) {
  for_each_promise(plan_, product,
                   [this](Position node, Quantity quantity, bool /*hold*/) { touch(node).always -= quantity; });
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
      return node->incoming[p] == node->incoming[other] && std::none_of(node->parts.begin(), node->parts.end(), split);
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

// From what only the others count to the base of each set: what all count, and
// the most incoming that one of the set's classes counts.
void SetStage::add_common(Quantity total, std::vector<std::int64_t>* values) {
  for (std::int64_t& value : *values) value = total.millionths() - value;
  const auto none = [](Quantity incoming) { return incoming == Quantity(); };
  if (std::all_of(class_incoming_.begin(), class_incoming_.end(), none)) return;
  incoming_.assign(values->size(), Quantity());
  for (std::size_t set = 1; set < values->size(); ++set) {
    const auto lowest = static_cast<std::size_t>(std::countr_zero(set));
    incoming_[set] = std::max(incoming_[set & (set - 1)], class_incoming_[lowest]);
    (*values)[set] += incoming_[set].millionths();
  }
}

// Fills the table of free quantities, one for each set of classes.
void SetStage::tabulate(Node* node, std::size_t classes, const Rule* buffer, Decimals decimals) {
  const std::size_t sets = std::size_t{1} << classes;
  std::vector<std::int64_t>& free = node->table.free;
  free.assign(sets, 0);
  node->table.falls = false;
  Quantity total;
  Quantity magnitude = node->always < Quantity() ? -node->always : node->always;
  for (const Part& part : node->parts) {
    unsigned counted = 0;
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      if (((part.counted_by >> p) & 1) != 0) counted |= node->table.class_bit[p];
    }
    free[counted] = part.quantity.millionths();  // parts of one set of profiles were joined
    total += part.quantity;
    magnitude += part.quantity < Quantity() ? -part.quantity : part.quantity;
    node->table.falls = node->table.falls || part.quantity < Quantity();
  }
  for (const Quantity incoming : class_incoming_) magnitude += incoming;
  // No sum is larger than the magnitude, which fits: none below needs a check.
  add_subsets(&free);
  // free[s] is now what only classes of s count. A set counts all but what only
  // the others count, so each entry is needed at the other end of the table.
  std::reverse(free.begin(), free.end());
  add_common(node->always + total, &free);
  if (buffer == nullptr) {
    for (std::int64_t& quantity : free) quantity = std::max<std::int64_t>(0, quantity);
  } else {
    for (std::int64_t& quantity : free) {
      const Quantity base(std::max<std::int64_t>(0, quantity));
      quantity = (base - buffer_of(base, buffer, decimals)).millionths();
    }
  }
  free[0] = 0;
  node->table.most = *std::max_element(free.begin(), free.end());
}

}  // namespace ats::internal
