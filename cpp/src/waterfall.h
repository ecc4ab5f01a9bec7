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
  void clear() { steps_.clear(); }

  void step(ReasonCode code, Quantity quantity, RuleId rule = RuleId(kNone), NodeId node = NodeId(kNone)) {
    if (wanted_ && quantity != Quantity()) steps_.push_back({code, quantity, rule, node});
  }
  // The step that leads from one value to the next.
  void change(ReasonCode code, Quantity before, Quantity after, RuleId rule = RuleId(kNone)) {
    if (wanted_ && before != after) step(code, after - before, rule);
  }

 private:
  bool wanted_;
  std::vector<Reason> steps_;
};

}  // namespace ats::internal
