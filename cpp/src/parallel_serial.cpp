// SPDX-License-Identifier: LGPL-3.0-only
//
// The serial twin: same answers, one thread, deterministic to debug.
#include "parallel.h"

namespace ats::internal {

int threads_available() { return 1; }

int for_each_chunk(std::size_t chunks, int /*threads*/, const std::function<void(std::size_t)>& work) {
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) work(chunk);
  return 1;
}

}  // namespace ats::internal
