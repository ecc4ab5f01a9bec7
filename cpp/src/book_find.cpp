// SPDX-License-Identifier: LGPL-3.0-only
//
// Finding products: by place, by component, by time, and by what decides what.
#include <algorithm>

#include "book_tables.h"

namespace ats::internal {
namespace {

template <class Iterator>
void add_products(Iterator first, Iterator last, ProductIds* out) {
  for (; first != last; ++first) out->insert(first->product);
}

template <class Index, class Value>
void add_products_of(const Index& index, Value value, ProductIds* out) {
  const auto [first, last] = range_of(index, value);
  add_products(first, last, out);
}

// Calls visit with the rows whose time, moved back by so many days, lies after
// the first instant and not after the second.
template <class Index, class Visit>
void visit_due(const Index& index, Time after, Time until, std::int64_t days_before, Visit visit) {
  const auto last = index.upper_bound(highest(until.plus_days(days_before)));
  for (auto it = index.upper_bound(highest(after.plus_days(days_before))); it != last; ++it) visit(*it);
}

// The days of all channels, each once, and 0.
[[nodiscard]] std::set<std::int64_t> days_of(const RecordTable<ChannelRow>& channels, std::int64_t ChannelRow::*days) {
  std::set<std::int64_t> out{0};
  for (const auto& channel : channels) out.insert(channel.*days);
  return out;
}

// Products from one to the next until there are no new ones.
template <class Next>
[[nodiscard]] ProductIds closure(const ProductIds& start, Next next) {
  ProductIds found = start;
  std::vector<ProductId> open(start.begin(), start.end());
  while (!open.empty()) {
    const ProductId product = open.back();
    open.pop_back();
    next(product, [&](ProductId other) {
      if (found.insert(other).second) open.push_back(other);
    });
  }
  return found;
}

}  // namespace

ProductIds Book::products_in(LocationId location) const {
  ProductIds out;
  add_products_of(tables_->supply.get<by_location>(), location, &out);
  return out;
}

ProductIds Book::products_in(NodeId node) const {
  ProductIds out;
  const auto [first, last] = range_of(tables_->locations.get<by_node>(), node);
  for (auto it = first; it != last; ++it) add_products_of(tables_->supply.get<by_location>(), it->id, &out);
  add_products_of(tables_->demand.get<by_node>(), node, &out);
  add_products_of(tables_->incoming.get<by_node>(), node, &out);
  add_products_of(tables_->holds.get<by_node>(), node, &out);
  return out;
}

ProductIds Book::kits_with(ProductId component) const {
  ProductIds out;
  const auto [first, last] = range_of(tables_->kit_lines.get<by_component>(), component);
  for (auto it = first; it != last; ++it) out.insert(it->kit);
  return out;
}

void Book::Tables::add_all_products(ProductIds* out) const {
  for (const auto& product : products) out->insert(product.id);
}

ProductIds Book::products_due(Time after, Time until) const {
  ProductIds out;
  const Tables& tables = *tables_;
  const auto add = [&](const auto& row) { out.insert(row.product); };
  for (const std::int64_t days : days_of(tables.channels, &ChannelRow::min_life_days)) {
    visit_due(tables.supply.get<by_time>(), after, until, days, add);
  }
  for (const std::int64_t days : days_of(tables.channels, &ChannelRow::incoming_days)) {
    visit_due(tables.incoming.get<by_time>(), after, until, days, add);
  }
  if (demand_horizon_days != kNone) {
    visit_due(tables.demand.get<by_time>(), after, until, demand_horizon_days, add);
  }
  visit_due(tables.holds.get<by_time>(), after, until, 0, add);
  visit_due(tables.listings.get<by_time>(), after, until, 0, add);
  std::set<CategoryId> categories;
  bool everywhere = false;
  const auto add_scope = [&](const RuleRow& rule) {
    if (rule.product.present()) {
      out.insert(rule.product);
    } else if (rule.category.present()) {
      categories.insert(rule.category);
    } else {
      everywhere = true;
    }
  };
  visit_due(tables.rules.get<by_start>(), after, until, 0, add_scope);
  visit_due(tables.rules.get<by_time>(), after, until, 0, add_scope);
  if (everywhere) tables.add_all_products(&out);
  for (const auto& product : tables.products) {
    if (categories.empty()) break;
    const auto listed = [&](std::int64_t category) { return categories.contains(CategoryId(category)); };
    if (std::any_of(product.categories.begin(), product.categories.end(), listed)) out.insert(product.id);
  }
  return out;
}

// Whether something on that product, if it is a kit, binds its components.
bool Book::Tables::promised(ProductId product) const {
  const auto any = [&](const auto& index) {
    const auto [first, last] = range_of(index, product);
    return first != last;
  };
  if (any(demand.get<by_product>()) || any(holds.get<by_product>())) return true;
  const auto [first, last] = range_of(rules.get<by_product>(), product);
  return std::any_of(first, last, [](const RuleRow& rule) { return rule.kind == RuleKind::quota; });
}

ProductIds Book::deciding(ProductId product) const {
  const auto& kits = tables_->kits.get<by_product>();
  return closure({product}, [&](ProductId at, auto reach) {
    const auto [first, last] = range_of(kits, at);
    for (auto it = first; it != last; ++it) {
      for (const std::int64_t component : it->line_products) reach(ProductId(component));
    }
    const ProductIds above = closure({at}, [&](ProductId component, auto rise) {
      for (const ProductId kit : kits_with(component)) rise(kit);
    });
    for (const ProductId kit : above) {
      if (tables_->promised(kit)) reach(kit);
    }
  });
}

ProductIds Book::decided_by(const ProductIds& products) const {
  const auto& kits = tables_->kits.get<by_product>();
  return closure(products, [&](ProductId at, auto reach) {
    for (const ProductId kit : kits_with(at)) reach(kit);
    if (!tables_->promised(at)) return;
    const ProductIds below = closure({at}, [&](ProductId kit, auto sink) {
      const auto [first, last] = range_of(kits, kit);
      for (auto it = first; it != last; ++it) {
        for (const std::int64_t component : it->line_products) sink(ProductId(component));
      }
    });
    for (const ProductId component : below) reach(component);
  });
}

bool Book::promised_without_node(const ProductIds& products) const {
  for (const ProductId product : products) {
    const auto [first, last] = range_of(tables_->holds.get<by_product>(), product);
    if (std::any_of(first, last, [](const HoldRow& hold) { return !hold.node.present(); })) return true;
    const auto [from, to] = range_of(tables_->rules.get<by_product>(), product);
    if (std::any_of(from, to, [](const RuleRow& rule) { return rule.kind == RuleKind::quota; })) return true;
  }
  return false;
}

}  // namespace ats::internal
