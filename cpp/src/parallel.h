// SPDX-License-Identifier: LGPL-3.0-only
//
// Work spread over threads. The only seam between the engine and oneTBB:
// parallel_tbb.cpp is built when the CMake option ATS_THREADS is on,
// parallel_serial.cpp otherwise.
#pragma once

#include <cstddef>
#include <functional>

namespace ats::internal {

// No call uses more threads than this, whatever it is asked for.
inline constexpr std::size_t kThreadsLimit = 64;

// How many threads may be useful on this machine, at least 1.
[[nodiscard]] int threads_available();

// Calls work(chunk) once for each chunk in 0…chunks-1, in any order, from at
// most `threads` threads, the caller's own included, and returns when all are
// done. Returns how many threads were asked for in fact, never more than
// chunks or kThreadsLimit: 1 when built without threads, when threads <= 1,
// when another call of this process is using them, or when the process cannot
// start that many (its memory or its number of threads is limited).
//
// The first exception that leaves `work` is thrown again here; chunks not yet
// started are then left out. No thread outlives the call, so that a process
// may fork between calls.
int for_each_chunk(std::size_t chunks, int threads, const std::function<void(std::size_t)>& work);

}  // namespace ats::internal
