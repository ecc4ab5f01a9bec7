// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/affected.h"
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

[[nodiscard]] Time time_of(const std::string& text) {
  const Time time = parse_time(text);
  if (!time.present()) throw py::value_error("until must be a time YYYY-MM-DDTHH:MM:SSZ");
  return time;
}

[[nodiscard]] std::string affected_text(const py::object& document, std::optional<std::int64_t> location,
                                        std::optional<std::int64_t> node, std::optional<std::int64_t> product,
                                        const std::optional<std::string>& until) {
  std::vector<Cause> causes;
  if (location) causes.emplace_back(LocationId(*location));
  if (node) causes.emplace_back(NodeId(*node));
  if (product) causes.emplace_back(ProductId(*product));
  if (until) causes.emplace_back(time_of(*until));
  if (causes.size() != 1) throw py::value_error("give one of location, node, product and until");
  const std::string_view text = text_of(document);
  const py::gil_scoped_release release;
  return affected_document(text, causes.front());
}

}  // namespace

void bind_json(py::module_& module) {
  using namespace py::literals;
  module.def("compute", &compute_text, "document"_a, py::kw_only(), "threads"_a = py::none(),
             "Computes the levels of an ats-world/1 document; returns an ats-levels/1 document.");
  module.def("explain", &explain_text, "document"_a, "listing"_a,
             "The waterfall of one listing of an ats-world/1 document, as text for a person.");
  module.def("affected", &affected_text, "document"_a, py::kw_only(), "location"_a = py::none(), "node"_a = py::none(),
             "product"_a = py::none(), "until"_a = py::none(),
             "The listings whose levels a place, a product or the time ahead can change.");
}

}  // namespace ats::python
