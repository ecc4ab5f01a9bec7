// SPDX-License-Identifier: LGPL-3.0-only
//
// Kits taken apart: what one of each needs of every stocked product, through
// all kits inside it (model, kits).
#pragma once

#include <span>
#include <vector>

#include "ats/world.h"
#include "id_index.h"
#include "pacer.h"
#include "ratio.h"

namespace ats::internal {

// A stocked product inside a kit, and how much of it one kit needs.
struct Component final {
  Position product;
  Ratio ratio;
};

// The kits of a world as a graph: which product is one, and what its lines say.
struct KitGraph final {
  std::vector<Position> row_of;        // by position of the product; kNowhere for what is no kit; empty without kits
  std::vector<Position> line_product;  // by position of the line

  [[nodiscard]] bool has(Position product) const { return !row_of.empty() && row_of[product] != kNowhere; }
};

// The components of the kits that matter: those that are sold or promised.
//
// Thread safety: building is for one thread, reading for any number of threads.
class KitTable final {
 public:
  // More components than this in all kits together are refused: memory.
  static constexpr std::size_t kComponentsMax = std::size_t{1} << 24;

  KitTable() = default;
  // Takes apart those kits among the products. REQUIRES: check_kits(world)
  // passed. Throws WorldError `overflow` at the product of a kit whose
  // quantities do not fit, `too_large` at /kits.
  KitTable(const World& world, const KitGraph& graph, std::span<const Position> products, Pacer* pacer);

  // The stocked and storable components of a kit, lowest product id first;
  // none for a kit in which nothing is left. REQUIRES: it was taken apart.
  [[nodiscard]] std::span<const Component> components(Position product) const {
    const Position slot = slot_of_[product];
    return std::span(components_).subspan(offsets_[slot], offsets_[slot + 1] - offsets_[slot]);
  }

 private:
  std::vector<Position> slot_of_;  // by position of the product; kNowhere for what was not taken apart
  std::vector<std::size_t> offsets_;
  std::vector<Component> components_;
};

}  // namespace ats::internal
