// SPDX-License-Identifier: LGPL-3.0-only
#include "channel_stage.h"

#include <algorithm>

namespace ats::internal {
namespace {

const Quantity kOneUnit{Quantity::kOne};

// To the precision in which the listing is sold: whole units of sale, or the
// product's own decimals where the unit of sale is the unit of stock.
[[nodiscard]] Quantity sold_precision(Quantity value, const ListingTerms& terms) {
  return value.floor_to(terms.unit == kOneUnit ? terms.decimals : Decimals(0));
}

[[nodiscard]] Quantity after_share(Quantity x, const ListingTerms& terms, Waterfall* waterfall) {
  if (terms.share.millionths() == Percent::kHundred) return x;
  const Quantity shared = x.percent_down(terms.share, terms.decimals);
  waterfall->change(ReasonCode::share, x, shared);
  return shared;
}

[[nodiscard]] Quantity after_buffer(Quantity x, const ListingTerms& terms, Waterfall* waterfall) {
  const Rule* rule = terms.rules.buffer;
  if (rule == nullptr) return x;
  const Quantity buffer = rule->is_percent ? x.percent_up(rule->percent, terms.decimals) : rule->fixed;
  const Quantity left = x - std::min(x, buffer);
  waterfall->change(ReasonCode::channel_buffer, x, left, rule->id);
  return left;
}

[[nodiscard]] Quantity in_units_of_sale(Quantity x, const ListingTerms& terms, Waterfall* waterfall) {
  if (terms.unit == kOneUnit) {
    const Quantity rounded = x.floor_to(terms.decimals);
    waterfall->change(ReasonCode::rounding, x, rounded);
    return rounded;
  }
  const Quantity units = x.whole_units(terms.unit);
  waterfall->change(ReasonCode::unit, x, units);
  return units;
}

[[nodiscard]] Quantity after_thresholds(Quantity x, const ListingTerms& terms, Waterfall* waterfall) {
  if (terms.rules.stop_sell != nullptr && x <= terms.rules.stop_sell->fixed) {
    waterfall->change(ReasonCode::stop_sell, x, Quantity(), terms.rules.stop_sell->id);
    x = Quantity();
  }
  if (terms.rules.cap != nullptr) {
    const Quantity capped = std::min(x, sold_precision(terms.rules.cap->fixed, terms));
    waterfall->change(ReasonCode::cap, x, capped, terms.rules.cap->id);
    x = capped;
  }
  return x;
}

}  // namespace

Quantity channel_level(Quantity pool, const ListingTerms& terms, Waterfall* waterfall) {
  Quantity x = after_share(pool, terms, waterfall);
  x = after_buffer(x, terms, waterfall);
  x = in_units_of_sale(x, terms, waterfall);
  x = after_thresholds(x, terms, waterfall);
  if (terms.has_override) {
    const Quantity stated = sold_precision(terms.override_quantity, terms);
    waterfall->change(ReasonCode::override_, x, stated);
    x = stated;
  }
  if (terms.blocked) {
    waterfall->change(ReasonCode::blocked, x, Quantity());
    x = Quantity();
  }
  return x;
}

}  // namespace ats::internal
