// SPDX-License-Identifier: LGPL-3.0-only
//
// Promises weighed against what nodes can give: Hall's condition over every
// subset of them (model, pool stage).
#pragma once

#include <span>
#include <vector>

#include "commitments.h"
#include "ratio.h"
#include "set_stage.h"

namespace ats::internal {

// Commitments on one stocked product that have the same channel and nodes.
struct Group final {
  Position channel;
  Position places;
  std::size_t profile;  // the channel's, among those the set stage was entered with
  Quantity quantity;
};

// Beside the groups, one channel is granted quantities node by node, each the
// most that leaves every subset J of the groups as well served as before:
//
//   x_n = min over J, X with n in X of (cap(J, X) - d(J) + short) / r - sum of x_m over m in X, m != n
//
// A node m belongs to the worst X of J exactly if what it adds to cap(J, X) is
// less than r x_m. So each J keeps the sums over its worst X, and a node is
// added to all of them in one pass when it has been granted.
//
// Thread safety: one thread each.
//
// Invariants, for each subset J (bit j of J stands for group j):
//   1. slack_[J] = cap(J, X) - d(J) + short for its worst X among the nodes granted.
//   2. taken_[J] = the sum of x_m over that X.
class Weighing final {
 public:
  static constexpr std::size_t kGroupsMax = 12;

  explicit Weighing(const Plan& plan) : cover_(plan.world.nodes.rows, 0) {}

  // REQUIRES: at most kGroupsMax groups; the stage was entered for the product
  // with their profiles, and stays as it is while this is used.
  void begin(const SetStage& stage, const Commitments& commitments, std::span<const Group> groups);

  // What the groups of a set J ask for beyond what their nodes give, at most:
  // 0 if they can be served. REQUIRES: begin() was last.
  [[nodiscard]] Quantity shortage(std::size_t subset) const;
  [[nodiscard]] Quantity shortage() const { return Quantity(short_); }

  // Names the channel that is granted: its profile, and its nodes.
  void join(std::size_t profile, std::span<const Position> nodes);
  // The most that node can grant in units of which each takes `ratio` of the
  // product, to millionths; Ratio::kMost or more where there is no such number.
  [[nodiscard]] Quantity most(Position node, const Ratio& ratio);
  // Grants so many units from the node last asked.
  void grant(Quantity units, const Ratio& ratio);

 private:
  void reset();
  void combine(Position node, const NodeTable& table);
  void find_gains(Position node, const NodeTable& table);
  [[nodiscard]] Quantity most_kits(const Ratio& ratio) const;

  const SetStage* stage_ = nullptr;
  std::span<const Group> groups_;
  std::size_t subsets_ = 1;
  std::size_t profile_ = 0;
  std::int64_t short_ = 0;
  Quantity bound_;                    // no sum of the subsets is larger
  const NodeTable* asked_ = nullptr;  // of the node last asked

  std::vector<ProfileSet> cover_;   // by node: the groups that may be served from it
  std::vector<Position> nodes_;     // those with a cover
  std::vector<ProfileSet> sets_;    // by subset: the classes of the groups served from the node at hand
  std::vector<std::int64_t> gain_;  // by subset: what the channel adds to the node at hand
  std::vector<std::int64_t> slack_;
  std::vector<std::int64_t> taken_;
};

}  // namespace ats::internal
