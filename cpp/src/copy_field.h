// SPDX-License-Identifier: LGPL-3.0-only
//
// One field of a row of a binary COPY stream, appended to a column.
#pragma once

#include <bit>
#include <cstring>
#include <exception>

#include "ats/copy.h"

namespace ats::internal {

// A fault in a field; whoever knows the row and the column names them.
struct CopyFault final : std::exception {
  explicit CopyFault(CopyErrorCode reason) : code(reason) {}
  CopyErrorCode code;
};

// The big-endian integer at the start of the bytes. REQUIRES: they hold it.
template <class T>
[[nodiscard]] T load(const char* at) {
  static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);
  T value;
  std::memcpy(&value, at, sizeof value);
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof(T) == 2) value = static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
    if constexpr (sizeof(T) == 4) value = static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
    if constexpr (sizeof(T) == 8) value = static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  }
  return value;
}

// Appends one field, a scalar or an array as the column says; nullopt is NULL.
// Throws CopyFault.
void append_field(const CopyColumn& column, std::optional<std::string_view> field, std::vector<std::int64_t>* wide,
                  std::vector<std::int8_t>* narrow);

}  // namespace ats::internal
