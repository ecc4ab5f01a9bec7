// SPDX-License-Identifier: LGPL-3.0-only
//
// What is refused before anything is counted. References are checked where
// they are resolved, in plan.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ats/error.h"
#include "ats/world.h"
#include "pacer.h"

namespace ats::internal {

// A place in a table, for the pointer of an error: /table/row/column.
struct Place final {
  std::string_view table;
  std::size_t row;
  std::string_view column;
  [[nodiscard]] std::string pointer() const;
  // /table/row/column/item, for a value inside a list.
  [[nodiscard]] std::string pointer(std::size_t item) const;
};

[[noreturn]] void refuse(ErrorCode code, const Place& place);
[[noreturn]] void refuse_item(ErrorCode code, const Place& place, std::size_t item);

// Columns that differ in length, offsets that do not fit their lists, required
// columns that are missing, tables beyond the limit of rows.
void check_shape(const World& world, Pacer* pacer);

// Values outside their range, absent where they must be given, and rules whose
// parts do not fit together.
void check_values(const World& world, Pacer* pacer);

// Kits without lines, two for one product, cycles. REQUIRES: every product a
// kit names is known.
void check_kits(const World& world, Pacer* pacer);

}  // namespace ats::internal
