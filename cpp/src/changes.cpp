// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/changes.h"

#include <stdexcept>

#include "id_index.h"

namespace ats {
namespace {

using internal::Position;

// Finds a level by listing and node. A listing's levels stand side by side, and
// stored rows tend to come in the same order: the level after the last one
// found is tried first.
class LevelIndex final {
 public:
  explicit LevelIndex(const Levels& levels) : levels_(levels) {
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < levels.listing.size(); ++i) {
      if (i > 0 && levels.listing[i] == levels.listing[i - 1]) continue;
      ids.push_back(levels.listing[i]);
      starts_.push_back(i);
    }
    starts_.push_back(levels.listing.size());
    if (listings_.build(ids)) throw std::invalid_argument("a listing's levels do not stand side by side");
  }

  // The position of that level, or the number of levels if there is none.
  [[nodiscard]] std::size_t find(std::int64_t listing, std::int64_t node) {
    const std::size_t none = levels_.listing.size();
    if (next_ < none && levels_.listing[next_] == listing && levels_.node[next_] == node) return next_++;
    const Position found = listings_.find(listing);
    if (found == internal::kNowhere) return none;
    for (std::size_t i = starts_[found]; i < starts_[found + 1]; ++i) {
      if (levels_.node[i] != node) continue;
      next_ = i + 1;
      return i;
    }
    return none;
  }

 private:
  const Levels& levels_;
  internal::IdIndex listings_;
  std::vector<std::size_t> starts_;
  std::size_t next_ = 0;
};

constexpr std::size_t kNotStored = static_cast<std::size_t>(-1);

}  // namespace

Changes changes(const Levels& levels, const StoredLevels& stored) {
  if (levels.reason_digest.size() != levels.quantity.size()) {
    throw std::invalid_argument("the levels were computed without reasons");
  }
  const std::size_t rows = stored.id.size();
  if (stored.listing.size() != rows || stored.node.size() != rows || stored.quantity.size() != rows ||
      stored.digest.size() != rows) {
    throw std::invalid_argument("the columns of the stored levels differ in length");
  }
  Changes out;
  LevelIndex index(levels);
  std::vector<std::size_t> row_of(levels.quantity.size(), kNotStored);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t level = index.find(stored.listing[row], stored.node[row]);
    if (level < row_of.size() && row_of[level] == kNotStored) {
      row_of[level] = row;
    } else {
      out.gone.push_back(stored.id[row]);
    }
  }
  for (std::size_t level = 0; level < row_of.size(); ++level) {
    const std::size_t row = row_of[level];
    const bool other_quantity = row == kNotStored || stored.quantity[row] != levels.quantity[level];
    if (!other_quantity && stored.digest[row] == levels.reason_digest[level]) continue;
    out.written.push_back(static_cast<std::int64_t>(level));
    out.quantity_changed.push_back(other_quantity ? 1 : 0);
  }
  return out;
}

}  // namespace ats
