// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/types.h"

#include <chrono>
#include <cstdlib>

namespace ats {
namespace {

using Wide = __int128;

[[nodiscard]] std::int64_t narrow(Wide value) {
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) {
    throw QuantityOverflow();
  }
  return static_cast<std::int64_t>(value);
}

// value * percent / (100 % * step), as a quotient and whether anything is left.
struct Steps final {
  std::int64_t count;
  bool remainder;
};

[[nodiscard]] Steps steps_of(std::int64_t value, Percent percent, std::int64_t step) {
  const std::int64_t divisor = Percent::kHundred * step;  // at most 1e14
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(value, percent.millionths(), &product)) {
    return {product / divisor, product % divisor != 0};
  }
  const Wide wide = static_cast<Wide>(value) * percent.millionths();
  return {narrow(wide / divisor), wide % divisor != 0};
}

[[nodiscard]] std::int64_t shift(std::int64_t seconds, std::int64_t days, Wide sign) {
  const Wide moved = static_cast<Wide>(seconds) + sign * static_cast<Wide>(days) * Time::kSecondsPerDay;
  constexpr Wide lowest = std::numeric_limits<std::int64_t>::min() + 1;  // min() itself means absent
  constexpr Wide highest = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(moved < lowest ? lowest : moved > highest ? highest : moved);
}

[[nodiscard]] bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads exactly `count` digits at `at`; -1 if one is no digit.
[[nodiscard]] int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

[[nodiscard]] std::string padded(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

Time Time::plus_days(std::int64_t days) const { return Time(shift(seconds_, days, 1)); }
Time Time::minus_days(std::int64_t days) const { return Time(shift(seconds_, days, -1)); }

Quantity Quantity::floor_to(Decimals places) const {
  // Most products are sold by the piece; a division by a constant is a multiplication.
  std::int64_t rest = places.step() == kOne ? millionths_ % kOne : millionths_ % places.step();
  if (rest < 0) rest += places.step();
  return *this - Quantity(rest);
}

Quantity Quantity::percent_down(Percent percent, Decimals places) const {
  return Quantity(steps_of(millionths_, percent, places.step()).count * places.step());
}

Quantity Quantity::percent_up(Percent percent, Decimals places) const {
  const Steps steps = steps_of(millionths_, percent, places.step());
  return Quantity(narrow(static_cast<Wide>(steps.count + (steps.remainder ? 1 : 0)) * places.step()));
}

Quantity Quantity::whole_units(Quantity unit) const {
  return Quantity(narrow(static_cast<Wide>(millionths_ / unit.millionths_) * kOne));
}

DecimalState parse_decimal(std::string_view text, std::int64_t* millionths) {
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && part.empty()) || part.size() > 6) {
    return DecimalState::malformed;
  }
  for (char c : whole) {
    if (!is_digit(c)) return DecimalState::malformed;
  }
  for (char c : part) {
    if (!is_digit(c)) return DecimalState::malformed;
  }
  Wide value = 0;
  for (std::size_t i = 0; i < whole.size() + 6; ++i) {
    const std::size_t decimal = i - whole.size();
    const char c = i < whole.size() ? whole[i] : decimal < part.size() ? part[decimal] : '0';
    value = value * 10 + (c - '0');
    if (value > static_cast<Wide>(1) << 64) return DecimalState::out_of_range;
  }
  if (minus) value = -value;
  // kNone is not a quantity: the lowest one is one millionth above it.
  if (value > std::numeric_limits<std::int64_t>::max() || value <= kNone) return DecimalState::out_of_range;
  *millionths = static_cast<std::int64_t>(value);
  return DecimalState::ok;
}

std::string format_decimal(std::int64_t millionths) {
  const Wide magnitude = millionths < 0 ? -static_cast<Wide>(millionths) : static_cast<Wide>(millionths);
  std::string text = std::to_string(static_cast<std::uint64_t>(magnitude / Quantity::kOne));
  if (const auto part = static_cast<std::int64_t>(magnitude % Quantity::kOne); part != 0) {
    text += '.' + padded(part, 6);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return millionths < 0 ? '-' + text : text;
}

Time parse_time(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  if (text.size() != shape.size()) return Time(kNone);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return Time(kNone);
  }
  const std::chrono::year_month_day day{std::chrono::year(digits(text, 0, 4)),
                                        std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
                                        std::chrono::day(static_cast<unsigned>(digits(text, 8, 2)))};
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return Time(kNone);
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return Time(days * Time::kSecondsPerDay + hour * 3600 + minute * 60 + second);
}

std::string format_time(Time time) {
  const std::chrono::sys_seconds instant{std::chrono::seconds(time.seconds())};
  const auto midnight = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day day{midnight};
  const std::chrono::hh_mm_ss clock{instant - midnight};
  return padded(static_cast<int>(day.year()), 4) + '-' + padded(static_cast<unsigned>(day.month()), 2) + '-' +
         padded(static_cast<unsigned>(day.day()), 2) + 'T' + padded(clock.hours().count(), 2) + ':' +
         padded(clock.minutes().count(), 2) + ':' + padded(clock.seconds().count(), 2) + 'Z';
}

}  // namespace ats
