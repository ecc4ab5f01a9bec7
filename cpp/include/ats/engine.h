// SPDX-License-Identifier: LGPL-3.0-only
//
// The door of the engine: a world of facts in, levels out.
//
//   ats::World world = ...;               // flat columns, see world.h
//   ats::Levels levels = ats::compute(world);
//
// The engine is a pure function. It reads no clock (the world says what time
// it is), does no input or output, keeps nothing between calls and never
// prints. It may be called from any thread, and after a fork.
#pragma once

#include <functional>

#include "ats/error.h"
#include "ats/level.h"
#include "ats/world.h"

namespace ats {

// Limits and choices of one computation.
struct Options final {
  // Threads to use at most, the caller's own included; never more than 64.
  // 0 lets the engine choose: one for small worlds, else up to kThreadsMax and
  // the machine's cores. Always one without TBB, and where no more can be
  // started.
  int threads = 0;
  // Whether to write waterfalls. Levels are the same either way, but a sum over
  // nodes that only a waterfall has can overflow.
  bool reasons = true;
  // Called every few milliseconds of work, from the first check of the world to
  // the last column of the answer, possibly from several threads at once; what
  // it throws ends the computation and reaches the caller. This is how a caller
  // enforces a deadline.
  std::function<void()> checkpoint;

  static constexpr int kThreadsMax = 4;
  static constexpr std::size_t kSerialListingsMax = 20'000;
  // Listings that one thread takes at a time; the checkpoint is asked at least once for so many.
  static constexpr std::size_t kCheckpointListings = 4'096;
};

// Computes a level for each listing, as the model (doc/model.md) says.
//
// The world is checked as a whole first; the first fault found is thrown as a
// WorldError and nothing is computed. A sum that leaves int64 millionths, or a
// kit whose quantities do not fit, is a WorldError `overflow` that points at
// the product. It is not an error if a
// world has no listings, if a channel has no nodes, or if stock is negative.
[[nodiscard]] Levels compute(const World& world, const Options& options = {});

// Checks the world as compute() does and throws what it would throw, except
// for sums of facts that overflow. Computes nothing; of the options, only the
// checkpoint is read.
void check(const World& world, const Options& options = {});

}  // namespace ats
