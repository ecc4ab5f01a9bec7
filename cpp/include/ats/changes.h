// SPDX-License-Identifier: LGPL-3.0-only
//
// What has to be written so that stored levels say what computed ones do.
#pragma once

#include <span>
#include <vector>

#include "ats/level.h"

namespace ats {

// Levels as they were stored, one row each, in any order. `node` is kNone where
// a level is the whole pool's; `digest` is what Levels::reason_digest was.
// kNone as a quantity or digest means that none is known.
struct StoredLevels final {
  std::span<const std::int64_t> id;  // of the stored row
  std::span<const std::int64_t> listing;
  std::span<const std::int64_t> node;
  std::span<const std::int64_t> quantity;
  std::span<const std::int64_t> digest;
};

struct Changes final {
  // Positions among the computed levels, in their order: those that are not
  // stored, or stored with another quantity or digest.
  std::vector<std::int64_t> written;
  // For each of those, 1 if it is new or its quantity differs, 0 if only its
  // waterfall does.
  std::vector<std::int8_t> quantity_changed;
  // Ids of stored rows that no computed level stands for, in their order; of
  // several rows for one level, all but the first.
  std::vector<std::int64_t> gone;
};

// Throws std::invalid_argument if the levels were computed without reasons, for
// then there is no digest, or if the stored columns differ in length.
[[nodiscard]] Changes changes(const Levels& levels, const StoredLevels& stored);

}  // namespace ats
