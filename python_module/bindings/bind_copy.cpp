// SPDX-License-Identifier: LGPL-3.0-only
#include <array>
#include <set>

#include "ats/copy.h"
#include "column_view.h"

namespace ats::python {
namespace {

// Belongs to the module for as long as Python lives, as the classes of errors.cpp do.
PyObject* copy_error = nullptr;

struct TypeName final {
  std::string_view name;
  CopyType type;
};

constexpr std::array kTypeNames = {
    TypeName{"int", CopyType::integer},   TypeName{"bool", CopyType::flag},   TypeName{"floor", CopyType::floor},
    TypeName{"ceil", CopyType::ceil},     TypeName{"exact", CopyType::exact}, TypeName{"time", CopyType::time},
    TypeName{"length", CopyType::length},
};

// "floor" or "floor[]".
[[nodiscard]] CopyColumn column_of(const std::string& name, std::string_view type) {
  CopyColumn column{name};
  if (type.ends_with("[]")) {
    column.array = true;
    type.remove_suffix(2);
  }
  for (const TypeName& known : kTypeNames) {
    if (known.name != type) continue;
    column.type = known.type;
    return column;
  }
  throw py::value_error("column " + name + ": there is no type '" + std::string(type) +
                        "'; there are int, bool, floor, ceil, exact, time and length, with [] for arrays");
}

// A CopyTable that one thread at a time may use: the lock of Python is given
// back while it reads.
class PythonCopyTable final {
 public:
  PythonCopyTable(const std::vector<std::pair<std::string, std::string>>& columns, std::size_t row_bytes_max)
      : table_(columns_of(columns), row_bytes_max) {}

  std::size_t write(const py::object& data) {
    // What is not bytes might change while it is read.
    const py::bytes bytes = PyBytes_Check(data.ptr()) ? py::reinterpret_borrow<py::bytes>(data) : copy_of(data);
    const std::string_view text(PyBytes_AS_STRING(bytes.ptr()),
                                static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr())));
    const Use use(this);
    if (text.size() < kReleaseBytes) {
      table_.write(text);
    } else {
      const GilReleased release;
      table_.write(text);
    }
    return text.size();
  }

  void finish() {
    const Use use(this);
    table_.finish();
  }

  [[nodiscard]] static py::dict columns(const py::object& self) {
    const CopyTable& table = self.cast<const PythonCopyTable&>().table_;
    py::dict out;
    for (std::size_t i = 0; i < table.columns().size(); ++i) {
      const CopyColumn& column = table.columns()[i];
      const BorrowedColumn values =
          column.type == CopyType::flag ? BorrowedColumn(table.narrow(i)) : BorrowedColumn(table.wide(i));
      out[py::str(column.name)] = values.view(self);
    }
    return out;
  }

  [[nodiscard]] std::size_t rows() const { return table_.rows(); }

 private:
  // Giving the lock back costs more than reading a small row does.
  static constexpr std::size_t kReleaseBytes = 16'384;

  class Use final {
   public:
    explicit Use(PythonCopyTable* table) : table_(table) {
      if (table->in_use_) throw std::runtime_error("another thread is writing to this table");
      table_->in_use_ = true;
    }
    ~Use() { table_->in_use_ = false; }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    PythonCopyTable* table_;
  };

  [[nodiscard]] static std::vector<CopyColumn> columns_of(
      const std::vector<std::pair<std::string, std::string>>& given) {
    std::vector<CopyColumn> columns;
    std::set<std::string> names;
    for (const auto& [name, type] : given) {
      if (!names.insert(name).second) throw py::value_error("two columns are named " + name);
      columns.push_back(column_of(name, type));
    }
    return columns;
  }

  [[nodiscard]] static py::bytes copy_of(const py::object& data) {
    if (!PyObject_CheckBuffer(data.ptr())) throw py::type_error("write() takes bytes");
    PyObject* bytes = PyBytes_FromObject(data.ptr());
    if (bytes == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::bytes>(bytes);
  }

  CopyTable table_;
  bool in_use_ = false;
};

void raise_copy_error(const CopyError& error) {
  try {
    const py::object instance = py::reinterpret_borrow<py::object>(copy_error)(error.what());
    const std::string_view code = copy_error_name(error.code());
    instance.attr("code") = py::str(code.data(), code.size());
    instance.attr("row") = error.row();
    instance.attr("column") = error.column();
    PyErr_SetObject(copy_error, instance.ptr());
  } catch (py::error_already_set& failed) {
    failed.restore();
  }
}

void bind_copy_error(py::module_& module) {
  copy_error = PyErr_NewExceptionWithDoc(
      "ats_engine.CopyError",
      "A binary COPY stream that is refused. `code` names the reason (COPY_ERROR_CODES), `row` counts from 0 and\n"
      "`column` is the name; both are None where the fault lies elsewhere.",
      PyExc_ValueError, nullptr);
  if (copy_error == nullptr) throw py::error_already_set();
  module.attr("CopyError") = py::reinterpret_borrow<py::object>(copy_error);
  py::dict codes;
#define ATS_COPY_ERROR_ENTRY(name, meaning) codes[#name] = meaning;
  ATS_COPY_ERROR_CODES(ATS_COPY_ERROR_ENTRY)
#undef ATS_COPY_ERROR_ENTRY
  module.attr("COPY_ERROR_CODES") = codes;
  py::register_exception_translator([](std::exception_ptr pending) {
    try {
      if (pending) std::rethrow_exception(pending);
    } catch (const CopyError& error) {
      raise_copy_error(error);
    }
  });
}

}  // namespace

void bind_copy(py::module_& module) {
  using namespace py::literals;
  bind_copy_error(module);
  py::class_<PythonCopyTable>(module, "CopyTable",
                              "Reads PostgreSQL's binary COPY into flat columns, without a Python object per value.")
      .def(py::init<const std::vector<std::pair<std::string, std::string>>&, std::size_t>(), "columns"_a, py::kw_only(),
           "row_bytes_max"_a = CopyTable::kRowBytesMax)
      .def("write", &PythonCopyTable::write, "data"_a,
           "Takes the next bytes of the stream, split anywhere; returns how many those are.")
      .def(
          "finish",
          [](const py::object& self) {
            self.cast<PythonCopyTable&>().finish();
            return self;
          },
          "Checks that the stream ended with its trailer; returns the table itself.")
      .def("columns", &PythonCopyTable::columns, "Name to read-only memoryview; the views keep the table alive.")
      .def_property_readonly("rows", &PythonCopyTable::rows, "Rows read so far.");
}

}  // namespace ats::python
