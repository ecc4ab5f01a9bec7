// SPDX-License-Identifier: LGPL-3.0-only
#include <vector>

#include "check.h"
#include "id_index.h"

namespace ats::internal {
namespace {

enum class Visit : std::uint8_t { never, open, done };

// Walks from kit to kit with a stack of its own: nesting is limited by the
// number of kits only, which a recursion could not bear.
class CycleSearch final {
 public:
  CycleSearch(const Kits& kits, const IdIndex& kit_of, Pacer* pacer)
      : kits_(kits), kit_of_(kit_of), pacer_(pacer), visit_(kits.rows) {}

  void from(Position start) {
    if (visit_[start] == Visit::never) enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      pacer_->spend(1);
      if (step.line == kits_.lines.end(step.kit)) {
        visit_[step.kit] = Visit::done;
        path_.pop_back();
        continue;
      }
      const std::size_t line = step.line++;
      const Position inner = kit_of_.find(kits_.lines.values.raw(line));
      if (inner == kNowhere || visit_[inner] == Visit::done) continue;
      if (visit_[inner] == Visit::open) {
        refuse_item(ErrorCode::kit_cycle, {"kits", step.kit, "lines"}, line - kits_.lines.begin(step.kit));
      }
      enter(inner);
    }
  }

 private:
  struct Step final {
    Position kit;
    std::size_t line;
  };
  void enter(Position kit) {
    visit_[kit] = Visit::open;
    path_.push_back({kit, kits_.lines.begin(kit)});
  }

  const Kits& kits_;
  const IdIndex& kit_of_;
  Pacer* pacer_;
  std::vector<Visit> visit_;
  std::vector<Step> path_;
};

}  // namespace

void check_kits(const World& world, Pacer* pacer) {
  const Kits& kits = world.kits;
  IdIndex kit_of;
  if (const auto twin = kit_of.build(kits.product.values(), pacer)) {
    refuse(ErrorCode::duplicate_kit, {"kits", *twin, "product"});
  }
  for (std::size_t row = 0; row < kits.rows; ++row) {
    if (kits.lines.begin(row) == kits.lines.end(row)) refuse(ErrorCode::empty_kit, {"kits", row, "lines"});
  }
  CycleSearch search(kits, kit_of, pacer);
  for (std::size_t row = 0; row < kits.rows; ++row) search.from(static_cast<Position>(row));
}

}  // namespace ats::internal
