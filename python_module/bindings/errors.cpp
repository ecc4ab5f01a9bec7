// SPDX-License-Identifier: LGPL-3.0-only
//
// The only place where C++ errors become Python exceptions. std::bad_alloc
// (MemoryError) and std::overflow_error (OverflowError) are pybind11's own.
#include "bindings.h"

namespace ats::python {
namespace {

// The exception classes belong to the module for as long as Python lives; they
// are never released, because Python may be gone when static objects end.
PyObject* world_error = nullptr;
PyObject* deadline_exceeded = nullptr;

void raise_world_error(const WorldError& error) {
  try {
    const py::object instance = py::reinterpret_borrow<py::object>(world_error)(error.what());
    instance.attr("code") = py::str(error_name(error.code()).data(), error_name(error.code()).size());
    instance.attr("pointer") = error.pointer();
    PyErr_SetObject(world_error, instance.ptr());
  } catch (py::error_already_set& failed) {
    failed.restore();
  }
}

[[nodiscard]] PyObject* make_class(py::module_& module, const char* name, PyObject* base, const char* doc) {
  const std::string qualified = std::string("ats_engine.") + name;
  PyObject* cls = PyErr_NewExceptionWithDoc(qualified.c_str(), doc, base, nullptr);
  if (cls == nullptr) throw py::error_already_set();
  module.attr(name) = py::reinterpret_borrow<py::object>(cls);
  return cls;
}

}  // namespace

void bind_errors(py::module_& module) {
  world_error = make_class(module, "WorldError", PyExc_ValueError,
                           "A world that is refused. `code` names the reason, `pointer` is the JSON pointer of the\n"
                           "offending value ('' for the whole document), str() is a sentence.");
  deadline_exceeded = make_class(module, "DeadlineExceeded", PyExc_TimeoutError,
                                 "The computation did not end within deadline_ms; nothing was computed.");
  py::dict codes;
#define ATS_ERROR_ENTRY(name, meaning) codes[#name] = meaning;
  ATS_ERROR_CODES(ATS_ERROR_ENTRY)
#undef ATS_ERROR_ENTRY
  module.attr("ERROR_CODES") = codes;
  py::register_exception_translator([](std::exception_ptr pending) {
    try {
      if (pending) std::rethrow_exception(pending);
    } catch (const WorldError& error) {
      raise_world_error(error);
    } catch (const DeadlineExceeded& error) {
      PyErr_SetString(deadline_exceeded, error.what());
    }
  });
}

}  // namespace ats::python
