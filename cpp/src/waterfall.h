// SPDX-License-Identifier: LGPL-3.0-only
//
// The steps from the stock on hand to a level, collected as they are taken.
#pragma once

#include <vector>

#include "ats/level.h"

namespace ats::internal {

// Collects the steps of one level after another. Zero steps are left out.
// When switched off it keeps nothing, so that callers need not ask.
class Waterfall final {
 public:
  explicit Waterfall(bool wanted) : wanted_(wanted) {}

  [[nodiscard]] bool wanted() const { return wanted_; }
  [[nodiscard]] const std::vector<Reason>& steps() const { return steps_; }
  // Of all steps, in their order.
  [[nodiscard]] const std::vector<ReasonDetail>& details() const { return details_; }
  void clear() {
    steps_.clear();
    details_.clear();
  }

  void step(ReasonCode code, Quantity quantity, RuleId rule = RuleId(kNone), NodeId node = NodeId(kNone)) {
    if (wanted_ && quantity != Quantity())
      steps_.push_back({.code = code, .details = 0, .quantity = quantity, .rule = rule, .node = node});
  }
  // The step that leads from one value to the next.
  void change(ReasonCode code, Quantity before, Quantity after, RuleId rule = RuleId(kNone)) {
    if (wanted_ && before != after) step(code, after - before, rule);
  }
  // A step of quantity 0 that is shown all the same.
  void flag(ReasonCode code) {
    if (wanted_) steps_.push_back({.code = code, .details = 0, .quantity = Quantity()});
  }
  // One more detail of the step added last. REQUIRES: wanted().
  void detail(const ReasonDetail& detail) {
    ++steps_.back().details;
    details_.push_back(detail);
  }

 private:
  bool wanted_;
  std::vector<Reason> steps_;
  std::vector<ReasonDetail> details_;
};

}  // namespace ats::internal
