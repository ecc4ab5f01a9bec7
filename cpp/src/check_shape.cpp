// SPDX-License-Identifier: LGPL-3.0-only
#include "check.h"
#include "id_index.h"

namespace ats::internal {
namespace {

// Checks the columns of one table, one after another.
class TableShape final {
 public:
  TableShape(std::string_view table, std::size_t rows) : table_(table), rows_(rows) {
    if (rows > kRowsMax) throw WorldError(ErrorCode::too_large, "/" + std::string(table));
  }

  template <class Col>
  TableShape& required(std::string_view name, const Col& column) {
    if (rows_ > 0 && !column.given()) throw WorldError(ErrorCode::missing_key, pointer(name));
    return optional(name, column);
  }

  template <class Col>
  TableShape& optional(std::string_view name, const Col& column) {
    if (column.given() && column.size() != rows_) throw WorldError(ErrorCode::wrong_length, pointer(name));
    return *this;
  }

  template <class T>
  TableShape& list(std::string_view name, const ListColumn<T>& column, Pacer* pacer) {
    pacer->spend(column.offsets.size() / 4);
    const std::size_t items = column.values.size();
    if (!column.offsets.given()) {
      if (items > 0) throw WorldError(ErrorCode::wrong_offsets, pointer(name));
      return *this;
    }
    if (column.offsets.size() != rows_ + 1) throw WorldError(ErrorCode::wrong_length, pointer(name));
    if (items > kRowsMax) throw WorldError(ErrorCode::too_large, pointer(name));
    std::int64_t previous = 0;
    for (const std::int64_t offset : column.offsets.values()) {
      if (offset < previous) throw WorldError(ErrorCode::wrong_offsets, pointer(name));
      previous = offset;
    }
    if (column.offsets.raw(0) != 0 || previous != static_cast<std::int64_t>(items)) {
      throw WorldError(ErrorCode::wrong_offsets, pointer(name));
    }
    return *this;
  }

 private:
  [[nodiscard]] std::string pointer(std::string_view name) const {
    return "/" + std::string(table_) + "/" + std::string(name);
  }

  std::string_view table_;
  std::size_t rows_;
};

void check_facts_shape(const World& world) {
  TableShape("supply", world.supply.rows)
      .required("product", world.supply.product)
      .required("location", world.supply.location)
      .required("quantity", world.supply.quantity)
      .optional("reserved", world.supply.reserved)
      .optional("expires", world.supply.expires)
      .optional("owner", world.supply.owner)
      .optional("blocked", world.supply.blocked);
  TableShape("demand", world.demand.rows)
      .required("product", world.demand.product)
      .required("node", world.demand.node)
      .required("quantity", world.demand.quantity)
      .optional("due", world.demand.due);
  TableShape("incoming", world.incoming.rows)
      .required("product", world.incoming.product)
      .required("node", world.incoming.node)
      .required("quantity", world.incoming.quantity)
      .required("expected", world.incoming.expected)
      .required("kind", world.incoming.kind);
  TableShape("holds", world.holds.rows)
      .required("id", world.holds.id)
      .required("product", world.holds.product)
      .required("quantity", world.holds.quantity)
      .optional("channel", world.holds.channel)
      .optional("node", world.holds.node)
      .optional("expires", world.holds.expires);
}

void check_places_shape(const World& world, Pacer* pacer) {
  TableShape("nodes", world.nodes.rows).required("id", world.nodes.id);
  TableShape("locations", world.locations.rows)
      .required("id", world.locations.id)
      .required("node", world.locations.node)
      .optional("sellable", world.locations.sellable);
  TableShape("products", world.products.rows)
      .required("id", world.products.id)
      .optional("decimals", world.products.decimals)
      .optional("storable", world.products.storable)
      .list("categories", world.products.categories, pacer);
  TableShape("kits", world.kits.rows)
      .required("product", world.kits.product)
      .optional("yields", world.kits.yields)
      .list("lines", world.kits.lines, pacer);
  const Kits& kits = world.kits;
  if (!kits.line_quantity.given() && kits.lines.values.size() > 0) {
    throw WorldError(ErrorCode::missing_key, "/kits/line_quantities");
  }
  if (kits.line_quantity.given() && kits.line_quantity.size() != kits.lines.values.size()) {
    throw WorldError(ErrorCode::wrong_length, "/kits/line_quantities");
  }
}

void check_selling_shape(const World& world, Pacer* pacer) {
  TableShape("channels", world.channels.rows)
      .required("id", world.channels.id)
      .list("nodes", world.channels.nodes, pacer)
      .optional("per_node", world.channels.per_node)
      .list("owners", world.channels.owners, pacer)
      .list("incoming_kinds", world.channels.incoming_kinds, pacer)
      .optional("incoming_days", world.channels.incoming_days)
      .optional("incoming_percent", world.channels.incoming_percent)
      .optional("min_life_days", world.channels.min_life_days)
      .optional("share_percent", world.channels.share_percent);
  TableShape("rules", world.rules.rows)
      .required("id", world.rules.id)
      .required("kind", world.rules.kind)
      .optional("product", world.rules.product)
      .optional("category", world.rules.category)
      .optional("node", world.rules.node)
      .optional("channel", world.rules.channel)
      .optional("fixed", world.rules.fixed)
      .optional("percent", world.rules.percent)
      .optional("from", world.rules.from)
      .optional("until", world.rules.until)
      .optional("sequence", world.rules.sequence);
  TableShape("listings", world.listings.rows)
      .required("id", world.listings.id)
      .required("channel", world.listings.channel)
      .required("product", world.listings.product)
      .optional("unit", world.listings.unit)
      .optional("override_quantity", world.listings.override_quantity)
      .optional("override_until", world.listings.override_until)
      .optional("blocked", world.listings.blocked);
}

}  // namespace

void check_shape(const World& world, Pacer* pacer) {
  check_places_shape(world, pacer);
  check_facts_shape(world);
  check_selling_shape(world, pacer);
}

}  // namespace ats::internal
