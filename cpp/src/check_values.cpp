// SPDX-License-Identifier: LGPL-3.0-only
#include <algorithm>

#include "ats/rules.h"
#include "check.h"

namespace ats::internal {

std::string Place::pointer() const {
  std::string text = "/" + std::string(table) + "/" + std::to_string(row);
  return column.empty() ? text : text + "/" + std::string(column);
}

std::string Place::pointer(std::size_t item) const { return pointer() + "/" + std::to_string(item); }

void refuse(ErrorCode code, const Place& place) { throw WorldError(code, place.pointer()); }
void refuse_item(ErrorCode code, const Place& place, std::size_t item) { throw WorldError(code, place.pointer(item)); }

namespace {

// What the parts of one rule must have to do with each other.
void check_rule(const Rules& rules, std::size_t row) {
  const std::int64_t kind_number = rules.kind.raw(row);
  if (kind_number < 0 || kind_number >= static_cast<std::int64_t>(kRuleKindNames.size())) {
    refuse(ErrorCode::unknown_rule_kind, {"rules", row, "kind"});
  }
  const auto kind = static_cast<RuleKind>(kind_number);
  const bool fixed = rules.fixed.raw(row) != kNone;
  const bool percent = rules.percent.raw(row) != kNone;
  if (percent && (fixed || !may_be_percent(kind))) refuse(ErrorCode::rule_value, {"rules", row, "percent"});
  if (!fixed && !percent) refuse(ErrorCode::rule_value, {"rules", row, ""});
  if (rules.product[row].present() && rules.category[row].present()) {
    refuse(ErrorCode::rule_scope, {"rules", row, "category"});
  }
  if (rules.node[row].present() && !acts_on_nodes(kind)) refuse(ErrorCode::rule_scope, {"rules", row, "node"});
  if (rules.channel[row].present() && acts_on_nodes(kind)) refuse(ErrorCode::rule_scope, {"rules", row, "channel"});
  if (kind == RuleKind::quota && !rules.product[row].present()) {
    refuse(ErrorCode::rule_scope, {"rules", row, "product"});
  }
  if (kind == RuleKind::quota && !rules.channel[row].present()) {
    refuse(ErrorCode::rule_scope, {"rules", row, "channel"});
  }
  if (rules.from[row].present() && rules.until[row].present() && rules.from[row] >= rules.until[row]) {
    refuse(ErrorCode::rule_interval, {"rules", row, "until"});
  }
}

// Looks at every value of a world, and asks now and then whether to go on.
class ValueCheck final {
 public:
  explicit ValueCheck(Pacer* pacer) : pacer_(pacer) {}
  void all(const World& world);

 private:
  // Throws at the first row whose value the predicate finds bad. A column that
  // is not given holds defaults, which are good.
  template <class Predicate>
  void refuse_where(std::span<const std::int64_t> values, ErrorCode code, std::string_view table,
                    std::string_view column, Predicate bad) {
    constexpr std::size_t block = Pacer::kWork;
    for (std::size_t first = 0; first < values.size(); first += block) {
      const auto part = values.subspan(first, std::min(block, values.size() - first));
      const auto found = std::find_if(part.begin(), part.end(), bad);
      if (found != part.end()) refuse(code, {table, first + static_cast<std::size_t>(found - part.begin()), column});
      pacer_->spend(part.size() / 8);
    }
  }

  template <class T>
  void present(const Column<T>& values, std::string_view table, std::string_view column) {
    refuse_where(values.values(), ErrorCode::wrong_type, table, column, [](std::int64_t v) { return v == kNone; });
  }

  template <class T>
  void not_negative(const Column<T>& values, std::string_view table, std::string_view column) {
    present(values, table, column);
    refuse_where(values.values(), ErrorCode::negative, table, column, [](std::int64_t v) { return v < 0; });
  }

  template <class T>
  void not_negative_or_absent(const Column<T>& values, std::string_view table, std::string_view column) {
    refuse_where(values.values(), ErrorCode::negative, table, column,
                 [](std::int64_t v) { return v < 0 && v != kNone; });
  }

  template <class T>
  void positive(const Column<T>& values, std::string_view table, std::string_view column) {
    present(values, table, column);
    refuse_where(values.values(), ErrorCode::not_positive, table, column, [](std::int64_t v) { return v <= 0; });
  }

  void percentage(const Column<Percent>& values, std::string_view table, std::string_view column) {
    present(values, table, column);
    refuse_where(values.values(), ErrorCode::percent_range, table, column,
                 [](std::int64_t v) { return v < 0 || v > Percent::kHundred; });
  }

  void instant_or_absent(const Column<Time>& values, std::string_view table, std::string_view column) {
    refuse_where(values.values(), ErrorCode::malformed_time, table, column,
                 [](std::int64_t v) { return v != kNone && (v < kTimeMin.seconds() || v > kTimeMax.seconds()); });
  }

  void yes_or_no(const Flags& values, std::string_view table, std::string_view column) {
    pacer_->spend(values.size() / 8);
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (values.raw(row) != 0 && values.raw(row) != 1) refuse(ErrorCode::wrong_type, {table, row, column});
    }
  }

  template <class T>
  void present_items(const ListColumn<T>& list, std::string_view table, std::string_view column, std::size_t rows) {
    pacer_->spend(list.values.size() / 8);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = list.begin(row); i < list.end(row); ++i) {
        if (list.values.raw(i) == kNone) refuse_item(ErrorCode::wrong_type, {table, row, column}, i - list.begin(row));
      }
    }
  }

  void check_places(const World& world);
  void check_facts(const World& world);
  void check_selling(const World& world);
  void check_kit_lines(const Kits& kits);
  void check_rules(const Rules& rules);

  Pacer* pacer_;
};

void ValueCheck::check_places(const World& world) {
  present(world.nodes.id, "nodes", "id");
  present(world.locations.id, "locations", "id");
  yes_or_no(world.locations.sellable, "locations", "sellable");
  present(world.products.id, "products", "id");
  refuse_where(world.products.decimals.values(), ErrorCode::decimals_range, "products", "decimals",
               [](std::int64_t v) { return v < 0 || v > Decimals::kMax; });
  yes_or_no(world.products.storable, "products", "storable");
  present_items(world.products.categories, "products", "categories", world.products.rows);
}

void ValueCheck::check_facts(const World& world) {
  present(world.supply.quantity, "supply", "quantity");
  not_negative(world.supply.reserved, "supply", "reserved");
  instant_or_absent(world.supply.expires, "supply", "expires");
  yes_or_no(world.supply.blocked, "supply", "blocked");
  not_negative(world.demand.quantity, "demand", "quantity");
  instant_or_absent(world.demand.due, "demand", "due");
  not_negative(world.incoming.quantity, "incoming", "quantity");
  present(world.incoming.expected, "incoming", "expected");
  instant_or_absent(world.incoming.expected, "incoming", "expected");
  present(world.incoming.kind, "incoming", "kind");
  present(world.holds.id, "holds", "id");
  not_negative(world.holds.quantity, "holds", "quantity");
  instant_or_absent(world.holds.expires, "holds", "expires");
  for (std::size_t row = 0; row < world.holds.rows; ++row) {
    if (!world.holds.node[row].present() && !world.holds.channel[row].present()) {
      refuse(ErrorCode::hold_without_place, {"holds", row, ""});
    }
  }
}

void ValueCheck::check_selling(const World& world) {
  const Channels& channels = world.channels;
  present(channels.id, "channels", "id");
  yes_or_no(channels.per_node, "channels", "per_node");
  present_items(channels.owners, "channels", "owners", channels.rows);
  present_items(channels.incoming_kinds, "channels", "incoming_kinds", channels.rows);
  not_negative(channels.incoming_days, "channels", "incoming_days");
  percentage(channels.incoming_percent, "channels", "incoming_percent");
  not_negative(channels.min_life_days, "channels", "min_life_days");
  percentage(channels.share_percent, "channels", "share_percent");
  present(world.listings.id, "listings", "id");
  positive(world.listings.unit, "listings", "unit");
  not_negative_or_absent(world.listings.override_quantity, "listings", "override_quantity");
  instant_or_absent(world.listings.override_until, "listings", "override_until");
  yes_or_no(world.listings.blocked, "listings", "blocked");
}

void ValueCheck::check_kit_lines(const Kits& kits) {
  positive(kits.yields, "kits", "yields");
  pacer_->spend(kits.lines.values.size());
  for (std::size_t row = 0; row < kits.rows; ++row) {
    for (std::size_t i = kits.lines.begin(row); i < kits.lines.end(row); ++i) {
      if (kits.line_quantity.raw(i) <= 0) {
        throw WorldError(ErrorCode::not_positive,
                         Place{"kits", row, "lines"}.pointer(i - kits.lines.begin(row)) + "/quantity");
      }
    }
  }
}

void ValueCheck::check_rules(const Rules& rules) {
  present(rules.id, "rules", "id");
  present(rules.sequence, "rules", "sequence");
  not_negative_or_absent(rules.fixed, "rules", "fixed");
  refuse_where(rules.percent.values(), ErrorCode::percent_range, "rules", "percent",
               [](std::int64_t v) { return v != kNone && (v < 0 || v > Percent::kHundred); });
  instant_or_absent(rules.from, "rules", "from");
  instant_or_absent(rules.until, "rules", "until");
  for (std::size_t row = 0; row < rules.rows; ++row) {
    pacer_->spend(1);
    check_rule(rules, row);
  }
}

void ValueCheck::all(const World& world) {
  if (world.now < kTimeMin || world.now > kTimeMax) throw WorldError(ErrorCode::malformed_time, "/now");
  if (world.demand_horizon_days < 0 && world.demand_horizon_days != kNone) {
    throw WorldError(ErrorCode::negative, "/demand_horizon_days");
  }
  check_places(world);
  check_kit_lines(world.kits);
  check_facts(world);
  check_selling(world);
  check_rules(world.rules);
}

}  // namespace

void check_values(const World& world, Pacer* pacer) { ValueCheck(pacer).all(world); }

}  // namespace ats::internal
