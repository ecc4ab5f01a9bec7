// SPDX-License-Identifier: LGPL-3.0-only
#pragma once

#include "ats/types.h"

namespace ats::internal {

// Keeps the earliest of the instants after now.
class Earliest final {
 public:
  explicit Earliest(Time now) : now_(now) {}
  void consider(Time time) {
    if (time.present() && time > now_ && (!best_.present() || time < best_)) best_ = time;
  }
  // Absent if there was none.
  [[nodiscard]] Time time() const { return best_; }

 private:
  Time now_;
  Time best_{kNone};
};

}  // namespace ats::internal
