// SPDX-License-Identifier: LGPL-3.0-only
//
// The world document: any bytes are levels or a WorldError. Levels are
// the same with and without waterfalls, and each waterfall adds up.
#include <cstddef>
#include <cstdint>
#include <string_view>

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
    if (ats::to_json(explained) != ats::compute_document(document)) __builtin_trap();
  } catch (const ats::WorldError&) {
    // refused by a name
  }
  return 0;
}
