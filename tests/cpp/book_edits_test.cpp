// SPDX-License-Identifier: LGPL-3.0-only
//
// After any sequence of edits a book says what one does that was made of the
// same rows: its columns, what is found in it, and the levels of each product.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <tuple>

#include "ats/engine.h"
#include "book.h"

using namespace ats;  // a test reads better so
using namespace ats::internal;

namespace {

constexpr std::int64_t kDay = Time::kSecondsPerDay;
constexpr std::int64_t kProducts = 7;  // ids 100 to 106; the last three may be kits
constexpr std::int64_t kNodes = 3;     // ids 1 to 3, with two locations each
constexpr std::int64_t kChannels = 3;  // ids 21 to 23

// Draws rows that fit together.
class Draw final {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end));
  }
  [[nodiscard]] bool chance(std::int64_t percent) { return below(100) < percent; }
  [[nodiscard]] ProductId product() { return ProductId(100 + below(kProducts)); }
  [[nodiscard]] NodeId node() { return NodeId(1 + below(kNodes)); }
  [[nodiscard]] ChannelId channel() { return ChannelId(21 + below(kChannels)); }
  [[nodiscard]] LocationId location() { return LocationId(10 * (1 + below(kNodes)) + below(2)); }
  [[nodiscard]] Time time() { return chance(40) ? Time((below(9) - 3) * kDay) : Time(kNone); }
  [[nodiscard]] Quantity quantity(std::int64_t end) { return Quantity(below(end) * Quantity::kOne); }
  [[nodiscard]] std::int64_t fresh() { return ++last_id_; }

  void draw(SupplyRow* row) {
    *row = {.product = product(), .location = location(), .quantity = quantity(30), .reserved = quantity(3)};
    row->expires = time();
    row->blocked = chance(10);
  }
  void draw(DemandRow* row) { *row = {product(), node(), quantity(4), time()}; }
  void draw(IncomingRow* row) { *row = {product(), node(), quantity(9), Time((below(9) - 2) * kDay), IncomingKind(1)}; }
  void draw(HoldRow* row) {
    *row = {.id = HoldId(fresh()), .product = product(), .quantity = quantity(4), .channel = channel()};
    if (chance(50)) row->node = node();
    row->expires = time();
  }
  void draw(RuleRow* row) {
    *row = {.id = RuleId(fresh()), .kind = static_cast<RuleKind>(below(5)), .fixed = quantity(6)};
    const bool quota = row->kind == RuleKind::quota;
    if (quota || chance(40)) row->product = product();
    if (!row->product.present() && chance(40)) row->category = CategoryId(1 + below(2));
    if (quota || (!acts_on_nodes(row->kind) && chance(50))) row->channel = channel();
    if (acts_on_nodes(row->kind) && chance(50)) row->node = node();
    if (chance(20)) row->until = Time(kDay);
    if (chance(20)) row->from = Time(-kDay + below(2) * kDay);
  }
  void draw(ListingRow* row) {
    *row = {.id = ListingId(fresh()), .channel = channel(), .product = product()};
    if (chance(20)) row->override_quantity = quantity(9), row->override_until = time();
  }
  // Of products with a lower id only: no kit contains itself.
  void draw(KitRow* row) {
    const std::int64_t kit = 104 + below(3);
    *row = {.product = ProductId(kit), .line_products = {}, .line_quantities = {}};
    for (std::int64_t lines = 1 + below(3); lines > 0; --lines) {
      row->line_products.push_back(100 + below(kit - 100));
      row->line_quantities.push_back((1 + below(3)) * Quantity::kOne);
    }
  }
  void draw(ChannelRow* row) { *row = channel_row(row->id.present() ? row->id : channel()); }
  void draw(ProductRow* row) { *row = product_row(row->id.present() ? row->id : product()); }
  void draw(LocationRow* row) {
    if (!row->id.present()) row->id = location();
    *row = {row->id, NodeId(row->id.value() / 10), chance(80)};
  }
  void draw(NodeRow* row) {
    if (!row->id.present()) row->id = node();
  }

  [[nodiscard]] ChannelRow channel_row(ChannelId id) {
    ChannelRow row{.id = id, .nodes = {}, .owners = {}, .incoming_kinds = {1}};
    for (std::int64_t place = 1; place <= kNodes; ++place) {
      if (chance(70)) row.nodes.push_back(place);
    }
    row.per_node = chance(30);
    row.incoming_days = below(4);
    row.min_life_days = below(3);
    return row;
  }
  [[nodiscard]] ProductRow product_row(ProductId id) {
    ProductRow row{.id = id, .categories = {}};
    if (chance(50)) row.categories.push_back(1 + below(2));
    return row;
  }

 private:
  std::mt19937_64 random_;
  std::int64_t last_id_ = 1000;
};

// A book and, beside it, its rows in plain lists.
class Edited final {
 public:
  explicit Edited(std::uint64_t seed) : draw_(seed) {
    book.now = Time(0);
    for (std::int64_t node = 1; node <= kNodes; ++node) {
      add(NodeRow{NodeId(node)});
      for (std::int64_t i = 0; i < 2; ++i) add(LocationRow{LocationId(10 * node + i), NodeId(node)});
    }
    for (std::int64_t i = 0; i < kProducts; ++i) add(draw_.product_row(ProductId(100 + i)));
    for (std::int64_t i = 0; i < kChannels; ++i) add(draw_.channel_row(ChannelId(21 + i)));
  }

  void edit() {
    switch (draw_.below(14)) {
      case 0:
      case 1:
        return change<SupplyRow>();
      case 2:
        return change<DemandRow>();
      case 3:
        return change<IncomingRow>();
      case 4:
      case 5:
        return change<HoldRow>();
      case 6:
      case 7:
        return change<RuleRow>();
      case 8:
      case 9:
        return change<ListingRow>();
      case 10:
        return change_kit();
      case 11:
        return redraw<ChannelRow>();
      case 12:
        return redraw<ProductRow>();
      default:
        return move_to_end<LocationRow>();
    }
  }

  // A book of the same rows, made in one go.
  [[nodiscard]] Book afresh() const {
    Book made;
    made.now = book.now;
    made.demand_horizon_days = book.demand_horizon_days;
    std::apply([&](const auto&... table) { (add_all(&made, table), ...); }, tables_);
    return made;
  }

  template <class Row>
  [[nodiscard]] std::vector<Row> rows() const {
    std::vector<Row> out;
    for (const auto& kept : std::get<Kept<Row>>(tables_)) out.push_back(kept.second);
    return out;
  }

  Book book;

 private:
  template <class Row>
  using Kept = std::vector<std::pair<const Row*, Row>>;

  template <class Row>
  static void add_all(Book* made, const Kept<Row>& table) {
    for (const auto& kept : table) made->add(kept.second);
  }

  template <class Row>
  void add(Row row) {
    std::get<Kept<Row>>(tables_).emplace_back(book.add(row), row);
  }

  template <class Row>
  [[nodiscard]] auto any() {
    auto& table = std::get<Kept<Row>>(tables_);
    return table.begin() + draw_.below(static_cast<std::int64_t>(table.size()));
  }

  template <class Row>
  void change() {
    Row row;
    draw_.draw(&row);
    if (std::get<Kept<Row>>(tables_).empty() || draw_.chance(50)) return add(row);
    const auto kept = any<Row>();
    if (draw_.chance(50)) {
      book.replace(kept->first, row);
      kept->second = row;
    } else {
      book.erase(kept->first);
      std::get<Kept<Row>>(tables_).erase(kept);
    }
  }

  // One kit a product.
  void change_kit() {
    KitRow row;
    draw_.draw(&row);
    auto& table = std::get<Kept<KitRow>>(tables_);
    const auto twin =
        std::find_if(table.begin(), table.end(), [&](const auto& kept) { return kept.second.product == row.product; });
    if (twin == table.end()) return add(row);
    if (draw_.chance(30)) {
      book.erase(twin->first);
      table.erase(twin);
    } else {
      book.replace(twin->first, row);
      twin->second = row;
    }
  }

  template <class Row>
  void redraw() {
    const auto kept = any<Row>();
    draw_.draw(&kept->second);
    book.replace(kept->first, kept->second);
  }

  template <class Row>
  void move_to_end() {
    const auto kept = any<Row>();
    Row row = kept->second;
    draw_.draw(&row);
    book.erase(kept->first);
    std::get<Kept<Row>>(tables_).erase(kept);
    add(row);
  }

  Draw draw_;
  std::tuple<Kept<NodeRow>, Kept<LocationRow>, Kept<ProductRow>, Kept<KitRow>, Kept<SupplyRow>, Kept<DemandRow>,
             Kept<IncomingRow>, Kept<HoldRow>, Kept<ChannelRow>, Kept<RuleRow>, Kept<ListingRow>>
      tables_;
};

using Flat = std::vector<std::int64_t>;

// Every column of a world, one after another.
class Flattener final {
 public:
  Flat flat;
  template <class... Columns>
  void add(std::size_t rows, const Columns&... columns) {
    flat.push_back(static_cast<std::int64_t>(rows));
    (add_column(rows, columns), ...);
  }

 private:
  template <class Column>
  void add_column(std::size_t rows, const Column& column) {
    for (std::size_t row = 0; row < rows; ++row) flat.push_back(column.raw(row));
  }
  template <class T>
  void add_column(std::size_t, const ListColumn<T>& list) {
    add(list.offsets.size(), list.offsets);
    add(list.values.size(), list.values);
  }
};

[[nodiscard]] Flat flatten(const Columns& columns) {
  const World& w = columns.world;
  Flattener out;
  out.add(w.nodes.rows, w.nodes.id);
  out.add(w.locations.rows, w.locations.id, w.locations.node, w.locations.sellable);
  out.add(w.products.rows, w.products.id, w.products.decimals, w.products.storable, w.products.categories);
  out.add(w.kits.rows, w.kits.product, w.kits.yields, w.kits.lines);
  out.add(w.kits.line_quantity.size(), w.kits.line_quantity);
  out.add(w.supply.rows, w.supply.product, w.supply.location, w.supply.quantity, w.supply.reserved, w.supply.expires,
          w.supply.owner, w.supply.blocked);
  out.add(w.demand.rows, w.demand.product, w.demand.node, w.demand.quantity, w.demand.due);
  out.add(w.incoming.rows, w.incoming.product, w.incoming.node, w.incoming.quantity, w.incoming.expected,
          w.incoming.kind);
  out.add(w.holds.rows, w.holds.id, w.holds.product, w.holds.quantity, w.holds.channel, w.holds.node, w.holds.expires);
  out.add(w.channels.rows, w.channels.id, w.channels.nodes, w.channels.per_node, w.channels.owners,
          w.channels.incoming_kinds, w.channels.incoming_days, w.channels.incoming_percent, w.channels.min_life_days);
  out.add(w.rules.rows, w.rules.id, w.rules.kind, w.rules.product, w.rules.category, w.rules.node, w.rules.channel,
          w.rules.fixed, w.rules.percent, w.rules.from, w.rules.until, w.rules.sequence);
  out.add(w.listings.rows, w.listings.id, w.listings.channel, w.listings.product, w.listings.unit,
          w.listings.override_quantity, w.listings.override_until, w.listings.blocked);
  return std::move(out.flat);
}

// The levels of some listings with their steps, one after another.
[[nodiscard]] Flat told(const Levels& levels, const std::set<std::int64_t>& listings) {
  Flat out;
  for (std::size_t i = 0; i < levels.listing.size(); ++i) {
    if (!listings.contains(levels.listing[i])) continue;
    out.insert(out.end(), {levels.listing[i], levels.node[i], levels.quantity[i]});
    const auto last = static_cast<std::size_t>(levels.reason_offsets[i + 1]);
    for (auto reason = static_cast<std::size_t>(levels.reason_offsets[i]); reason < last; ++reason) {
      out.insert(out.end(), {levels.reason_code[reason], levels.reason_quantity[reason], levels.reason_rule[reason],
                             levels.reason_node[reason], levels.reason_shortage[reason]});
    }
  }
  return out;
}

[[nodiscard]] ProductIds supplied(const Edited& edited, std::int64_t lowest, std::int64_t highest) {
  ProductIds out;
  for (const SupplyRow& row : edited.rows<SupplyRow>()) {
    if (row.location.value() >= lowest && row.location.value() <= highest) out.insert(row.product);
  }
  return out;
}

template <class Row>
void add_in_node(const Edited& edited, NodeId node, ProductIds* out) {
  for (const Row& row : edited.rows<Row>()) {
    if (row.node == node) out->insert(row.product);
  }
}

void check_places(const Edited& edited) {
  for (std::int64_t node = 1; node <= kNodes; ++node) {
    ProductIds inside = supplied(edited, 10 * node, 10 * node + 1);
    add_in_node<DemandRow>(edited, NodeId(node), &inside);
    add_in_node<IncomingRow>(edited, NodeId(node), &inside);
    add_in_node<HoldRow>(edited, NodeId(node), &inside);
    CHECK(edited.book.products_in(NodeId(node)) == inside);
    for (std::int64_t location = 10 * node; location < 10 * node + 2; ++location) {
      CHECK(edited.book.products_in(LocationId(location)) == supplied(edited, location, location));
    }
  }
}

void check_kits(const Edited& edited) {
  for (std::int64_t product = 100; product < 100 + kProducts; ++product) {
    ProductIds kits;
    for (const KitRow& row : edited.rows<KitRow>()) {
      const auto& lines = row.line_products;
      if (std::find(lines.begin(), lines.end(), product) != lines.end()) kits.insert(row.product);
    }
    CHECK(edited.book.kits_with(ProductId(product)) == kits);
  }
}

void check_times(const Edited& edited, const Book& afresh) {
  for (const std::int64_t days : {0, 1, 2, 5}) {
    const Time until(days * kDay + 1);
    CHECK(edited.book.products_due(Time(0), until) == afresh.products_due(Time(0), until));
  }
}

// What decides a product's levels is decided by nothing else, and the other way round.
void check_inverse(const Book& book) {
  for (std::int64_t product = 100; product < 100 + kProducts; ++product) {
    const ProductIds decided = book.decided_by({ProductId(product)});
    for (std::int64_t other = 100; other < 100 + kProducts; ++other) {
      CHECK(decided.contains(ProductId(other)) == book.deciding(ProductId(other)).contains(ProductId(product)));
    }
  }
}

// Returns how many products were compared.
int check_levels(const Book& book) {
  const Levels all = compute(book.columns().world);
  int compared = 0;
  for (std::int64_t product = 100; product < 100 + kProducts; ++product) {
    std::set<std::int64_t> listings;
    for (const ListingRow* row : book.rows<ListingRow>()) {
      if (row->product == ProductId(product)) listings.insert(row->id.value());
    }
    if (listings.empty()) continue;
    const Columns columns = book.columns(ProductId(product));
    CHECK(told(compute(columns.world), listings) == told(all, listings));
    ++compared;
  }
  return compared;
}

}  // namespace

TEST_CASE("after any edits a book is the one made of the same rows", "[book]") {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    Edited edited(seed);
    if (seed % 2 == 0) edited.book.demand_horizon_days = 2;
    for (int round = 0; round < 12; ++round) {
      for (int i = 0; i < 8; ++i) edited.edit();
      const Book afresh = edited.afresh();
      REQUIRE(flatten(edited.book.columns()) == flatten(afresh.columns()));
      for (std::int64_t product = 100; product < 100 + kProducts; ++product) {
        REQUIRE(flatten(edited.book.columns(ProductId(product))) == flatten(afresh.columns(ProductId(product))));
      }
      check_places(edited);
      check_kits(edited);
      check_times(edited, afresh);
      check_inverse(edited.book);
      compared += check_levels(edited.book);
    }
  }
  CHECK(compared > 4000);
}

TEST_CASE("a row is found under what it is, not under what it was", "[book]") {
  Book book;
  const SupplyRow* row = book.add(SupplyRow{.product = ProductId(1), .location = LocationId(8)});
  const KitRow* kit = book.add(KitRow{.product = ProductId(5), .line_products = {1, 1}, .line_quantities = {1, 1}});
  CHECK(book.products_in(LocationId(8)) == ProductIds{ProductId(1)});
  CHECK(book.kits_with(ProductId(1)) == ProductIds{ProductId(5)});
  book.replace(row, SupplyRow{.product = ProductId(2), .location = LocationId(9)});
  book.replace(kit, KitRow{.product = ProductId(6), .line_products = {2}, .line_quantities = {1}});
  CHECK(book.products_in(LocationId(8)).empty());
  CHECK(book.products_in(LocationId(9)) == ProductIds{ProductId(2)});
  CHECK(book.kits_with(ProductId(1)).empty());
  CHECK(book.kits_with(ProductId(2)) == ProductIds{ProductId(6)});
  book.erase(row);
  book.erase(kit);
  CHECK(book.products_in(LocationId(9)).empty());
  CHECK(book.kits_with(ProductId(2)).empty());
  CHECK(book.rows<SupplyRow>().empty());
}
