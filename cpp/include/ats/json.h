// SPDX-License-Identifier: LGPL-3.0-only
//
// The exchange format: `ats-world/1` in, `ats-levels/1` out.
#pragma once

#include <string>
#include <string_view>

#include "ats/engine.h"

namespace ats {

// Limits on a document.
struct DocumentLimits final {
  static constexpr int kDepthMax = 64;                            // nested objects and lists
  static constexpr std::size_t kBytesMax = std::size_t{1} << 30;  // bytes of text
};

// Computes the levels of an `ats-world/1` document (UTF-8) and returns an
// `ats-levels/1` document. Throws WorldError for a document that is refused.
[[nodiscard]] std::string compute_document(std::string_view document, const Options& options = {});

// The waterfall of one listing of an `ats-world/1` document, as text for a
// person. Throws WorldError for a document that is refused, and with
// `unknown_reference` at /listings if it has no such listing.
[[nodiscard]] std::string explain_document(std::string_view document, ListingId listing);

// Writes levels as an `ats-levels/1` document. REQUIRES: computed with reasons,
// or every list of reasons is written empty.
[[nodiscard]] std::string to_json(const Levels& levels);

}  // namespace ats
