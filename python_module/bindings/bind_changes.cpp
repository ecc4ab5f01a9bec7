// SPDX-License-Identifier: LGPL-3.0-only
#include <array>

#include "ats/changes.h"
#include "column_view.h"

namespace ats::python {
namespace {

// The columns of stored levels, which stay locked while it lives.
class BorrowedLevels final {
 public:
  explicit BorrowedLevels(const py::dict& columns) {
    std::size_t next = 0;
    for (const auto& [name, column] : kNames) levels.*column = take(columns, name, next++);
    if (py::len(columns) != kNames.size()) {
      throw py::value_error("the columns of stored levels are id, listing, node, quantity and digest");
    }
  }

  StoredLevels levels;

 private:
  using Column = std::span<const std::int64_t> StoredLevels::*;
  struct Name final {
    const char* name;
    Column column;
  };
  static constexpr std::array<Name, 5> kNames = {{{"id", &StoredLevels::id},
                                                  {"listing", &StoredLevels::listing},
                                                  {"node", &StoredLevels::node},
                                                  {"quantity", &StoredLevels::quantity},
                                                  {"digest", &StoredLevels::digest}}};

  [[nodiscard]] std::span<const std::int64_t> take(const py::dict& columns, const char* name, std::size_t place) {
    if (!columns.contains(name)) throw py::value_error(std::string("the stored levels lack the column ") + name);
    const py::object column = columns[name];
    if (!py::isinstance<py::buffer>(column)) throw py::type_error(std::string(name) + " must be a buffer of int64");
    py::buffer_info info = py::reinterpret_borrow<py::buffer>(column).request();
    const bool flat = info.ndim == 1 && (info.size == 0 || info.strides[0] == info.itemsize);
    const bool wide = info.itemsize == 8 && (info.format == "q" || info.format == "l");
    const bool aligned = reinterpret_cast<std::uintptr_t>(info.ptr) % alignof(std::int64_t) == 0 || info.size == 0;
    if (!flat || !wide || !aligned) throw py::type_error(std::string(name) + " must be a flat buffer of int64");
    buffers_[place] = std::move(info);
    return {static_cast<const std::int64_t*>(buffers_[place].ptr), static_cast<std::size_t>(buffers_[place].size)};
  }

  std::array<py::buffer_info, kNames.size()> buffers_;
};

[[nodiscard]] std::shared_ptr<Changes> changes_of(const Levels& levels, const py::dict& stored) {
  const BorrowedLevels borrowed(stored);
  const py::gil_scoped_release release;
  return std::make_shared<Changes>(changes(levels, borrowed.levels));
}

template <class T>
[[nodiscard]] auto view_of(std::vector<T> Changes::*column) {
  return [column](const py::object& self) {
    return BorrowedColumn(std::span<const T>(self.cast<const Changes&>().*column)).view(self);
  };
}

}  // namespace

void bind_changes(py::module_& module) {
  using namespace py::literals;
  py::class_<Changes, std::shared_ptr<Changes>>(module, "Changes", "What has to be written, as read-only columns.")
      .def_property_readonly("written", view_of(&Changes::written),
                             "Positions among the computed levels that are new or differ.")
      .def_property_readonly("quantity_changed", view_of(&Changes::quantity_changed),
                             "For each of those: 1 if new or of another quantity, 0 if only the waterfall differs.")
      .def_property_readonly("gone", view_of(&Changes::gone), "Ids of stored rows without a computed level.");
  module.def("changes", &changes_of, "levels"_a, "stored"_a,
             "What has to be written so that stored levels say what computed ones do.");
}

}  // namespace ats::python
