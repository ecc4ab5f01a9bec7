// SPDX-License-Identifier: LGPL-3.0-only
//
// What the nodes of a channel can supply together beside everyone's promises
// (model, pool stage).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "commitments.h"
#include "pacer.h"
#include "weighing.h"

namespace ats::internal {

// Promises that cannot all be kept.
struct Overcommitment final {
  Position component;  // of a kit, the first with a shortage; or the product itself
  Quantity shortage;
};

// A product and the promises on what it is made of.
//
// Thread safety: one thread each; holds the scratch memory of that thread.
class Pool final {
 public:
  // REQUIRES: all of them outlive this.
  Pool(const Plan& plan, const Commitments& commitments, Pacer* pacer);

  // The product whose levels are worked out from now on, and its own rules.
  // Returns whether anyone was promised part of it: else the nodes do not
  // compete, and nothing else here may be asked.
  [[nodiscard]] bool enter(Position product, const Tiers& tiers);

  // What a channel is granted, in the order of its nodes. `limits` is what
  // components without promises allow in each node; Ratio::kMost if all have
  // promises. The answer is valid until the next call. Throws QuantityOverflow.
  [[nodiscard]] std::span<const Quantity> grant(Position channel, std::span<const Quantity> limits);

  // Whether the holds that touch any of those nodes cannot all be served.
  [[nodiscard]] std::optional<Overcommitment> overcommitment(std::span<const Position> nodes);

 private:
  // A stocked part with promises.
  struct Part final {
    explicit Part(const Plan& plan);
    Component component{};
    Tiers tiers;
    SetStage stage;
    std::vector<Position> profiles;  // that the stage was entered with; empty before
    Weighing weighing;
    std::vector<Group> groups;   // that are weighed
    std::vector<Group> further;  // beyond those
    // Every hold without a node, weighed for overcommitment().
    bool holds_weighed = false;
    Weighing holds;
    std::vector<Group> hold_groups;
  };

  void add_part(const Component& component);
  void solve(Position channel, std::span<const Quantity> limits, const QuotaRank* before);
  void weigh(Part* part, Position channel, const QuotaRank* before);
  void take_further(const Part& part, const std::vector<Position>& nodes);
  void cut(Quantity quota);
  void collect_holds(const Part& part, std::vector<Group>* groups) const;
  [[nodiscard]] Quantity shortage(Part* part, std::span<const Position> nodes);
  void rank(std::vector<Group>* groups) const;
  void enter_stage(Part* part, std::vector<Group>* groups, Position channel);
  [[nodiscard]] Quantity rounded(Quantity units) const { return is_kit_ ? units.floor_to(decimals_) : units; }

  const Plan& plan_;
  const Commitments& commitments_;
  Pacer* pacer_;
  bool is_kit_ = false;
  Decimals decimals_{0};
  const Tiers* tiers_ = nullptr;
  std::size_t parts_in_use_ = 0;
  std::vector<std::unique_ptr<Part>> parts_;
  std::vector<Quantity> granted_;
  std::vector<Quantity> other_;
  std::vector<char> listed_;  // by node: scratch, all 0 between calls
};

}  // namespace ats::internal
