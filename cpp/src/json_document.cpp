// SPDX-License-Identifier: LGPL-3.0-only
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

std::string explain_document(std::string_view document, ListingId listing) {
  const internal::Book book = internal::read_world(document);
  // The document is checked as a whole, then computed for one product only.
  check(book.columns().world);
  const internal::ListingRow* row = book.listing(listing);
  if (row == nullptr) {
    throw WorldError(ErrorCode::unknown_reference, "/listings",
                     "there is no listing " + std::to_string(listing.value()));
  }
  const internal::Columns columns = book.columns(row->product);
  return internal::explain_text(book, *row, compute(columns.world));
}

}  // namespace ats
