// SPDX-License-Identifier: LGPL-3.0-only
//
// All levels of one product. Pure: reads a plan, writes what it is given.
#pragma once

#include <span>
#include <vector>

#include "channel_stage.h"
#include "kit_stage.h"
#include "node_stage.h"
#include "plan.h"
#include "pool.h"
#include "waterfall.h"

namespace ats::internal {

// One level as it is worked out. `slot` is its place among all levels.
struct LevelRow final {
  std::size_t slot;
  Quantity quantity;
  const std::vector<Reason>& reasons;
  const std::vector<ReasonDetail>& details;  // of the reasons, in their order
};

// Where levels go, one after another. Slots of different products never
// coincide, so that writers of several threads may share their columns.
class LevelSink {
 public:
  virtual ~LevelSink() = default;
  virtual void write(const LevelRow& row) = 0;
};

// Thread safety: one thread each; holds the scratch memory of that thread.
class ProductComputer final {
 public:
  // REQUIRES: all but `reasons` outlive this.
  ProductComputer(const Plan& plan, const Commitments& commitments, bool reasons, LevelSink* sink, Pacer* pacer);

  // Writes the levels of the product's listings. Returns when time alone next
  // changes one of them. Throws QuantityOverflow, and what the pacer throws.
  [[nodiscard]] Time compute(Position product);

 private:
  void find_profiles(Position product);
  void compute_profile(Position product, Position profile);
  void enter_kit(Position kit, Position profile);
  void compute_listing(Position product, Position listing);
  void write_level(std::size_t slot, std::span<const Position> nodes, Quantity quantity, const ListingTerms& terms);
  void explain(std::span<const Position> nodes, Quantity quantity);
  void explain_nodes(std::span<const Position> nodes);
  void explain_node_buffers(std::span<const Position> nodes);
  void explain_kit(std::span<const Position> nodes);
  [[nodiscard]] Quantity node_quantity(Position node) const;
  [[nodiscard]] Quantity sum_of_nodes(const std::vector<Position>& nodes) const;
  [[nodiscard]] ListingTerms terms_of(Position product, Position listing) const;

  const Plan& plan_;
  const Commitments& commitments_;
  LevelSink* sink_;
  Pacer* pacer_;
  NodeStage stage_;
  KitStage kit_stage_;
  Pool pool_;
  Waterfall waterfall_;
  Tiers tiers_;
  std::vector<Position> profiles_;

  Position product_ = 0;
  bool is_kit_ = false;
  bool pooled_ = false;              // promises without a node bind its nodes together
  std::vector<Position> kit_nodes_;  // of the channels at hand, each once
  std::vector<Position> kit_index_;  // by node: its place in kit_nodes_; kNowhere if it has none; empty without kits
  std::vector<Quantity> limits_;     // scratch of compute_listing
};

}  // namespace ats::internal
