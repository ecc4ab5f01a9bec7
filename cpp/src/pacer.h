// SPDX-License-Identifier: LGPL-3.0-only
//
// Asks the caller, every few milliseconds of work, whether to go on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace ats::internal {

// Thread safety: one thread each; the checkpoint they share must bear being
// called from several threads.
class Pacer final {
 public:
  // About 10 ms of work: a unit is what a row of a table costs, some 10 ns.
  static constexpr std::size_t kWork = std::size_t{1} << 20;

  // Asks nobody.
  Pacer() = default;
  // REQUIRES: the checkpoint, which may be empty, outlives this.
  explicit Pacer(const std::function<void()>& checkpoint) : checkpoint_(checkpoint ? &checkpoint : nullptr) {}

  // Counts work that was done or is about to be. Throws what the checkpoint throws.
  void spend(std::size_t work) {
    spent_ += work;
    if (spent_ >= kWork) ask();
  }
  void ask() {
    spent_ = 0;
    if (checkpoint_ != nullptr) (*checkpoint_)();
  }

 private:
  const std::function<void()>* checkpoint_ = nullptr;
  std::size_t spent_ = 0;
};

// Lengthens a column block by block: filling fresh memory takes its time too.
template <class T>
void grow(std::vector<T>* column, std::size_t size, T value, Pacer* pacer) {
  constexpr std::size_t block = std::size_t{1} << 18;
  column->reserve(size);
  while (column->size() < size) {
    const std::size_t next = std::min(block, size - column->size());
    column->insert(column->end(), next, value);
    pacer->spend(next / 2);
  }
}

}  // namespace ats::internal
