// SPDX-License-Identifier: LGPL-3.0-only
//
// From what a pool or a node can give to what a channel shows (model, channel
// stage). Pure: values in, a value and its waterfall out.
#pragma once

#include "ats/types.h"
#include "plan.h"
#include "waterfall.h"

namespace ats::internal {

// What the channel stage needs to know of a listing.
struct ListingTerms final {
  Decimals decimals;
  Percent share;
  Quantity unit;
  ChannelRules rules;
  bool has_override;  // and it is live
  Quantity override_quantity;
  bool blocked;
};

// The level that follows from `pool`, in units of sale. REQUIRES: pool >= 0.
// Throws QuantityOverflow.
[[nodiscard]] Quantity channel_level(Quantity pool, const ListingTerms& terms, Waterfall* waterfall);

}  // namespace ats::internal
