// SPDX-License-Identifier: LGPL-3.0-only
#include "column_view.h"

PYBIND11_MODULE(_core, module) {
  module.doc() = "The native part of ats_engine; import ats_engine instead.";
  module.attr("__version__") = ATS_VERSION;
  module.attr("NONE") = ats::kNone;
  // Classes before functions, so that signatures name them.
  ats::python::bind_errors(module);
  ats::python::bind_column_view(module);
  ats::python::bind_rules(module);
  ats::python::bind_level(module);
  ats::python::bind_engine(module);
  ats::python::bind_json(module);
  ats::python::bind_changes(module);
  ats::python::bind_compare(module);
  ats::python::bind_copy(module);
}
