// SPDX-License-Identifier: LGPL-3.0-only
//
// The values the engine counts in: identifiers, quantities, percentages and
// times. Each is a type of its own, so that a product cannot be passed where a
// node is meant, nor a number of days where a quantity is.
//
// Thread safety: all of these are values; none has shared state.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ats {

// "No value" in a flat column: no expiry, no owner, no node.
inline constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();

// An identifier given by the caller. Any int64 but kNone is legal; kNone means
// that the optional reference is absent.
template <class Tag>
class Id final {
 public:
  constexpr explicit Id(std::int64_t value) : value_(value) {}
  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  [[nodiscard]] constexpr bool present() const { return value_ != kNone; }
  auto operator<=>(const Id&) const = default;

 private:
  std::int64_t value_;
};

using NodeId = Id<struct NodeTag>;
using LocationId = Id<struct LocationTag>;
using ProductId = Id<struct ProductTag>;
using CategoryId = Id<struct CategoryTag>;
using OwnerId = Id<struct OwnerTag>;
using ChannelId = Id<struct ChannelTag>;
using ListingId = Id<struct ListingTag>;
using HoldId = Id<struct HoldTag>;
using RuleId = Id<struct RuleTag>;
// What an expected receipt is ("purchase", "transfer"), as a code of the caller.
using IncomingKind = Id<struct IncomingKindTag>;

// An instant, in seconds since 1970-01-01T00:00:00Z. Absent is kNone.
class Time final {
 public:
  static constexpr std::int64_t kSecondsPerDay = 86400;

  constexpr explicit Time(std::int64_t seconds) : seconds_(seconds) {}
  [[nodiscard]] constexpr std::int64_t seconds() const { return seconds_; }
  [[nodiscard]] constexpr bool present() const { return seconds_ != kNone; }
  auto operator<=>(const Time&) const = default;

  // This instant moved by whole days; stops at the ends of int64 rather than
  // wrapping, so that a huge horizon means "for ever". REQUIRES: present().
  [[nodiscard]] Time plus_days(std::int64_t days) const;
  [[nodiscard]] Time minus_days(std::int64_t days) const;

 private:
  std::int64_t seconds_;
};

// The instants a document can express: the years 0000 to 9999.
inline constexpr Time kTimeMin{-62167219200};
inline constexpr Time kTimeMax{253402300799};

// Thrown when a sum or a product leaves int64 millionths.
class QuantityOverflow final : public std::overflow_error {
 public:
  QuantityOverflow() : std::overflow_error("a quantity leaves the range of int64 millionths") {}
};

// The number of decimal places in which a product is sold, 0 to 6.
class Decimals final {
 public:
  static constexpr int kMax = 6;
  // REQUIRES: 0 <= places <= kMax.
  constexpr explicit Decimals(std::int64_t places) : step_(step_of(places)) {}
  // The smallest quantity above zero, in millionths: 1 000 000 for 0 places.
  [[nodiscard]] constexpr std::int64_t step() const { return step_; }

 private:
  static constexpr std::int64_t step_of(std::int64_t places) {
    constexpr std::int64_t steps[kMax + 1] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
    return steps[places];
  }
  std::int64_t step_;
};

// A percentage, exact to six places: millionths of a percent.
class Percent final {
 public:
  static constexpr std::int64_t kHundred = 100'000'000;
  constexpr explicit Percent(std::int64_t millionths) : millionths_(millionths) {}
  [[nodiscard]] constexpr std::int64_t millionths() const { return millionths_; }
  auto operator<=>(const Percent&) const = default;

 private:
  std::int64_t millionths_;
};

// An exact decimal quantity with at most six places, held as int64 millionths.
// Every operation that could leave that range throws QuantityOverflow.
class Quantity final {
 public:
  static constexpr std::int64_t kOne = 1'000'000;

  constexpr Quantity() = default;
  constexpr explicit Quantity(std::int64_t millionths) : millionths_(millionths) {}
  [[nodiscard]] constexpr std::int64_t millionths() const { return millionths_; }
  auto operator<=>(const Quantity&) const = default;

  Quantity& operator+=(Quantity other) {
    if (__builtin_add_overflow(millionths_, other.millionths_, &millionths_)) throw QuantityOverflow();
    return *this;
  }
  Quantity& operator-=(Quantity other) {
    if (__builtin_sub_overflow(millionths_, other.millionths_, &millionths_)) throw QuantityOverflow();
    return *this;
  }
  [[nodiscard]] friend Quantity operator+(Quantity a, Quantity b) { return a += b; }
  [[nodiscard]] friend Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  [[nodiscard]] Quantity operator-() const { return Quantity() - *this; }

  // Rounded towards minus infinity to the given places.
  [[nodiscard]] Quantity floor_to(Decimals places) const;
  // This times the percentage, rounded down (up) once, to the given places.
  // REQUIRES: this >= 0 and 0 <= percent <= 100.
  [[nodiscard]] Quantity percent_down(Percent percent, Decimals places) const;
  [[nodiscard]] Quantity percent_up(Percent percent, Decimals places) const;
  // How many whole units of that size fit, as a quantity. REQUIRES: this >= 0, unit > 0.
  [[nodiscard]] Quantity whole_units(Quantity unit) const;

 private:
  std::int64_t millionths_ = 0;
};

// What a plain decimal text turned out to be.
enum class DecimalState { ok, malformed, out_of_range };

// Reads `-?digits[.digits]` with at most six places into millionths. On ok
// writes *millionths; otherwise leaves it alone.
[[nodiscard]] DecimalState parse_decimal(std::string_view text, std::int64_t* millionths);
// "12.5", "-3", "0": no trailing zeros.
[[nodiscard]] std::string format_decimal(std::int64_t millionths);

// Reads YYYY-MM-DDTHH:MM:SSZ. Returns an absent time for anything else, a day
// that does not exist included.
[[nodiscard]] Time parse_time(std::string_view text);
// The inverse. REQUIRES: kTimeMin <= time <= kTimeMax.
[[nodiscard]] std::string format_time(Time time);

}  // namespace ats
