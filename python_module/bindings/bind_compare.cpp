// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/compare.h"
#include "column_view.h"

namespace ats::python {
namespace {

// Columns of rules that are to take the place of a world's own.
[[nodiscard]] BorrowedWorld read_rules_after(const py::object& rules_after) {
  py::dict tables;
  tables["rules"] = rules_after;
  try {
    return read_tables(tables);
  } catch (const WorldError& error) {
    constexpr std::size_t table = std::string_view("/rules").size();
    throw WorldError(error.code(), "/rules_after" + error.pointer().substr(table), error.what());
  }
}

[[nodiscard]] Comparison compare_columns(const py::dict& tables, const py::dict& rules_after, std::int64_t now,
                                         std::optional<std::int64_t> demand_horizon_days, std::optional<int> threads,
                                         std::optional<std::int64_t> deadline_ms) {
  const Options options = make_options(threads, false, deadline_ms);
  BorrowedWorld borrowed = read_tables(tables);
  const BorrowedWorld after = read_rules_after(rules_after);
  borrowed.world.now = Time(now);
  borrowed.world.demand_horizon_days = demand_horizon_days.value_or(kNone);
  const GilReleased release;
  return compare(borrowed.world, after.world.rules, options);
}

[[nodiscard]] std::string compare_text(const py::object& document, const py::object& rules_after,
                                       std::optional<int> threads) {
  const Options options = make_options(threads, false, std::nullopt);
  const std::string_view world = text_of(document);
  const std::string_view rules = text_of(rules_after);
  const GilReleased release;
  return compare_document(world, rules, options);
}

using ComparisonClass = py::class_<Comparison, std::shared_ptr<Comparison>>;

void add_column(ComparisonClass* cls, const char* name, std::vector<std::int64_t> Comparison::*column,
                const char* doc) {
  cls->def_property_readonly(
      name,
      [column](const py::object& self) {
        return BorrowedColumn(std::span<const std::int64_t>(self.cast<const Comparison&>().*column)).view(self);
      },
      doc);
}

}  // namespace

void bind_compare(py::module_& module) {
  using namespace py::literals;
  ComparisonClass comparison(module, "Comparison", "The levels that other rules would change, as read-only columns.");
  add_column(&comparison, "listing", &Comparison::listing, "Id of the listing, one entry a level that changes.");
  add_column(&comparison, "node", &Comparison::node, "Id of the node, NONE where the level is the whole pool's.");
  add_column(&comparison, "before", &Comparison::before, "Millionths of a unit of sale.");
  add_column(&comparison, "after", &Comparison::after, "Millionths of a unit of sale.");
  comparison.def_readonly("levels", &Comparison::levels, "All levels there are.")
      .def_readonly("changed", &Comparison::changed, "Levels that change.")
      .def_readonly("to_zero", &Comparison::to_zero, "Levels that go to zero.")
      .def_readonly("from_zero", &Comparison::from_zero, "Levels that leave zero.")
      .def_readonly("listings_changed", &Comparison::listings_changed, "Listings of which a level changes.")
      .def_readonly("listings_to_zero", &Comparison::listings_to_zero, "Listings whose levels are all zero then.")
      .def_readonly("listings_from_zero", &Comparison::listings_from_zero, "Listings whose levels were all zero.")
      .def("__len__", [](const Comparison& self) { return self.changed; })
      .def(
          "to_json", [](const Comparison& self) { return to_json(self); }, "As an ats-comparison/1 document.",
          py::call_guard<GilReleased>());
  module.def("compare_columns", &compare_columns, "tables"_a, "rules_after"_a, py::kw_only(), "now"_a,
             "demand_horizon_days"_a = py::none(), "threads"_a = py::none(), "deadline_ms"_a = py::none(),
             "Compares the levels of a world with those under other rules.");
  module.def("compare", &compare_text, "document"_a, "rules_after"_a, py::kw_only(), "threads"_a = py::none(),
             "Compares the levels of an ats-world/1 document with those under another list of rules.");
}

}  // namespace ats::python
