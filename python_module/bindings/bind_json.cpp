// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/json.h"
#include "bindings.h"

namespace ats::python {

std::string_view text_of(const py::object& document) {
  if (PyUnicode_Check(document.ptr())) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(document.ptr(), &size);
    if (text == nullptr) {
      PyErr_Clear();  // a lone surrogate: str can hold what UTF-8 cannot
      throw WorldError(ErrorCode::invalid_utf8, "");
    }
    return {text, static_cast<std::size_t>(size)};
  }
  if (PyBytes_Check(document.ptr())) {
    return {PyBytes_AS_STRING(document.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(document.ptr()))};
  }
  throw py::type_error("the document must be str or bytes");
}

namespace {

[[nodiscard]] std::string compute_text(const py::object& document, std::optional<int> threads) {
  const Options options = make_options(threads, true, std::nullopt);
  const std::string_view text = text_of(document);
  const GilReleased release;
  return compute_document(text, options);
}

[[nodiscard]] std::string explain_text(const py::object& document, std::int64_t listing) {
  const std::string_view text = text_of(document);
  const GilReleased release;
  return explain_document(text, ListingId(listing));
}

}  // namespace

void bind_json(py::module_& module) {
  using namespace py::literals;
  module.def("compute", &compute_text, "document"_a, py::kw_only(), "threads"_a = py::none(),
             "Computes the levels of an ats-world/1 document; returns an ats-levels/1 document.");
  module.def("explain", &explain_text, "document"_a, "listing"_a,
             "The waterfall of one listing of an ats-world/1 document, as text for a person.");
}

}  // namespace ats::python
