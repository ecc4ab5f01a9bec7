// SPDX-License-Identifier: LGPL-3.0-only
//
// What every binding file includes, and the table of contents of the module.
#pragma once

#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <vector>

#include "ats/engine.h"
#include "gil.h"

namespace ats::python {

namespace py = pybind11;

// Thrown when a computation did not end in the time it was given.
class DeadlineExceeded final : public std::runtime_error {
 public:
  explicit DeadlineExceeded(std::int64_t deadline_ms)
      : std::runtime_error("the levels were not computed within " + std::to_string(deadline_ms) + " ms") {}
};

// A world over the caller's buffers, which stay locked while it lives.
class BorrowedWorld final {
 public:
  World world;
  std::vector<py::buffer_info> buffers;
};

// Reads the tables of compute_columns(). Throws WorldError for tables and
// columns that do not exist or are missing, TypeError for what is no buffer of
// int64 (flags: of int8 or int64).
[[nodiscard]] BorrowedWorld read_tables(const py::dict& tables);

// REQUIRES: threads, if given, is at least 1 (else ValueError).
[[nodiscard]] Options make_options(std::optional<int> threads, bool reasons, std::optional<std::int64_t> deadline_ms);

// The UTF-8 text of a str or bytes, which keeps owning it.
[[nodiscard]] std::string_view text_of(const py::object& document);

void bind_errors(py::module_& module);
void bind_rules(py::module_& module);
void bind_level(py::module_& module);
void bind_engine(py::module_& module);
void bind_json(py::module_& module);
void bind_copy(py::module_& module);
void bind_changes(py::module_& module);
void bind_compare(py::module_& module);

}  // namespace ats::python
