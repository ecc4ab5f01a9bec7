// SPDX-License-Identifier: LGPL-3.0-only
//
// The send functions of PostgreSQL's types, read backwards: int2send ...
// numeric_send, timestamp_send and array_send in src/backend/utils/adt.
#include "copy_field.h"

#include <cstddef>

#include "ats/types.h"

namespace ats::internal {
namespace {

// Object ids of types, as arrays carry them (src/include/catalog/pg_type.dat).
enum class Oid : std::uint32_t {
  boolean = 16,
  bigint = 20,
  smallint = 21,
  integer = 23,
  timestamp = 1114,
  timestamptz = 1184,
  numeric = 1700,
};

constexpr std::int32_t kNullLength = -1;

[[noreturn]] void fault(CopyErrorCode code) { throw CopyFault(code); }

[[nodiscard]] bool is_integer(Oid type) { return type == Oid::smallint || type == Oid::integer || type == Oid::bigint; }

[[nodiscard]] std::int64_t read_integer(std::string_view field) {
  switch (field.size()) {
    case 2:
      return load<std::int16_t>(field.data());
    case 4:
      return load<std::int32_t>(field.data());
    case 8:
      break;
    default:
      fault(CopyErrorCode::wrong_type);
  }
  const auto value = load<std::int64_t>(field.data());
  if (value == kNone) fault(CopyErrorCode::out_of_range);  // it would read as absent
  return value;
}

[[nodiscard]] std::int8_t read_flag(std::string_view field) {
  if (field.size() != 1) fault(CopyErrorCode::wrong_type);
  if (field[0] != 0 && field[0] != 1) fault(CopyErrorCode::malformed);
  return static_cast<std::int8_t>(field[0]);
}

// Microseconds since 2000-01-01; the ends of int64 are the infinities.
[[nodiscard]] std::int64_t read_time(std::string_view field) {
  constexpr std::int64_t year_2000 = 946'684'800;
  constexpr std::int64_t second = 1'000'000;
  if (field.size() != 8) fault(CopyErrorCode::wrong_type);
  const auto value = load<std::int64_t>(field.data());
  if (value == std::numeric_limits<std::int64_t>::max()) return kNone;
  // An expiry before all times is not one that never comes.
  if (value == std::numeric_limits<std::int64_t>::min()) fault(CopyErrorCode::infinite);
  return value / second - (value % second < 0 ? 1 : 0) + year_2000;
}

[[nodiscard]] std::int64_t read_whole(std::string_view field) {
  std::int64_t millionths = 0;
  if (__builtin_mul_overflow(read_integer(field), Quantity::kOne, &millionths)) fault(CopyErrorCode::out_of_range);
  return millionths;
}

// The magnitude of a numeric: what stands before the point, twelve places
// after it, and whether anything follows those.
struct Magnitude final {
  std::int64_t whole = 0;
  std::int64_t part = 0;
  bool more = false;
};

// A numeric is a list of digits to the base 10 000; `weight` is the power of
// 10 000 of the first.
[[nodiscard]] Magnitude read_digits(std::string_view digits, int weight) {
  constexpr std::int64_t powers[] = {1, 10'000, 100'000'000, 1'000'000'000'000};
  Magnitude out;
  for (std::size_t i = 0; i < digits.size(); i += 2, --weight) {
    const std::int64_t digit = load<std::int16_t>(digits.data() + i);
    if (digit < 0 || digit > 9999) fault(CopyErrorCode::malformed);
    if (digit == 0) continue;
    if (weight > 3) fault(CopyErrorCode::out_of_range);
    if (weight >= 0) {
      out.whole += digit * powers[weight];
    } else if (weight >= -3) {
      out.part += digit * powers[weight + 3];
    } else {
      out.more = true;
    }
  }
  return out;
}

// Places beyond the sixth, as the column's type treats them.
[[nodiscard]] std::int64_t to_millionths(const Magnitude& value, bool minus, CopyType type) {
  if (type == CopyType::exact && (value.more || value.part % 1'000'000 != 0)) fault(CopyErrorCode::too_fine);
  const std::int64_t billionths = (value.part + 500) / 1000;
  const bool away = type == (minus ? CopyType::floor : CopyType::ceil);
  const std::int64_t part = billionths / 1000 + (away && billionths % 1000 != 0 ? 1 : 0);
  std::int64_t out = 0;
  if (__builtin_mul_overflow(value.whole, Quantity::kOne, &out) || __builtin_add_overflow(out, part, &out)) {
    fault(CopyErrorCode::out_of_range);
  }
  return minus ? -out : out;
}

[[nodiscard]] std::int64_t read_numeric(std::string_view field, CopyType type) {
  constexpr std::size_t header = 8;
  if (field.size() < header) fault(CopyErrorCode::wrong_type);
  const std::size_t digits = load<std::uint16_t>(field.data());
  if (field.size() != header + 2 * digits) fault(CopyErrorCode::wrong_type);
  const int weight = load<std::int16_t>(field.data() + 2);
  const auto sign = load<std::uint16_t>(field.data() + 4);
  switch (sign) {
    case 0x0000:
    case 0x4000:
      break;
    case 0xC000:
      fault(CopyErrorCode::nan);
    case 0xD000:
    case 0xF000:
      fault(CopyErrorCode::infinite);
    default:
      fault(CopyErrorCode::wrong_type);
  }
  return to_millionths(read_digits(field.substr(header), weight), sign == 0x4000, type);
}

// An array: how many elements, of which type, and their bytes.
struct Elements final {
  std::size_t count = 0;
  Oid type{};
  std::string_view bytes;
};

[[nodiscard]] Elements read_array(std::string_view field) {
  constexpr std::size_t header = 12;
  constexpr std::size_t dimension = 8;
  if (field.size() < header) fault(CopyErrorCode::wrong_type);
  const auto dimensions = load<std::int32_t>(field.data());
  const auto flags = load<std::uint32_t>(field.data() + 4);
  if (dimensions < 0 || dimensions > 6 || flags > 1) fault(CopyErrorCode::wrong_type);
  if (dimensions > 1) fault(CopyErrorCode::wrong_dimensions);
  Elements out;
  out.type = Oid{load<std::uint32_t>(field.data() + 8)};
  field.remove_prefix(header);
  if (dimensions == 1) {
    if (field.size() < dimension) fault(CopyErrorCode::malformed);
    const auto count = load<std::int32_t>(field.data());
    field.remove_prefix(dimension);
    // Every element takes four bytes at least: what is claimed is bounded by what is there.
    if (count < 0 || static_cast<std::size_t>(count) > field.size() / 4) fault(CopyErrorCode::malformed);
    out.count = static_cast<std::size_t>(count);
  }
  out.bytes = field;
  return out;
}

// Appends every element, read by `read`; NULL is what `null` returns.
template <class T, class Read, class Null>
void append_elements(const Elements& elements, std::vector<T>* out, Read read, Null null) {
  const std::size_t start = out->size();
  out->resize(start + elements.count);
  const char* at = elements.bytes.data();
  const char* const end = at + elements.bytes.size();
  for (T* value = out->data() + start; value != out->data() + out->size(); ++value) {
    if (end - at < 4) fault(CopyErrorCode::malformed);
    const auto length = load<std::int32_t>(at);
    at += 4;
    if (length == kNullLength) {
      *value = null();
      continue;
    }
    if (length < 0 || length > end - at) fault(CopyErrorCode::malformed);
    *value = read(std::string_view(at, static_cast<std::size_t>(length)));
    at += length;
  }
  if (at != end) fault(CopyErrorCode::malformed);
}

template <class T, class Read, class Null>
void append_scalar(std::optional<std::string_view> field, std::vector<T>* out, Read read, Null null) {
  out->push_back(field ? read(*field) : null());
}

[[nodiscard]] bool readable(CopyType column, Oid element) {
  switch (column) {
    case CopyType::integer:
    case CopyType::length:
      return is_integer(element);
    case CopyType::flag:
      return element == Oid::boolean;
    case CopyType::floor:
    case CopyType::ceil:
    case CopyType::exact:
      return element == Oid::numeric || is_integer(element);
    case CopyType::time:
      return element == Oid::timestamp || element == Oid::timestamptz;
  }
  return false;
}

// Turns counts into offsets as they come.
class Offsets final {
 public:
  explicit Offsets(std::int64_t last) : last_(last) {}
  [[nodiscard]] std::int64_t add(std::int64_t count) {
    if (count < 0) fault(CopyErrorCode::negative);
    if (__builtin_add_overflow(last_, count, &last_)) fault(CopyErrorCode::out_of_range);
    return last_;
  }

 private:
  std::int64_t last_;
};

// Calls append(out, read, null) with the functions that the column's type reads
// by. Lambdas, so that each loop over elements has its own, inlined.
template <class Append>
void by_type(CopyType type, bool integers, std::vector<std::int64_t>* wide, std::vector<std::int8_t>* narrow,
             Append append) {
  const auto none = [] { return kNone; };
  switch (type) {
    case CopyType::integer:
      return append(
          wide, [](std::string_view field) { return read_integer(field); }, none);
    case CopyType::flag:
      return append(
          narrow, [](std::string_view field) { return read_flag(field); },
          []() -> std::int8_t { fault(CopyErrorCode::null); });
    case CopyType::floor:
    case CopyType::ceil:
    case CopyType::exact:
      if (integers)
        return append(
            wide, [](std::string_view field) { return read_whole(field); }, none);
      return append(
          wide, [type](std::string_view field) { return read_numeric(field, type); }, none);
    case CopyType::time:
      return append(
          wide, [](std::string_view field) { return read_time(field); }, none);
    case CopyType::length: {
      Offsets offsets(wide->back());
      return append(
          wide, [&](std::string_view field) { return offsets.add(read_integer(field)); },
          [&] { return offsets.add(0); });
    }
  }
}

}  // namespace

void append_field(const CopyColumn& column, std::optional<std::string_view> field, std::vector<std::int64_t>* wide,
                  std::vector<std::int8_t>* narrow) {
  if (!column.array) {
    by_type(column.type, false, wide, narrow,
            [&](auto* out, auto read, auto null) { append_scalar(field, out, read, null); });
    return;
  }
  if (!field) return;
  const Elements elements = read_array(*field);
  if (!readable(column.type, elements.type)) fault(CopyErrorCode::wrong_type);
  by_type(column.type, is_integer(elements.type), wide, narrow,
          [&](auto* out, auto read, auto null) { append_elements(elements, out, read, null); });
}

}  // namespace ats::internal
