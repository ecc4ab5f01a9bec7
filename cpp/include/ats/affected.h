// SPDX-License-Identifier: LGPL-3.0-only
//
// Which listings a place, a product or the time ahead can change: what to look
// at before a warehouse is counted, a component is scrapped or a season ends.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "ats/error.h"
#include "ats/types.h"

namespace ats {

// What may change: the stock of a location; whatever is in a node; whatever
// there is of a product, which may be a component of kits; or nothing but the
// time, from the world's `now` (excluded) up to an instant (included).
using Cause = std::variant<LocationId, NodeId, ProductId, Time>;

// The listings of an `ats-world/1` document whose levels or waterfalls that
// could change, as an `ats-affected/1` document, in the order of the document.
// It may name more than do change, never fewer. For a place that is what is
// there now: stock of a product that was never there is not foreseen.
//
// Throws WorldError for a document that is refused, `unknown_reference` at
// /locations, /nodes or /products if it does not have the cause.
[[nodiscard]] std::string affected_document(std::string_view document, const Cause& cause);

}  // namespace ats
