// SPDX-License-Identifier: LGPL-3.0-only
//
// What each node can give of one product to a set of channels together: the
// node stage for sets (model, `free(S, n, p)`).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "node_stage.h"

namespace ats::internal {

// A set of profiles: bit i stands for the i-th of those entered.
using ProfileSet = std::uint16_t;

// What one node gives, by set. Profiles that see the same in this node are one
// class: most nodes have a single class, so that sets of classes are few.
struct NodeTable final {
  static constexpr std::size_t kProfilesMax = 16;
  std::array<ProfileSet, kProfilesMax> class_bit{};  // by profile
  std::vector<std::int64_t> free;                    // by set of classes, in millionths; 0 for none
  std::int64_t most = 0;                             // the largest of them
  bool falls = false;  // whether a larger set may give less: negative stock that only some channels count
};

// Thread safety: one thread each.
class SetStage final {
 public:
  explicit SetStage(const Plan& plan);

  // Works out every node that has facts of the product, for every set of those
  // profiles, at most kProfilesMax. Throws QuantityOverflow.
  void enter(Position product, std::span<const Position> profiles, const Tiers& tiers);

  // Null if the node has no facts: it gives nothing to anyone.
  [[nodiscard]] const NodeTable* find(Position node) const {
    return slot_[node] == kNowhere ? nullptr : &nodes_[slot_[node]].table;
  }

 private:
  // A quantity that is counted by those profiles, and withheld from others.
  struct Part final {
    ProfileSet counted_by;
    Quantity quantity;
  };
  // Reused from product to product, so that its lists keep their memory.
  struct Node final {
    Position node = 0;
    Quantity always;  // what every set counts: reservations of unusable stock, demand, holds
    std::vector<Part> parts;
    std::array<Quantity, NodeTable::kProfilesMax> incoming{};
    NodeTable table;
  };

  [[nodiscard]] Node& touch(Position node);
  void add_supply(Position product);
  void add_promises(Position product);
  void add_incoming(Position product);
  [[nodiscard]] ProfileSet counted_by(Time expires, std::int64_t owner) const;
  [[nodiscard]] std::size_t find_classes(Node* node);
  void add_common(Quantity total, std::vector<std::int64_t>* values);
  void tabulate(Node* node, std::size_t classes, const Rule* buffer, Decimals decimals);

  const Plan& plan_;
  std::span<const Position> profiles_;
  std::size_t touched_ = 0;
  std::vector<Position> slot_;            // by position of the node; kNowhere without facts
  std::vector<Node> nodes_;               // the first touched_ of them are in use
  std::vector<Quantity> class_incoming_;  // of the node at hand, by class
  std::vector<Quantity> incoming_;        // and by set of classes
};

}  // namespace ats::internal
