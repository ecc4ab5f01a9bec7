// SPDX-License-Identifier: LGPL-3.0-only
//
// Rows of a book as flat columns.
#include <algorithm>

#include "book_tables.h"

namespace ats::internal {
namespace {

template <class Row, class Read>
[[nodiscard]] std::span<const std::int64_t> column(Columns* columns, const Rows<Row>& rows, Read read) {
  std::vector<std::int64_t> values;
  values.reserve(rows.size());
  for (const Row* row : rows) values.push_back(read(*row));
  return columns->keep(std::move(values));
}

template <class Row, class T, class Read>
void lists(Columns* columns, const Rows<Row>& rows, ListColumn<T>* list, Read read) {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int64_t> values;
  for (const Row* row : rows) {
    const std::vector<std::int64_t>& items = read(*row);
    values.insert(values.end(), items.begin(), items.end());
    offsets.push_back(static_cast<std::int64_t>(values.size()));
  }
  list->offsets.bind(columns->keep(std::move(offsets)));
  list->values.bind(columns->keep(std::move(values)));
}

template <class T, class Raw>
[[nodiscard]] std::int64_t raw_or_none(const std::optional<T>& value, Raw raw) {
  return value ? raw(*value) : kNone;
}

void emit(Columns* out, const Rows<NodeRow>& rows) {
  Nodes& table = out->world.nodes;
  table.rows = rows.size();
  table.id.bind(column(out, rows, [](const NodeRow& r) { return r.id.value(); }));
}

void emit(Columns* out, const Rows<LocationRow>& rows) {
  Locations& table = out->world.locations;
  table.rows = rows.size();
  table.id.bind(column(out, rows, [](const LocationRow& r) { return r.id.value(); }));
  table.node.bind(column(out, rows, [](const LocationRow& r) { return r.node.value(); }));
  table.sellable.bind(column(out, rows, [](const LocationRow& r) { return std::int64_t{r.sellable}; }));
}

void emit(Columns* out, const Rows<ProductRow>& rows) {
  Products& table = out->world.products;
  table.rows = rows.size();
  table.id.bind(column(out, rows, [](const ProductRow& r) { return r.id.value(); }));
  table.decimals.bind(column(out, rows, [](const ProductRow& r) { return r.decimals; }));
  table.storable.bind(column(out, rows, [](const ProductRow& r) { return std::int64_t{r.storable}; }));
  lists(
      out, rows, &table.categories, [](const ProductRow& r) -> const auto& { return r.categories; });
}

void emit(Columns* out, const Rows<KitRow>& rows) {
  Kits& table = out->world.kits;
  table.rows = rows.size();
  table.product.bind(column(out, rows, [](const KitRow& r) { return r.product.value(); }));
  table.yields.bind(column(out, rows, [](const KitRow& r) { return r.yields.millionths(); }));
  lists(
      out, rows, &table.lines, [](const KitRow& r) -> const auto& { return r.line_products; });
  ListColumn<Quantity> quantities;
  lists(
      out, rows, &quantities, [](const KitRow& r) -> const auto& { return r.line_quantities; });
  table.line_quantity = quantities.values;
}

void emit(Columns* out, const Rows<SupplyRow>& rows) {
  Supply& table = out->world.supply;
  table.rows = rows.size();
  table.product.bind(column(out, rows, [](const SupplyRow& r) { return r.product.value(); }));
  table.location.bind(column(out, rows, [](const SupplyRow& r) { return r.location.value(); }));
  table.quantity.bind(column(out, rows, [](const SupplyRow& r) { return r.quantity.millionths(); }));
  table.reserved.bind(column(out, rows, [](const SupplyRow& r) { return r.reserved.millionths(); }));
  table.expires.bind(column(out, rows, [](const SupplyRow& r) { return r.expires.seconds(); }));
  table.owner.bind(column(out, rows, [](const SupplyRow& r) { return r.owner.value(); }));
  table.blocked.bind(column(out, rows, [](const SupplyRow& r) { return std::int64_t{r.blocked}; }));
}

void emit(Columns* out, const Rows<DemandRow>& rows) {
  Demand& table = out->world.demand;
  table.rows = rows.size();
  table.product.bind(column(out, rows, [](const DemandRow& r) { return r.product.value(); }));
  table.node.bind(column(out, rows, [](const DemandRow& r) { return r.node.value(); }));
  table.quantity.bind(column(out, rows, [](const DemandRow& r) { return r.quantity.millionths(); }));
  table.due.bind(column(out, rows, [](const DemandRow& r) { return r.due.seconds(); }));
}

void emit(Columns* out, const Rows<IncomingRow>& rows) {
  Incoming& table = out->world.incoming;
  table.rows = rows.size();
  table.product.bind(column(out, rows, [](const IncomingRow& r) { return r.product.value(); }));
  table.node.bind(column(out, rows, [](const IncomingRow& r) { return r.node.value(); }));
  table.quantity.bind(column(out, rows, [](const IncomingRow& r) { return r.quantity.millionths(); }));
  table.expected.bind(column(out, rows, [](const IncomingRow& r) { return r.expected.seconds(); }));
  table.kind.bind(column(out, rows, [](const IncomingRow& r) { return r.kind.value(); }));
}

void emit(Columns* out, const Rows<HoldRow>& rows) {
  Holds& table = out->world.holds;
  table.rows = rows.size();
  table.id.bind(column(out, rows, [](const HoldRow& r) { return r.id.value(); }));
  table.product.bind(column(out, rows, [](const HoldRow& r) { return r.product.value(); }));
  table.quantity.bind(column(out, rows, [](const HoldRow& r) { return r.quantity.millionths(); }));
  table.channel.bind(column(out, rows, [](const HoldRow& r) { return r.channel.value(); }));
  table.node.bind(column(out, rows, [](const HoldRow& r) { return r.node.value(); }));
  table.expires.bind(column(out, rows, [](const HoldRow& r) { return r.expires.seconds(); }));
}

void emit(Columns* out, const Rows<ChannelRow>& rows) {
  Channels& table = out->world.channels;
  table.rows = rows.size();
  table.id.bind(column(out, rows, [](const ChannelRow& r) { return r.id.value(); }));
  lists(
      out, rows, &table.nodes, [](const ChannelRow& r) -> const auto& { return r.nodes; });
  table.per_node.bind(column(out, rows, [](const ChannelRow& r) { return std::int64_t{r.per_node}; }));
  lists(
      out, rows, &table.owners, [](const ChannelRow& r) -> const auto& { return r.owners; });
  lists(
      out, rows, &table.incoming_kinds, [](const ChannelRow& r) -> const auto& { return r.incoming_kinds; });
  table.incoming_days.bind(column(out, rows, [](const ChannelRow& r) { return r.incoming_days; }));
  table.incoming_percent.bind(column(out, rows, [](const ChannelRow& r) { return r.incoming_percent.millionths(); }));
  table.min_life_days.bind(column(out, rows, [](const ChannelRow& r) { return r.min_life_days; }));
  table.share_percent.bind(column(out, rows, [](const ChannelRow& r) { return r.share_percent.millionths(); }));
}

void emit(Columns* out, const Rows<RuleRow>& rows) {
  Rules& table = out->world.rules;
  table.rows = rows.size();
  table.id.bind(column(out, rows, [](const RuleRow& r) { return r.id.value(); }));
  table.kind.bind(column(out, rows, [](const RuleRow& r) { return static_cast<std::int64_t>(r.kind); }));
  table.product.bind(column(out, rows, [](const RuleRow& r) { return r.product.value(); }));
  table.category.bind(column(out, rows, [](const RuleRow& r) { return r.category.value(); }));
  table.node.bind(column(out, rows, [](const RuleRow& r) { return r.node.value(); }));
  table.channel.bind(column(out, rows, [](const RuleRow& r) { return r.channel.value(); }));
  const auto millionths = [](auto value) { return value.millionths(); };
  table.fixed.bind(column(out, rows, [&](const RuleRow& r) { return raw_or_none(r.fixed, millionths); }));
  table.percent.bind(column(out, rows, [&](const RuleRow& r) { return raw_or_none(r.percent, millionths); }));
  table.from.bind(column(out, rows, [](const RuleRow& r) { return r.from.seconds(); }));
  table.until.bind(column(out, rows, [](const RuleRow& r) { return r.until.seconds(); }));
  table.sequence.bind(column(out, rows, [](const RuleRow& r) { return r.sequence; }));
}

void emit(Columns* out, const Rows<ListingRow>& rows) {
  Listings& table = out->world.listings;
  table.rows = rows.size();
  table.id.bind(column(out, rows, [](const ListingRow& r) { return r.id.value(); }));
  table.channel.bind(column(out, rows, [](const ListingRow& r) { return r.channel.value(); }));
  table.product.bind(column(out, rows, [](const ListingRow& r) { return r.product.value(); }));
  table.unit.bind(column(out, rows, [](const ListingRow& r) { return r.unit.millionths(); }));
  const auto millionths = [](Quantity value) { return value.millionths(); };
  table.override_quantity.bind(
      column(out, rows, [&](const ListingRow& r) { return raw_or_none(r.override_quantity, millionths); }));
  table.override_until.bind(column(out, rows, [](const ListingRow& r) { return r.override_until.seconds(); }));
  table.blocked.bind(column(out, rows, [](const ListingRow& r) { return std::int64_t{r.blocked}; }));
}

// The rows of some products, in the order of the table.
template <class Table>
[[nodiscard]] auto of_products(const Table& table, const ProductIds& products) {
  std::vector<const typename Table::value_type*> placed;
  for (const ProductId product : products) {
    const auto [first, last] = range_of(table.template get<by_product>(), product);
    for (auto it = first; it != last; ++it) placed.push_back(&*it);
  }
  std::sort(placed.begin(), placed.end(), [](const auto* a, const auto* b) { return a->serial < b->serial; });
  return Rows<typename Table::value_type::Plain>(placed.begin(), placed.end());
}

[[nodiscard]] Rows<ProductRow> with_ids(const RecordTable<ProductRow>& table, const ProductIds& products) {
  std::vector<const Placed<ProductRow>*> placed;
  for (const ProductId product : products) {
    const auto [first, last] = range_of(table.get<by_id>(), product);
    for (auto it = first; it != last; ++it) placed.push_back(&*it);
  }
  std::sort(placed.begin(), placed.end(), [](const auto* a, const auto* b) { return a->serial < b->serial; });
  return Rows<ProductRow>(placed.begin(), placed.end());
}

}  // namespace

Columns Book::columns() const {
  Columns out;
  out.world.now = now;
  out.world.demand_horizon_days = demand_horizon_days;
  const Tables& tables = *tables_;
  emit(&out, in_order_of(tables.nodes));
  emit(&out, in_order_of(tables.locations));
  emit(&out, in_order_of(tables.products));
  emit(&out, in_order_of(tables.kits));
  emit(&out, in_order_of(tables.supply));
  emit(&out, in_order_of(tables.demand));
  emit(&out, in_order_of(tables.incoming));
  emit(&out, in_order_of(tables.holds));
  emit(&out, in_order_of(tables.channels));
  emit(&out, in_order_of(tables.rules));
  emit(&out, in_order_of(tables.listings));
  return out;
}

Columns Book::columns(ProductId product) const {
  Columns out;
  out.world.now = now;
  out.world.demand_horizon_days = demand_horizon_days;
  const Tables& tables = *tables_;
  const ProductIds products = deciding(product);
  emit(&out, in_order_of(tables.nodes));
  emit(&out, in_order_of(tables.locations));
  emit(&out, with_ids(tables.products, products));
  emit(&out, of_products(tables.kits, products));
  emit(&out, of_products(tables.supply, products));
  emit(&out, of_products(tables.demand, products));
  emit(&out, of_products(tables.incoming, products));
  emit(&out, of_products(tables.holds, products));
  emit(&out, in_order_of(tables.channels));
  Rows<RuleRow> reaching = in_order_of(tables.rules);
  std::erase_if(reaching, [&](const RuleRow* r) { return r->product.present() && !products.contains(r->product); });
  emit(&out, reaching);
  emit(&out, of_products(tables.listings, {product}));
  return out;
}

}  // namespace ats::internal
