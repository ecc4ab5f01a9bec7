// SPDX-License-Identifier: LGPL-3.0-only
#include "json_world.h"

#include <algorithm>
#include <map>
#include <string>

#include "ats/error.h"
#include "json_cursor.h"

namespace ats::internal {
namespace {

constexpr std::string_view kFormat = "ats-world/1";

template <class T>
[[nodiscard]] T id_of(const Cursor& row, std::string_view key) {
  return T(row.required(key).integer());
}

template <class T>
[[nodiscard]] T id_or_none(const Cursor& row, std::string_view key) {
  const auto cursor = row.nullable(key);
  return T(cursor ? cursor->integer() : kNone);
}

[[nodiscard]] bool flag_of(const Cursor& row, std::string_view key, bool fallback) {
  const auto cursor = row.optional(key);
  return cursor ? cursor->boolean() : fallback;
}

[[nodiscard]] std::int64_t integer_of(const Cursor& row, std::string_view key, std::int64_t fallback) {
  const auto cursor = row.optional(key);
  return cursor ? cursor->integer() : fallback;
}

template <class T>
[[nodiscard]] T decimal_of(const Cursor& row, std::string_view key, T fallback) {
  const auto cursor = row.optional(key);
  return cursor ? T(cursor->decimal()) : fallback;
}

template <class T>
[[nodiscard]] std::optional<T> decimal_or_none(const Cursor& row, std::string_view key) {
  const auto cursor = row.nullable(key);
  return cursor ? std::optional<T>(cursor->decimal()) : std::nullopt;
}

[[nodiscard]] Time time_or_none(const Cursor& row, std::string_view key) {
  const auto cursor = row.nullable(key);
  return cursor ? cursor->time() : Time(kNone);
}

[[nodiscard]] std::vector<std::int64_t> integers_of(const Cursor& row, std::string_view key) {
  std::vector<std::int64_t> values;
  const auto list = row.optional(key);
  for (std::size_t i = 0; list && i < list->size(); ++i) values.push_back(list->item(i).integer());
  return values;
}

// Reads one document into a book.
class WorldReader final {
 public:
  explicit WorldReader(const Value& root) : root_(root) {}

  [[nodiscard]] Book read() {
    // First, for what follows are the keys of this format.
    if (const auto format = root_.optional("format")) check_format(*format);
    root_.only({"format", "now", "demand_horizon_days", "nodes", "locations", "products", "kits", "supply", "demand",
                "incoming", "holds", "channels", "rules", "listings"});
    (void)root_.required("format");
    book_.now = root_.required("now").time();
    if (const auto days = root_.nullable("demand_horizon_days")) book_.demand_horizon_days = days->integer();
    each("nodes", [&](const Cursor& row) { read_node(row); });
    each("locations", [&](const Cursor& row) { read_location(row); });
    each("products", [&](const Cursor& row) { read_product(row); });
    each("kits", [&](const Cursor& row) { read_kit(row); });
    each("supply", [&](const Cursor& row) { read_supply(row); });
    each("demand", [&](const Cursor& row) { read_demand(row); });
    each("incoming", [&](const Cursor& row) { read_incoming(row); });
    each("holds", [&](const Cursor& row) { read_hold(row); });
    each("channels", [&](const Cursor& row) { read_channel(row); });
    each("rules", [&](const Cursor& row) { book_.add(rule_of(row)); });
    each("listings", [&](const Cursor& row) { read_listing(row); });
    return std::move(book_);
  }

  // The root is a list of rules and nothing else.
  void read_rules_into(Book* book) {
    for (std::size_t i = 0; i < root_.size(); ++i) book->add(rule_of(root_.item(i)));
  }

 private:
  static void check_format(const Cursor& format) {
    if (format.text() != kFormat) {
      throw WorldError(ErrorCode::wrong_format, format.pointer(), "the format must be " + std::string(kFormat));
    }
  }

  template <class Read>
  void each(std::string_view table, Read read) {
    const auto rows = root_.optional(table);
    for (std::size_t i = 0; rows && i < rows->size(); ++i) read(rows->item(i));
  }

  [[nodiscard]] IncomingKind kind_code(const std::string& name) {
    return IncomingKind(kinds_.try_emplace(name, static_cast<std::int64_t>(kinds_.size())).first->second);
  }

  void read_node(const Cursor& row) {
    row.only({"id", "kind"});
    (void)row.required("kind").text();  // for people; the engine treats all alike
    book_.add(NodeRow{.id = id_of<NodeId>(row, "id")});
  }

  void read_location(const Cursor& row) {
    row.only({"id", "node", "sellable"});
    book_.add(LocationRow{.id = id_of<LocationId>(row, "id"),
                          .node = id_of<NodeId>(row, "node"),
                          .sellable = flag_of(row, "sellable", true)});
  }

  void read_product(const Cursor& row) {
    row.only({"id", "decimals", "categories", "storable"});
    book_.add(ProductRow{.id = id_of<ProductId>(row, "id"),
                         .decimals = integer_of(row, "decimals", 0),
                         .storable = flag_of(row, "storable", true),
                         .categories = integers_of(row, "categories")});
  }

  void read_kit(const Cursor& row) {
    row.only({"product", "yields", "lines"});
    KitRow kit{.product = id_of<ProductId>(row, "product"),
               .yields = decimal_of(row, "yields", Quantity(Quantity::kOne)),
               .line_products = {},
               .line_quantities = {}};
    const Cursor lines = row.required("lines");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Cursor line = lines.item(i);
      line.only({"product", "quantity"});
      kit.line_products.push_back(line.required("product").integer());
      kit.line_quantities.push_back(line.required("quantity").decimal());
    }
    book_.add(std::move(kit));
  }

  void read_supply(const Cursor& row) {
    row.only({"product", "location", "quantity", "reserved", "expires", "owner", "blocked"});
    book_.add(SupplyRow{.product = id_of<ProductId>(row, "product"),
                        .location = id_of<LocationId>(row, "location"),
                        .quantity = Quantity(row.required("quantity").decimal()),
                        .reserved = decimal_of(row, "reserved", Quantity()),
                        .expires = time_or_none(row, "expires"),
                        .owner = id_or_none<OwnerId>(row, "owner"),
                        .blocked = flag_of(row, "blocked", false)});
  }

  void read_demand(const Cursor& row) {
    row.only({"product", "node", "quantity", "due"});
    book_.add(DemandRow{.product = id_of<ProductId>(row, "product"),
                        .node = id_of<NodeId>(row, "node"),
                        .quantity = Quantity(row.required("quantity").decimal()),
                        .due = time_or_none(row, "due")});
  }

  void read_incoming(const Cursor& row) {
    row.only({"product", "node", "quantity", "expected", "kind"});
    book_.add(IncomingRow{.product = id_of<ProductId>(row, "product"),
                          .node = id_of<NodeId>(row, "node"),
                          .quantity = Quantity(row.required("quantity").decimal()),
                          .expected = row.required("expected").time(),
                          .kind = kind_code(row.required("kind").text())});
  }

  void read_hold(const Cursor& row) {
    row.only({"id", "product", "quantity", "channel", "node", "expires", "kind"});
    (void)row.required("kind").text();  // for people; every kind binds alike
    book_.add(HoldRow{.id = id_of<HoldId>(row, "id"),
                      .product = id_of<ProductId>(row, "product"),
                      .quantity = Quantity(row.required("quantity").decimal()),
                      .channel = id_or_none<ChannelId>(row, "channel"),
                      .node = id_or_none<NodeId>(row, "node"),
                      .expires = time_or_none(row, "expires")});
  }

  void read_channel(const Cursor& row) {
    row.only({"id", "nodes", "per_node", "incoming_kinds", "incoming_days", "incoming_percent", "owners",
              "min_life_days", "share_percent"});
    ChannelRow channel{.id = id_of<ChannelId>(row, "id"),
                       .nodes = integers_of(row, "nodes"),
                       .per_node = flag_of(row, "per_node", false),
                       .owners = integers_of(row, "owners"),
                       .incoming_kinds = {},
                       .incoming_days = integer_of(row, "incoming_days", 0),
                       .incoming_percent = decimal_of(row, "incoming_percent", Percent(Percent::kHundred)),
                       .min_life_days = integer_of(row, "min_life_days", 0),
                       .share_percent = decimal_of(row, "share_percent", Percent(Percent::kHundred))};
    const auto kinds = row.optional("incoming_kinds");
    for (std::size_t i = 0; kinds && i < kinds->size(); ++i) {
      channel.incoming_kinds.push_back(kind_code(kinds->item(i).text()).value());
    }
    book_.add(std::move(channel));
  }

  [[nodiscard]] static RuleRow rule_of(const Cursor& row) {
    row.only({"id", "kind", "product", "category", "node", "channel", "fixed", "percent", "from", "until", "sequence"});
    const Cursor kind = row.required("kind");
    const auto named = std::find(kRuleKindNames.begin(), kRuleKindNames.end(), kind.text());
    if (named == kRuleKindNames.end()) throw WorldError(ErrorCode::unknown_rule_kind, kind.pointer());
    return RuleRow{.id = id_of<RuleId>(row, "id"),
                   .kind = static_cast<RuleKind>(named - kRuleKindNames.begin()),
                   .product = id_or_none<ProductId>(row, "product"),
                   .category = id_or_none<CategoryId>(row, "category"),
                   .node = id_or_none<NodeId>(row, "node"),
                   .channel = id_or_none<ChannelId>(row, "channel"),
                   .fixed = decimal_or_none<Quantity>(row, "fixed"),
                   .percent = decimal_or_none<Percent>(row, "percent"),
                   .from = time_or_none(row, "from"),
                   .until = time_or_none(row, "until"),
                   .sequence = integer_of(row, "sequence", 10)};
  }

  void read_listing(const Cursor& row) {
    row.only({"id", "channel", "product", "unit", "override", "blocked"});
    ListingRow listing{.id = id_of<ListingId>(row, "id"),
                       .channel = id_of<ChannelId>(row, "channel"),
                       .product = id_of<ProductId>(row, "product"),
                       .unit = decimal_of(row, "unit", Quantity(Quantity::kOne)),
                       .override_quantity = std::nullopt,
                       .blocked = flag_of(row, "blocked", false)};
    if (const auto stated = row.nullable("override")) {
      stated->only({"quantity", "until"});
      const Cursor quantity = stated->required("quantity");
      listing.override_quantity = Quantity(quantity.decimal());
      // Checked here too, where the pointer is the document's, not the column's.
      if (*listing.override_quantity < Quantity()) throw WorldError(ErrorCode::negative, quantity.pointer());
      listing.override_until = time_or_none(*stated, "until");
    }
    book_.add(listing);
  }

  Cursor root_;
  Book book_;
  std::map<std::string, std::int64_t> kinds_;
};

}  // namespace

Book read_world(const Value& document) { return WorldReader(document).read(); }
Book read_world(std::string_view document) { return read_world(parse_json(document)); }

void replace_rules(std::string_view document, Book* book) {
  const Value list = parse_json(document);
  for (const RuleRow* rule : book->rows<RuleRow>()) book->erase(rule);
  WorldReader(list).read_rules_into(book);
}

}  // namespace ats::internal
