// SPDX-License-Identifier: LGPL-3.0-only
//
// The waterfalls of many levels, as they are worked out and as columns.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "ats/level.h"
#include "compute.h"
#include "pacer.h"

namespace ats::internal {

// The reasons of the levels of one chunk, in the order they were worked out.
struct ChunkReasons final {
  std::vector<Reason> reasons;
  std::vector<ReasonDetail> details;
  std::vector<std::pair<std::size_t, std::size_t>> counts;  // slot of the level, number of its reasons

  void add(const LevelRow& row);
};

// A number that differs, but for chance, where waterfalls differ in any step or
// detail. The same on every machine and in every process; never kNone.
[[nodiscard]] std::int64_t digest_of(const LevelRow& row);

// Brings the reasons of all chunks into the order of the levels, and empties
// the chunks. REQUIRES: the levels' own columns are complete.
void gather_reasons(std::vector<ChunkReasons>* chunks, Levels* levels, Pacer* pacer);

}  // namespace ats::internal
