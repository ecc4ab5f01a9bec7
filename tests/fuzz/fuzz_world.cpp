// SPDX-License-Identifier: LGPL-3.0-only
//
// The world document: any bytes are levels or a WorldError. Levels are
// the same with and without waterfalls and for one product alone, each
// waterfall adds up, and the rules that there are change nothing.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ats/compare.h"
#include "ats/engine.h"
#include "ats/json.h"
#include "json_world.h"

namespace {

void check_waterfalls(const ats::Levels& levels) {
  for (std::size_t level = 0; level < levels.quantity.size(); ++level) {
    auto sum = __int128{0};  // the steps may leave int64 on their way
    for (auto at = levels.reason_offsets[level]; at < levels.reason_offsets[level + 1]; ++at) {
      sum += levels.reason_quantity[static_cast<std::size_t>(at)];
    }
    if (sum != levels.quantity[level]) __builtin_trap();
  }
}

// The part of a book that decides one product's levels gives the same ones.
void check_alone(const ats::internal::Book& book, const ats::Levels& whole) {
  const auto listings = book.rows<ats::internal::ListingRow>();
  if (listings.empty()) return;
  const auto columns = book.columns(listings.front()->product);
  const ats::Levels alone = ats::compute(columns.world, {.threads = 1, .reasons = true, .checkpoint = {}});
  std::size_t next = 0;
  for (std::size_t level = 0; level < whole.quantity.size() && next < alone.quantity.size(); ++level) {
    if (whole.listing[level] != alone.listing[next] || whole.node[level] != alone.node[next]) continue;
    if (whole.quantity[level] != alone.quantity[next]) __builtin_trap();
    if (whole.reason_digest[level] != alone.reason_digest[next]) __builtin_trap();
    ++next;
  }
  if (next != alone.quantity.size()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  try {
    const ats::internal::Book book = ats::internal::read_world(document);
    const auto columns = book.columns();
    const ats::Levels explained = ats::compute(columns.world, {.threads = 1, .reasons = true, .checkpoint = {}});
    const ats::Levels bare = ats::compute(columns.world, {.threads = 1, .reasons = false, .checkpoint = {}});
    if (explained.quantity != bare.quantity || explained.next_change != bare.next_change) __builtin_trap();
    check_waterfalls(explained);
    check_alone(book, explained);
    if (ats::compare(columns.world, columns.world.rules).changed != 0) __builtin_trap();
    if (ats::to_json(explained) != ats::compute_document(document)) __builtin_trap();
  } catch (const ats::WorldError&) {
    // refused by a name
  }
  return 0;
}
