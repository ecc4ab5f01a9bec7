// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/rules.h"
#include "bindings.h"

namespace ats::python {

void bind_rules(py::module_& module) {
  py::tuple names(kRuleKindNames.size());
  for (std::size_t i = 0; i < kRuleKindNames.size(); ++i) names[i] = py::str(std::string(kRuleKindNames[i]));
  module.attr("RULE_KINDS") = names;
}

}  // namespace ats::python
