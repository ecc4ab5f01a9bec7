// SPDX-License-Identifier: LGPL-3.0-only
#include "book.h"

#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

namespace mi = boost::multi_index;

namespace ats::internal {
namespace {

struct in_order {};    // as added
struct by_id {};       // equal ids in the order they were added
struct by_product {};  // equal products in the order they were added

template <class Row, class IdType>
using RecordTable = mi::multi_index_container<
    Row, mi::indexed_by<mi::sequenced<mi::tag<in_order>>,
                        mi::ordered_non_unique<mi::tag<by_id>, mi::member<Row, IdType, &Row::id>>>>;

template <class Row>
using FactTable = mi::multi_index_container<
    Row, mi::indexed_by<mi::sequenced<mi::tag<in_order>>,
                        mi::ordered_non_unique<mi::tag<by_product>, mi::member<Row, ProductId, &Row::product>>>>;

using ListingTable = mi::multi_index_container<
    ListingRow,
    mi::indexed_by<
        mi::sequenced<mi::tag<in_order>>,
        mi::ordered_non_unique<mi::tag<by_id>, mi::member<ListingRow, ListingId, &ListingRow::id>>,
        mi::ordered_non_unique<mi::tag<by_product>, mi::member<ListingRow, ProductId, &ListingRow::product>>>>;

template <class Row>
using Rows = std::vector<const Row*>;

template <class Range>
[[nodiscard]] auto pointers(const Range& begin, const Range& end) {
  Rows<std::remove_cvref_t<decltype(*begin)>> rows;
  for (auto it = begin; it != end; ++it) rows.push_back(&*it);
  return rows;
}

// All rows of a table in order, or those of one product.
template <class Table>
[[nodiscard]] auto all(const Table& table) {
  const auto& index = table.template get<in_order>();
  return pointers(index.begin(), index.end());
}

template <class Table>
[[nodiscard]] auto of_product(const Table& table, std::optional<ProductId> product) {
  if (!product) return all(table);
  const auto [first, last] = table.template get<by_product>().equal_range(*product);
  return pointers(first, last);
}

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

}  // namespace

struct Book::Tables final {
  std::deque<NodeRow> nodes;
  std::deque<LocationRow> locations;
  std::deque<KitRow> kits;
  std::deque<RuleRow> rules;
  RecordTable<ProductRow, ProductId> products;
  RecordTable<ChannelRow, ChannelId> channels;
  FactTable<SupplyRow> supply;
  FactTable<DemandRow> demand;
  FactTable<IncomingRow> incoming;
  FactTable<HoldRow> holds;
  ListingTable listings;

  [[nodiscard]] Columns columns(std::optional<ProductId> product) const {
    Columns out;
    emit(&out, pointers(nodes.begin(), nodes.end()));
    emit(&out, pointers(locations.begin(), locations.end()));
    if (product) {
      const auto [first, last] = products.get<by_id>().equal_range(*product);
      emit(&out, pointers(first, last));
    } else {
      emit(&out, all(products));
      emit(&out, pointers(kits.begin(), kits.end()));
    }
    emit(&out, of_product(supply, product));
    emit(&out, of_product(demand, product));
    emit(&out, of_product(incoming, product));
    emit(&out, of_product(holds, product));
    emit(&out, all(channels));
    Rows<RuleRow> reaching = pointers(rules.begin(), rules.end());
    if (product) {
      std::erase_if(reaching, [&](const RuleRow* r) { return r->product.present() && r->product != *product; });
    }
    emit(&out, reaching);
    emit(&out, of_product(listings, product));
    return out;
  }
};

Book::Book() : tables_(std::make_unique<Tables>()) {}
Book::~Book() = default;
Book::Book(Book&&) noexcept = default;
Book& Book::operator=(Book&&) noexcept = default;

void Book::add(NodeRow row) { tables_->nodes.push_back(row); }
void Book::add(LocationRow row) { tables_->locations.push_back(row); }
void Book::add(ProductRow row) { tables_->products.push_back(std::move(row)); }
void Book::add(KitRow row) { tables_->kits.push_back(std::move(row)); }
void Book::add(SupplyRow row) { tables_->supply.push_back(row); }
void Book::add(DemandRow row) { tables_->demand.push_back(row); }
void Book::add(IncomingRow row) { tables_->incoming.push_back(row); }
void Book::add(HoldRow row) { tables_->holds.push_back(row); }
void Book::add(ChannelRow row) { tables_->channels.push_back(std::move(row)); }
void Book::add(RuleRow row) { tables_->rules.push_back(row); }
void Book::add(ListingRow row) { tables_->listings.push_back(row); }

const ListingRow* Book::listing(ListingId id) const {
  const auto& index = tables_->listings.get<by_id>();
  const auto found = index.find(id);
  return found == index.end() ? nullptr : &*found;
}

const ChannelRow* Book::channel(ChannelId id) const {
  const auto& index = tables_->channels.get<by_id>();
  const auto found = index.find(id);
  return found == index.end() ? nullptr : &*found;
}

Columns Book::columns() const {
  Columns out = tables_->columns(std::nullopt);
  out.world.now = now;
  out.world.demand_horizon_days = demand_horizon_days;
  return out;
}

Columns Book::columns(ProductId product) const {
  Columns out = tables_->columns(product);
  out.world.now = now;
  out.world.demand_horizon_days = demand_horizon_days;
  return out;
}

}  // namespace ats::internal
