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
  const internal::Columns whole = book.columns();
  check(whole.world);  // first: what is wrong with the document comes before a listing that it lacks
  const internal::ListingRow* row = book.listing(listing);
  if (row == nullptr) {
    throw WorldError(ErrorCode::unknown_reference, "/listings",
                     "there is no listing " + std::to_string(listing.value()));
  }
  // Every fact counts, for kits and promises tie products together; but only
  // the listings of this product are computed.
  const internal::Columns own = book.columns(row->product);
  World world = whole.world;
  world.listings = own.world.listings;
  return internal::explain_text(book, *row, compute(world));
}

}  // namespace ats
