// SPDX-License-Identifier: LGPL-3.0-only
//
// Promises without a node: pooled holds and quotas, by stocked product (model,
// pool stage).
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "kit_stage.h"
#include "plan.h"

namespace ats::internal {

// The order in which quotas are served: lower first.
struct QuotaRank final {
  std::int64_t sequence;
  std::int64_t rule;
  auto operator<=>(const QuotaRank&) const = default;
};

// A quantity of a stocked product promised from any of several nodes.
struct Commitment final {
  Position product;
  Position channel;   // whose promise it is
  Position places;    // the set of its nodes, see Commitments::nodes
  Quantity quantity;  // above zero
  bool quota;         // or a hold
  QuotaRank rank;     // of a quota
};

// Thread safety: building is for one thread, reading for any number of threads.
//
// Invariants:
//   1. Commitments are sorted by product, then channel, then set of nodes.
//   2. Sets below the number of channels are the channels' own; those of
//      one channel beyond them differ from each other.
class Commitments final {
 public:
  // Takes up live pooled holds and winning quotas, those on kits as promises
  // of their components. Throws WorldError `overflow` at the product of a
  // record that does not fit.
  Commitments(const Plan& plan, Pacer* pacer);

  [[nodiscard]] bool none() const { return rows_.empty(); }
  [[nodiscard]] std::span<const Commitment> of(Position product) const {
    if (offsets_.empty()) return {};
    return std::span(rows_).subspan(offsets_[product], offsets_[product + 1] - offsets_[product]);
  }
  // The nodes of a set in the order of their channel.
  [[nodiscard]] const std::vector<Position>& nodes(Position places) const {
    const std::size_t channels = plan_.channels.size();
    return places < channels ? plan_.channels[places].nodes : narrowed_[places - channels];
  }
  // The first instant after now at which the nodes of an exploded hold may
  // change; absent if there is none.
  [[nodiscard]] Time next_change(Position product) const { return changes_.empty() ? Time(kNone) : changes_[product]; }

 private:
  void add_holds(Position product);
  void add_kit_holds(Position kit, KitStage* stage, Pacer* pacer);
  void add_quotas(Pacer* pacer);
  [[nodiscard]] Position places_for_kit(Position kit, Position channel, KitStage* stage);
  void add_kit(Position kit, const Commitment& of_kit);
  void note_change(Position kit, Position profile);
  void sort(Pacer* pacer);

  const Plan& plan_;
  std::vector<std::vector<Position>> narrowed_;
  std::map<std::pair<Position, std::vector<Position>>, Position> narrowed_ids_;  // by channel and nodes
  std::vector<Commitment> rows_;
  std::vector<std::size_t> offsets_;  // by product; empty without commitments
  std::vector<Time> changes_;         // by product; empty without exploded holds
};

}  // namespace ats::internal
