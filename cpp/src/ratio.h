// SPDX-License-Identifier: LGPL-3.0-only
//
// How much of a component one kit needs, exactly.
#pragma once

#include <cstdint>
#include <limits>

#include "ats/types.h"

namespace ats::internal {

// A positive rational number, or zero, in lowest terms. What does not fit
// throws QuantityOverflow; nothing is ever rounded before the last step.
//
// Invariants:
//   1. over_ and under_ have no common divisor; zero is 0/1.
//   2. Both are below 2^127, so that twice either still fits.
class Ratio final {
 public:
  // Zero.
  constexpr Ratio() = default;
  // REQUIRES: over >= 0 and under > 0.
  Ratio(Quantity over, Quantity under);
  [[nodiscard]] static constexpr Ratio one() {
    Ratio ratio;
    ratio.over_ = 1;
    return ratio;
  }

  [[nodiscard]] bool is_one() const { return over_ == 1 && under_ == 1; }
  [[nodiscard]] bool operator==(const Ratio&) const = default;

  Ratio& operator+=(const Ratio& other);
  [[nodiscard]] friend Ratio operator*(const Ratio& a, const Ratio& b) { return times(a, b); }

  // Quantity times this, rounded up at millionths. REQUIRES: quantity >= 0.
  [[nodiscard]] Quantity times_up(Quantity quantity) const;
  // Quantity divided by this, rounded down (up) at millionths, or kMost where
  // that is more. REQUIRES: quantity >= 0 and this is not zero.
  [[nodiscard]] Quantity divide_down(Quantity quantity) const;
  [[nodiscard]] Quantity divide_up(Quantity quantity) const;
  static constexpr Quantity kMost{std::numeric_limits<std::int64_t>::max()};
  // Whether `part` is less than this times `count`. REQUIRES: both >= 0.
  [[nodiscard]] bool is_short(Quantity part, Quantity count) const {
    return narrow_ ? static_cast<Wide>(part.millionths()) * under_ < static_cast<Wide>(count.millionths()) * over_
                   : part < times_up(count);
  }

 private:
  using Wide = unsigned __int128;
  [[nodiscard]] static Ratio times(const Ratio& a, const Ratio& b);
  void settle(Wide over, Wide under);

  Wide over_ = 0;
  Wide under_ = 1;
  bool narrow_ = true;  // both are below 2^63: a product with a quantity fits
};

}  // namespace ats::internal
