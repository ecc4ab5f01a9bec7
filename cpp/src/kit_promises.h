// SPDX-License-Identifier: LGPL-3.0-only
//
// What is promised of kits in a node, as promises of their components.
#pragma once

#include <vector>

#include "ats/world.h"
#include "id_index.h"
#include "kit.h"

namespace ats::internal {

class Earliest;
class Plan;

// Demand for a kit, or a hold of kits, in one node: what it takes of one
// component. Each record is rounded up at millionths by itself.
struct KitPromise final {
  Position node;
  Quantity quantity;
  bool hold;  // or demand
};

// Thread safety: building is for one thread, reading for any number of threads.
class KitPromises final {
 public:
  KitPromises() = default;
  // REQUIRES: the plan's facts and kits are resolved. Throws WorldError
  // `overflow` at the product of the kit.
  KitPromises(const Plan& plan, Pacer* pacer);

  [[nodiscard]] bool none() const { return rows_.empty(); }
  // Those that count now, by component; rows as in the tables, demand first.
  [[nodiscard]] RowGroups::Range range(Position component) const { return groups_.range(component); }
  [[nodiscard]] const KitPromise& row(Position i) const { return rows_[groups_.row(i)]; }

  // The first instant after now at which demand, a hold or a quota of a kit
  // with this component starts or stops to count; absent if there is none.
  [[nodiscard]] Time next_change(Position component) const {
    return changes_.empty() ? Time(kNone) : changes_[component];
  }

 private:
  void add_demand(const Plan& plan, Position kit, Earliest* earliest);
  void add_holds(const Plan& plan, Position kit, Earliest* earliest);
  void add(const Plan& plan, Position kit, const KitPromise& promise);
  void note_change(const Plan& plan, Position kit, Time time);

  std::vector<Position> components_;
  std::vector<KitPromise> rows_;
  RowGroups groups_;
  std::vector<Time> changes_;  // by position of the component; empty without kits
};

}  // namespace ats::internal
