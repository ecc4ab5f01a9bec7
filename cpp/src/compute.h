// SPDX-License-Identifier: LGPL-3.0-only
//
// All levels of one product. Pure: reads a plan, writes what it is given.
#pragma once

#include <vector>

#include "channel_stage.h"
#include "node_stage.h"
#include "plan.h"
#include "waterfall.h"

namespace ats::internal {

// One level as it is worked out. `slot` is its place among all levels.
struct LevelRow final {
  std::size_t slot;
  Quantity quantity;
  const std::vector<Reason>& reasons;
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
  ProductComputer(const Plan& plan, bool reasons, LevelSink* sink);

  // Writes the levels of the product's listings. Returns when time alone next
  // changes one of them. Throws QuantityOverflow.
  [[nodiscard]] Time compute(Position product);

 private:
  void find_profiles(Position product);
  void compute_profile(Position product, Position profile);
  void compute_listing(Position product, Position listing);
  void write_pool_level(Position listing, const Channel& channel, const ListingTerms& terms);
  void write_node_levels(Position listing, const Channel& channel, const ListingTerms& terms);
  void explain_nodes(const std::vector<Position>& nodes);
  void explain_node_buffers(const std::vector<Position>& nodes);
  [[nodiscard]] ListingTerms terms_of(Position product, Position listing) const;

  const Plan& plan_;
  LevelSink* sink_;
  NodeStage stage_;
  Waterfall waterfall_;
  Tiers tiers_;
  std::vector<Position> profiles_;
};

}  // namespace ats::internal
