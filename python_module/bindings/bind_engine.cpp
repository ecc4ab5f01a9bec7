// SPDX-License-Identifier: LGPL-3.0-only
#include <chrono>

#include "bindings.h"

namespace ats::python {

Options make_options(std::optional<int> threads, bool reasons, std::optional<std::int64_t> deadline_ms) {
  if (threads && *threads < 1) throw py::value_error("threads must be at least 1, or None");
  if (deadline_ms && *deadline_ms < 0) throw py::value_error("deadline_ms must not be negative");
  Options options;
  options.threads = threads.value_or(0);
  options.reasons = reasons;
  if (deadline_ms) {
    // The engine reads no clock; its caller does.
    using Clock = std::chrono::steady_clock;
    constexpr std::int64_t forever_ms = std::int64_t{1} << 40;
    const auto deadline = Clock::now() + std::chrono::milliseconds(std::min(*deadline_ms, forever_ms));
    options.checkpoint = [deadline, limit = *deadline_ms] {
      if (Clock::now() >= deadline) throw DeadlineExceeded(limit);
    };
  }
  return options;
}

namespace {

[[nodiscard]] std::shared_ptr<Levels> compute_columns(const py::dict& tables, std::int64_t now,
                                                      std::optional<std::int64_t> demand_horizon_days,
                                                      std::optional<int> threads, bool reasons,
                                                      std::optional<std::int64_t> deadline_ms) {
  const Options options = make_options(threads, reasons, deadline_ms);
  BorrowedWorld borrowed = read_tables(tables);
  borrowed.world.now = Time(now);
  borrowed.world.demand_horizon_days = demand_horizon_days.value_or(kNone);
  const GilReleased release;
  return std::make_shared<Levels>(compute(borrowed.world, options));
}

}  // namespace

void bind_engine(py::module_& module) {
  using namespace py::literals;
  module.def("compute_columns", &compute_columns, "tables"_a, py::kw_only(), "now"_a,
             "demand_horizon_days"_a = py::none(), "threads"_a = py::none(), "reasons"_a = true,
             "deadline_ms"_a = py::none(), "Computes the levels of a world given as flat columns.");
}

}  // namespace ats::python
