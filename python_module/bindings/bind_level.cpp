// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/json.h"
#include "bindings.h"

namespace ats::python {
namespace {

// A read-only view of one column. The view keeps the Levels object alive, and
// with it the column.
class ColumnView final {
 public:
  explicit ColumnView(const std::vector<std::int64_t>& values) : values_(values) {}
  [[nodiscard]] py::buffer_info buffer() const {
    return {const_cast<std::int64_t*>(values_.data()),  // the view is read-only: no one writes through it
            sizeof(std::int64_t),
            "q",
            1,
            {static_cast<py::ssize_t>(values_.size())},
            {static_cast<py::ssize_t>(sizeof(std::int64_t))},
            true};
  }

 private:
  const std::vector<std::int64_t>& values_;
};

using LevelsClass = py::class_<Levels, std::shared_ptr<Levels>>;

void add_column(LevelsClass* cls, const char* name, std::vector<std::int64_t> Levels::*column, const char* doc) {
  cls->def_property_readonly(
      name,
      [column](const py::object& self) {
        py::object view = py::cast(ColumnView(self.cast<const Levels&>().*column));
        py::detail::keep_alive_impl(view, self);
        return py::memoryview(view);
      },
      doc);
}

}  // namespace

void bind_level(py::module_& module) {
  py::tuple names(kReasonCodeNames.size());
  for (std::size_t i = 0; i < kReasonCodeNames.size(); ++i) names[i] = py::str(std::string(kReasonCodeNames[i]));
  module.attr("REASON_CODES") = names;

  py::class_<ColumnView>(module, "_ColumnView", py::buffer_protocol()).def_buffer(&ColumnView::buffer);

  LevelsClass levels(module, "Levels", "Levels in listing order, as read-only int64 columns. NONE = absent.");
  add_column(&levels, "listing", &Levels::listing, "Id of the listing, one entry a level.");
  add_column(&levels, "node", &Levels::node, "Id of the node, NONE where the level is the whole pool's.");
  add_column(&levels, "quantity", &Levels::quantity, "Millionths of a unit of sale.");
  add_column(&levels, "reason_digest", &Levels::reason_digest,
             "A number a level: a digest of its reasons with all details, the same in every process; empty without\n"
             "reasons.");
  add_column(&levels, "reason_offsets", &Levels::reason_offsets,
             "Reasons of level i: offsets[i] up to offsets[i + 1]; empty without reasons.");
  add_column(&levels, "reason_code", &Levels::reason_code, "Position in REASON_CODES.");
  add_column(&levels, "reason_quantity", &Levels::reason_quantity, "Millionths; those of a level add up to it.");
  add_column(&levels, "reason_rule", &Levels::reason_rule, "Id of the rule that acted.");
  add_column(&levels, "reason_node", &Levels::reason_node, "Id of the one node of several that it concerns.");
  add_column(&levels, "reason_component", &Levels::reason_component, "Id of the component of a kit that it concerns.");
  add_column(&levels, "reason_shortage", &Levels::reason_shortage, "Millionths missing.");
  add_column(&levels, "detail_offsets", &Levels::detail_offsets,
             "Details of reason r (kit_components has one a node): offsets[r] up to offsets[r + 1].");
  add_column(&levels, "detail_node", &Levels::detail_node, "Id of the node.");
  add_column(&levels, "detail_component", &Levels::detail_component, "Id of the component that limits the kit there.");
  add_column(&levels, "detail_quantity", &Levels::detail_quantity, "Millionths of the kit that the node can ship.");
  add_column(&levels, "product", &Levels::product, "Id of each product that has a listing.");
  add_column(&levels, "product_next_change", &Levels::product_next_change,
             "Unix seconds when time alone next changes that product's levels.");
  levels
      .def_property_readonly(
          "next_change",
          [](const Levels& self) {
            return self.next_change.present() ? std::optional(self.next_change.seconds()) : std::nullopt;
          },
          "The earliest of product_next_change, or None.")
      .def_readonly("threads_used", &Levels::threads_used, "Threads the work was spread over; 1 = serial.")
      .def("__len__", [](const Levels& self) { return self.listing.size(); })
      .def("to_json", &to_json, "These levels as an ats-levels/1 document.", py::call_guard<GilReleased>());
}

}  // namespace ats::python
