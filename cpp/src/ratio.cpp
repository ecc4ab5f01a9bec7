// SPDX-License-Identifier: LGPL-3.0-only
#include "ratio.h"

#include <limits>

namespace ats::internal {
namespace {

using Wide = unsigned __int128;

constexpr Wide kLimit = Wide{1} << 127;
constexpr auto kQuantityMax = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());

[[nodiscard]] Wide common_divisor(Wide a, Wide b) {
  while (b != 0 && ((a | b) >> 64) != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  auto x = static_cast<std::uint64_t>(a);  // narrow divisions are several times as fast
  auto y = static_cast<std::uint64_t>(b);
  if (y == 0) return a;
  while (y != 0) {
    const std::uint64_t rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

[[nodiscard]] Wide product(Wide a, Wide b) {
  Wide result = 0;
  if (__builtin_mul_overflow(a, b, &result)) throw QuantityOverflow();
  return result;
}

// A whole number and whether anything is left.
struct Quotient final {
  Wide whole;
  bool rest;
};

// a * over / under; kLimit stands for all that is more. REQUIRES: over and under
// below kLimit.
[[nodiscard]] Quotient scaled(std::uint64_t a, Wide over, Wide under) {
  Wide exact = 0;
  if (!__builtin_mul_overflow(Wide{a}, over, &exact)) {
    if (((exact | under) >> 64) == 0) {
      const auto narrow = static_cast<std::uint64_t>(exact);
      const auto divisor = static_cast<std::uint64_t>(under);
      return {narrow / divisor, narrow % divisor != 0};
    }
    return {exact / under, exact % under != 0};
  }
  // The product needs more than 128 bits: the whole part first, then the rest
  // bit by bit, keeping only the remainder.
  const Wide rest_over = over % under;
  Wide whole = 0;
  Wide rest = 0;
  for (int bit = 63; bit >= 0; --bit) {
    whole = 2 * whole;
    rest = 2 * rest;
    if (rest >= under) rest -= under, ++whole;
    if (((a >> bit) & 1) == 0) continue;
    rest += rest_over;
    if (rest >= under) rest -= under, ++whole;
  }
  Wide sum = 0;
  if (__builtin_mul_overflow(Wide{a}, over / under, &sum) || __builtin_add_overflow(sum, whole, &sum)) {
    return {kLimit, false};  // far beyond any quantity
  }
  return {sum, rest != 0};
}

[[nodiscard]] std::uint64_t bits_of(Quantity quantity) { return static_cast<std::uint64_t>(quantity.millionths()); }

}  // namespace

Ratio::Ratio(Quantity over, Quantity under) {
  const Wide divisor = common_divisor(bits_of(over), bits_of(under));
  settle(bits_of(over) / divisor, bits_of(under) / divisor);
}

void Ratio::settle(Wide over, Wide under) {
  if (over >= kLimit || under >= kLimit) throw QuantityOverflow();
  over_ = over;
  under_ = under;
  narrow_ = over <= kQuantityMax && under <= kQuantityMax;
}

Ratio Ratio::times(const Ratio& a, const Ratio& b) {
  const Wide first = common_divisor(a.over_, b.under_);
  const Wide second = common_divisor(b.over_, a.under_);
  Ratio result;
  result.settle(product(a.over_ / first, b.over_ / second), product(a.under_ / second, b.under_ / first));
  return result;
}

Ratio& Ratio::operator+=(const Ratio& other) {
  if (over_ == 0) return *this = other;
  if (other.over_ == 0) return *this;
  const Wide shared = common_divisor(under_, other.under_);
  const Wide left = product(over_, other.under_ / shared);
  const Wide right = product(other.over_, under_ / shared);
  Wide sum = 0;
  if (__builtin_add_overflow(left, right, &sum)) throw QuantityOverflow();
  // What both denominators share may cancel against the sum, nothing else can.
  const Wide again = common_divisor(sum, shared);
  settle(sum / again, product(under_ / shared, other.under_ / again));
  return *this;
}

Quantity Ratio::times_up(Quantity quantity) const {
  if (is_one()) return quantity;
  const Quotient needed = scaled(bits_of(quantity), over_, under_);
  const Wide whole = needed.whole + (needed.rest ? 1 : 0);
  if (whole > kQuantityMax) throw QuantityOverflow();
  return Quantity(static_cast<std::int64_t>(whole));
}

Quantity Ratio::divide_down(Quantity quantity) const {
  if (is_one()) return quantity;
  const Wide whole = scaled(bits_of(quantity), under_, over_).whole;
  return whole > kQuantityMax ? kMost : Quantity(static_cast<std::int64_t>(whole));
}

Quantity Ratio::divide_up(Quantity quantity) const {
  if (is_one()) return quantity;
  const Quotient parts = scaled(bits_of(quantity), under_, over_);
  const Wide whole = parts.whole + (parts.rest ? 1 : 0);
  return whole > kQuantityMax ? kMost : Quantity(static_cast<std::int64_t>(whole));
}

}  // namespace ats::internal
