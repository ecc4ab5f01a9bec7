// SPDX-License-Identifier: LGPL-3.0-only
#include "column_view.h"

namespace ats::python {

py::buffer_info BorrowedColumn::buffer() const {
  static constexpr std::int64_t nothing = 0;  // an empty column has no address, a buffer needs one
  const void* start = start_ == nullptr ? &nothing : start_;
  return {const_cast<void*>(start),  // the view is read-only: no one writes through it
          static_cast<py::ssize_t>(item_size_),
          format_,
          1,
          {static_cast<py::ssize_t>(rows_)},
          {static_cast<py::ssize_t>(item_size_)},
          true};
}

py::memoryview BorrowedColumn::view(const py::object& owner) const {
  const py::object view = py::cast(*this);
  py::detail::keep_alive_impl(view, owner);
  return py::memoryview(view);
}

void bind_column_view(py::module_& module) {
  py::class_<BorrowedColumn>(module, "_BorrowedColumn", py::buffer_protocol()).def_buffer(&BorrowedColumn::buffer);
}

}  // namespace ats::python
