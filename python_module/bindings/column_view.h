// SPDX-License-Identifier: LGPL-3.0-only
//
// A column of a native object as Python sees it: a read-only memoryview.
#pragma once

#include <span>

#include "bindings.h"

namespace ats::python {

// Looks at a column that belongs to another object.
class BorrowedColumn final {
 public:
  explicit BorrowedColumn(std::span<const std::int64_t> values)
      : start_(values.data()), rows_(values.size()), item_size_(sizeof(std::int64_t)), format_("q") {}
  explicit BorrowedColumn(std::span<const std::int8_t> values)
      : start_(values.data()), rows_(values.size()), item_size_(sizeof(std::int8_t)), format_("b") {}

  [[nodiscard]] py::buffer_info buffer() const;
  // A memoryview that keeps `owner` alive, and with it the column.
  [[nodiscard]] py::memoryview view(const py::object& owner) const;

 private:
  const void* start_;
  std::size_t rows_;
  std::size_t item_size_;
  const char* format_;
};

void bind_column_view(py::module_& module);

}  // namespace ats::python
