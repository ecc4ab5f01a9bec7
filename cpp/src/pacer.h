// SPDX-License-Identifier: LGPL-3.0-only
//
// Asks the caller, every few milliseconds of work, whether to go on.
#pragma once

#include <cstddef>
#include <functional>

namespace ats::internal {

// Thread safety: one thread each; the checkpoint they share must bear being
// called from several threads.
class Pacer final {
 public:
  // About 10 ms of work: a unit is what a row of a table costs, some 10 ns.
  static constexpr std::size_t kWork = std::size_t{1} << 20;

  // REQUIRES: the checkpoint, which may be empty, outlives this.
  explicit Pacer(const std::function<void()>& checkpoint) : checkpoint_(checkpoint) {}

  // Counts work that was done or is about to be. Throws what the checkpoint throws.
  void spend(std::size_t work) {
    spent_ += work;
    if (spent_ >= kWork) ask();
  }
  void ask() {
    spent_ = 0;
    if (checkpoint_) checkpoint_();
  }

 private:
  const std::function<void()>& checkpoint_;
  std::size_t spent_ = 0;
};

}  // namespace ats::internal
