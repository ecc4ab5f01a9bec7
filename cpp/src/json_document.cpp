// SPDX-License-Identifier: LGPL-3.0-only
#include <algorithm>

#include "ats/json.h"
#include "book.h"
#include "explain.h"
#include "json_world.h"

namespace ats {

std::string compute_document(std::string_view document, const Options& options) {
  const internal::Book book = internal::read_world(document);
  const internal::Columns columns = book.columns();
  return to_json(compute(columns.world, options));
}

namespace {

// The levels of one product alone; what is refused is pointed at in the whole document.
[[nodiscard]] Levels compute_alone(const internal::Book& book, const World& whole, ProductId product) {
  const internal::Columns columns = book.columns(product);
  try {
    return compute(columns.world);
  } catch (const WorldError& error) {
    if (error.code() != ErrorCode::overflow) throw;
    const auto ids = whole.products.id.values();
    const auto row = std::find(ids.begin(), ids.end(), product.value()) - ids.begin();
    throw WorldError(ErrorCode::overflow, "/products/" + std::to_string(row));
  }
}

}  // namespace

std::string explain_document(std::string_view document, ListingId listing) {
  const internal::Book book = internal::read_world(document);
  // The document is checked as a whole, then computed for one product only.
  const internal::Columns whole = book.columns();
  check(whole.world);
  const internal::ListingRow* row = book.listing(listing);
  if (row == nullptr) {
    throw WorldError(ErrorCode::unknown_reference, "/listings",
                     "there is no listing " + std::to_string(listing.value()));
  }
  return internal::explain_text(book, *row, compute_alone(book, whole.world, row->product));
}

}  // namespace ats
