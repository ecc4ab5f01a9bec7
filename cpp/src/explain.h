// SPDX-License-Identifier: LGPL-3.0-only
#pragma once

#include <string>

#include "ats/level.h"
#include "book.h"

namespace ats::internal {

// The waterfalls of one listing, one line a step, for a person to read.
// `levels` may hold other listings too.
[[nodiscard]] std::string explain_text(const Book& book, const ListingRow& listing, const Levels& levels);

}  // namespace ats::internal
