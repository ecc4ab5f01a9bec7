// SPDX-License-Identifier: LGPL-3.0-only
//
// From a dict of tables of buffers to a World that looks at them.
#include <set>

#include "bindings.h"

namespace ats::python {
namespace {

// The name of a table or column.
[[nodiscard]] std::string name_of(const py::handle& key) {
  if (!PyUnicode_Check(key.ptr())) throw py::type_error("names of tables and columns must be str");
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(key.ptr(), &size);
  if (text == nullptr) {
    PyErr_Clear();  // a lone surrogate, which no name of ours has
    throw WorldError(ErrorCode::invalid_utf8, "");
  }
  return {text, static_cast<std::size_t>(size)};
}

// Reads the columns of one table and remembers which it has read.
class TableReader final {
 public:
  TableReader(BorrowedWorld* out, const py::dict& tables, const char* table, std::size_t* rows)
      : out_(out), table_(table), rows_(rows) {
    if (!tables.contains(table)) return;
    const py::object found = tables[table];
    if (!py::isinstance<py::dict>(found)) {
      throw py::type_error(std::string(table) + " must be a dict of columns");
    }
    columns_ = found;
  }

  // The first column that is read sets the number of rows.
  template <class T>
  TableReader& column(const char* name, Column<T>* column) {
    if (const auto* info = take(name)) {
      column->bind(integers(*info, name));
      if (!rows_known_) *rows_ = column->size(), rows_known_ = true;
    }
    return *this;
  }

  TableReader& flags(const char* name, Flags* flags) {
    if (const auto* info = take(name)) {
      if (info->itemsize == 1) {
        flags->bind({static_cast<const std::int8_t*>(info->ptr), static_cast<std::size_t>(info->size)});
      } else {
        flags->bind(integers(*info, name));
      }
    }
    return *this;
  }

  template <class T>
  TableReader& list(const char* offsets_name, const char* name, ListColumn<T>* list) {
    if (const auto* info = take(offsets_name)) list->offsets.bind(integers(*info, offsets_name));
    if (const auto* info = take(name)) list->values.bind(integers(*info, name));
    return *this;
  }

  // A column with an entry for each item of a list, not for each row.
  template <class T>
  TableReader& items(const char* name, Column<T>* column) {
    if (const auto* info = take(name)) column->bind(integers(*info, name));
    return *this;
  }

  // Refuses columns that the table does not have, and a table whose columns
  // lack the first.
  void done() const {
    for (const auto& entry : columns_) {
      const std::string name = name_of(entry.first);
      if (!read_.contains(name)) throw WorldError(ErrorCode::unknown_key, pointer(name));
    }
    if (!rows_known_ && !columns_.empty()) throw WorldError(ErrorCode::missing_key, "/" + std::string(table_));
  }

 private:
  [[nodiscard]] std::string pointer(const std::string& name) const { return "/" + std::string(table_) + "/" + name; }

  // The buffer of that column, null if it is not given.
  const py::buffer_info* take(const char* name) {
    read_.insert(name);
    if (!columns_.contains(name)) return nullptr;
    const py::object column = columns_[name];
    if (!py::isinstance<py::buffer>(column)) {
      throw py::type_error(pointer(name) + " must be a buffer of int64, not " +
                           py::cast<std::string>(py::str(py::type::handle_of(column).attr("__name__"))));
    }
    py::buffer_info info = py::reinterpret_borrow<py::buffer>(column).request();
    const bool flat = info.ndim == 1 && (info.size == 0 || info.strides[0] == info.itemsize);
    const bool wide = info.itemsize == 8 && (info.format == "q" || info.format == "l");
    const bool narrow = info.itemsize == 1 && (info.format == "b" || info.format == "?" || info.format == "B");
    if (!flat || (!wide && !narrow)) {
      throw py::type_error(pointer(name) + " must be a flat buffer of int64, not of format '" + info.format + "'");
    }
    const auto start = reinterpret_cast<std::uintptr_t>(info.ptr);
    if (info.size > 0 && start % static_cast<std::uintptr_t>(info.itemsize) != 0) {
      throw py::type_error(pointer(name) + " must start at a multiple of its item size");
    }
    out_->buffers.push_back(std::move(info));
    return &out_->buffers.back();
  }

  [[nodiscard]] std::span<const std::int64_t> integers(const py::buffer_info& info, const char* name) const {
    if (info.itemsize != 8) throw py::type_error(pointer(name) + " must be a buffer of int64");
    return {static_cast<const std::int64_t*>(info.ptr), static_cast<std::size_t>(info.size)};
  }

  BorrowedWorld* out_;
  const char* table_;
  std::size_t* rows_;
  bool rows_known_ = false;
  py::dict columns_;
  std::set<std::string> read_;
};

void read_places(BorrowedWorld* out, const py::dict& tables) {
  World& world = out->world;
  TableReader(out, tables, "nodes", &world.nodes.rows).column("id", &world.nodes.id).done();
  TableReader(out, tables, "locations", &world.locations.rows)
      .column("id", &world.locations.id)
      .column("node", &world.locations.node)
      .flags("sellable", &world.locations.sellable)
      .done();
  TableReader(out, tables, "products", &world.products.rows)
      .column("id", &world.products.id)
      .column("decimals", &world.products.decimals)
      .flags("storable", &world.products.storable)
      .list("category_offsets", "categories", &world.products.categories)
      .done();
  TableReader(out, tables, "kits", &world.kits.rows)
      .column("product", &world.kits.product)
      .column("yields", &world.kits.yields)
      .list("line_offsets", "lines", &world.kits.lines)
      .items("line_quantities", &world.kits.line_quantity)
      .done();
}

void read_facts(BorrowedWorld* out, const py::dict& tables) {
  World& world = out->world;
  TableReader(out, tables, "supply", &world.supply.rows)
      .column("product", &world.supply.product)
      .column("location", &world.supply.location)
      .column("quantity", &world.supply.quantity)
      .column("reserved", &world.supply.reserved)
      .column("expires", &world.supply.expires)
      .column("owner", &world.supply.owner)
      .flags("blocked", &world.supply.blocked)
      .done();
  TableReader(out, tables, "demand", &world.demand.rows)
      .column("product", &world.demand.product)
      .column("node", &world.demand.node)
      .column("quantity", &world.demand.quantity)
      .column("due", &world.demand.due)
      .done();
  TableReader(out, tables, "incoming", &world.incoming.rows)
      .column("product", &world.incoming.product)
      .column("node", &world.incoming.node)
      .column("quantity", &world.incoming.quantity)
      .column("expected", &world.incoming.expected)
      .column("kind", &world.incoming.kind)
      .done();
  TableReader(out, tables, "holds", &world.holds.rows)
      .column("id", &world.holds.id)
      .column("product", &world.holds.product)
      .column("quantity", &world.holds.quantity)
      .column("channel", &world.holds.channel)
      .column("node", &world.holds.node)
      .column("expires", &world.holds.expires)
      .done();
}

void read_selling(BorrowedWorld* out, const py::dict& tables) {
  World& world = out->world;
  TableReader(out, tables, "channels", &world.channels.rows)
      .column("id", &world.channels.id)
      .list("node_offsets", "nodes", &world.channels.nodes)
      .flags("per_node", &world.channels.per_node)
      .list("owner_offsets", "owners", &world.channels.owners)
      .list("incoming_kind_offsets", "incoming_kinds", &world.channels.incoming_kinds)
      .column("incoming_days", &world.channels.incoming_days)
      .column("incoming_percent", &world.channels.incoming_percent)
      .column("min_life_days", &world.channels.min_life_days)
      .column("share_percent", &world.channels.share_percent)
      .done();
  TableReader(out, tables, "rules", &world.rules.rows)
      .column("id", &world.rules.id)
      .column("kind", &world.rules.kind)
      .column("product", &world.rules.product)
      .column("category", &world.rules.category)
      .column("node", &world.rules.node)
      .column("channel", &world.rules.channel)
      .column("fixed", &world.rules.fixed)
      .column("percent", &world.rules.percent)
      .column("from", &world.rules.from)
      .column("until", &world.rules.until)
      .column("sequence", &world.rules.sequence)
      .done();
  TableReader(out, tables, "listings", &world.listings.rows)
      .column("id", &world.listings.id)
      .column("channel", &world.listings.channel)
      .column("product", &world.listings.product)
      .column("unit", &world.listings.unit)
      .column("override_quantity", &world.listings.override_quantity)
      .column("override_until", &world.listings.override_until)
      .flags("blocked", &world.listings.blocked)
      .done();
}

}  // namespace

BorrowedWorld read_tables(const py::dict& tables) {
  static const std::set<std::string> known = {"nodes",    "locations", "products", "kits",  "supply",  "demand",
                                              "incoming", "holds",     "channels", "rules", "listings"};
  for (const auto& entry : tables) {
    const std::string name = name_of(entry.first);
    if (!known.contains(name)) throw WorldError(ErrorCode::unknown_key, "/" + name);
  }
  BorrowedWorld out;
  out.buffers.reserve(96);  // more than there are columns: pointers into it stay valid
  read_places(&out, tables);
  read_facts(&out, tables);
  read_selling(&out, tables);
  return out;
}

}  // namespace ats::python
