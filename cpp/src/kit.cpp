// SPDX-License-Identifier: LGPL-3.0-only
#include "kit.h"

#include <algorithm>

#include "check.h"

namespace ats::internal {
namespace {

// Takes one kit apart after another, with scratch memory that is kept.
//
// A kit is worked on after every kit that contains it: so each line is looked
// at once, however many ways lead to it, and nothing recurses.
class Explosion final {
 public:
  Explosion(const World& world, const KitGraph& graph, Pacer* pacer)
      : world_(world),
        graph_(graph),
        pacer_(pacer),
        visited_(world.kits.rows),
        needed_(world.kits.rows),
        slot_(world.products.rows, kNowhere) {}

  // Adds the components of one kit to the list, sorted by product id.
  void append(Position kit, std::vector<Component>* components) {
    const std::size_t first = components->size();
    sort_inner_kits(kit);
    needed_[kit] = Ratio::one();
    for (auto inner = order_.rbegin(); inner != order_.rend(); ++inner) open(*inner, first, components);
    for (std::size_t i = first; i < components->size(); ++i) slot_[(*components)[i].product] = kNowhere;
    for (const Position inner : order_) {
      visited_[inner] = false;
      needed_[inner] = Ratio();
    }
    const auto& id = world_.products.id;
    std::sort(components->begin() + static_cast<std::ptrdiff_t>(first), components->end(),
              [&](const Component& a, const Component& b) { return id.raw(a.product) < id.raw(b.product); });
  }

 private:
  struct Step final {
    Position kit;
    std::size_t line;
  };

  // Fills order_ with the kit and all kits inside it, containers last.
  void sort_inner_kits(Position start) {
    order_.clear();
    enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.line == world_.kits.lines.end(step.kit)) {
        order_.push_back(step.kit);
        path_.pop_back();
        continue;
      }
      const Position product = graph_.line_product[step.line++];
      if (graph_.has(product) && !visited_[graph_.row_of[product]]) enter(graph_.row_of[product]);
    }
  }

  void enter(Position kit) {
    visited_[kit] = true;
    path_.push_back({kit, world_.kits.lines.begin(kit)});
  }

  void open(Position kit, std::size_t first, std::vector<Component>* components) {
    const Kits& kits = world_.kits;
    pacer_->spend(8 * (kits.lines.end(kit) - kits.lines.begin(kit)));
    for (std::size_t line = kits.lines.begin(kit); line < kits.lines.end(kit); ++line) {
      const Position product = graph_.line_product[line];
      const bool is_kit = graph_.has(product);
      if (!is_kit && !world_.products.storable[product]) continue;
      const Ratio part = needed_[kit] * Ratio(kits.line_quantity[line], kits.yields[kit]);
      if (is_kit) {
        needed_[graph_.row_of[product]] += part;
      } else if (slot_[product] != kNowhere) {
        (*components)[first + slot_[product]].ratio += part;
      } else {
        slot_[product] = static_cast<Position>(components->size() - first);
        components->push_back({product, part});
      }
    }
  }

  const World& world_;
  const KitGraph& graph_;
  Pacer* pacer_;
  std::vector<char> visited_;   // by row of the kit
  std::vector<Ratio> needed_;   // by row of the kit: how many of it one of the outer kit needs
  std::vector<Position> slot_;  // by position of the product: its place among the components
  std::vector<Position> order_;
  std::vector<Step> path_;
};

}  // namespace

KitTable::KitTable(const World& world, const KitGraph& graph, std::span<const Position> products, Pacer* pacer)
    : slot_of_(world.products.rows, kNowhere), offsets_{0} {
  Explosion explosion(world, graph, pacer);
  for (const Position product : products) {
    if (!graph.has(product) || slot_of_[product] != kNowhere) continue;
    slot_of_[product] = static_cast<Position>(offsets_.size() - 1);
    try {
      explosion.append(graph.row_of[product], &components_);
    } catch (const QuantityOverflow&) {
      refuse(ErrorCode::overflow, {"products", product, ""});
    }
    if (components_.size() > kComponentsMax) throw WorldError(ErrorCode::too_large, "/kits");
    offsets_.push_back(components_.size());
  }
}

}  // namespace ats::internal
