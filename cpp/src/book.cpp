// SPDX-License-Identifier: LGPL-3.0-only
//
// Adding, replacing, erasing, and finding by id.
#include "book.h"

#include "book_tables.h"

namespace ats::internal {
namespace {

template <class Table, class Id>
[[nodiscard]] auto first_of(const Table& table, Id id) -> const typename Table::value_type::Plain* {
  const auto [first, last] = range_of(table.template get<by_id>(), id);
  return first == last ? nullptr : &*first;
}

}  // namespace

Book::Book() : tables_(std::make_unique<Tables>()) {}
Book::~Book() = default;
Book::Book(Book&&) noexcept = default;
Book& Book::operator=(Book&&) noexcept = default;

void Book::Tables::add_lines(const KitRow* kit) {
  for (const std::int64_t component : kit->line_products) {
    kit_lines.get<in_order>().push_back(
        Placed<KitLine>({.component = ProductId(component), .kit = kit->product, .row = kit}, next_serial++));
  }
}

void Book::Tables::erase_lines(const KitRow* kit) {
  auto& index = kit_lines.get<by_component>();
  for (const std::int64_t component : kit->line_products) {
    const auto [first, last] = range_of(index, ProductId(component));
    for (auto it = first; it != last;) it = it->row == kit ? index.erase(it) : std::next(it);
  }
}

template <class Row>
const Row* Book::add(Row row) {
  auto& table = Tables::table<Row>(*tables_).template get<in_order>();
  table.push_back(Placed<Row>(std::move(row), tables_->next_serial++));
  const Row* added = &table.back();
  if constexpr (std::is_same_v<Row, KitRow>) tables_->add_lines(added);
  return added;
}

template <class Row>
void Book::replace(const Row* old, Row row) {
  auto& table = Tables::table<Row>(*tables_).template get<in_order>();
  const auto* placed = static_cast<const Placed<Row>*>(old);
  if constexpr (std::is_same_v<Row, KitRow>) tables_->erase_lines(old);
  (void)table.replace(table.iterator_to(*placed), Placed<Row>(std::move(row), placed->serial));
  if constexpr (std::is_same_v<Row, KitRow>) tables_->add_lines(old);
}

template <class Row>
void Book::erase(const Row* row) {
  auto& table = Tables::table<Row>(*tables_).template get<in_order>();
  if constexpr (std::is_same_v<Row, KitRow>) tables_->erase_lines(row);
  table.erase(table.iterator_to(*static_cast<const Placed<Row>*>(row)));
}

template <class Row>
std::vector<const Row*> Book::rows() const {
  return in_order_of(Tables::table<Row>(*tables_));
}

#define ATS_BOOK_ROW(Row)                            \
  template const Row* Book::add<Row>(Row);           \
  template void Book::replace<Row>(const Row*, Row); \
  template void Book::erase<Row>(const Row*);        \
  template std::vector<const Row*> Book::rows<Row>() const;
ATS_BOOK_ROW(NodeRow)
ATS_BOOK_ROW(LocationRow)
ATS_BOOK_ROW(ProductRow)
ATS_BOOK_ROW(KitRow)
ATS_BOOK_ROW(SupplyRow)
ATS_BOOK_ROW(DemandRow)
ATS_BOOK_ROW(IncomingRow)
ATS_BOOK_ROW(HoldRow)
ATS_BOOK_ROW(ChannelRow)
ATS_BOOK_ROW(RuleRow)
ATS_BOOK_ROW(ListingRow)
#undef ATS_BOOK_ROW

const ListingRow* Book::listing(ListingId id) const { return first_of(tables_->listings, id); }
const ChannelRow* Book::channel(ChannelId id) const { return first_of(tables_->channels, id); }
const ProductRow* Book::product(ProductId id) const { return first_of(tables_->products, id); }
const LocationRow* Book::location(LocationId id) const { return first_of(tables_->locations, id); }
const NodeRow* Book::node(NodeId id) const { return first_of(tables_->nodes, id); }

}  // namespace ats::internal
