// SPDX-License-Identifier: LGPL-3.0-only
#include "id_index.h"

#include <algorithm>

namespace ats::internal {
namespace {

// An array may be this many times as long as the ids it holds, and no less
// than this long.
constexpr std::uint64_t kSparsenessMax = 4;
constexpr std::uint64_t kTableMin = 1024;

// Whether each id is larger than the one before: then none comes twice.
[[nodiscard]] bool rising(std::span<const std::int64_t> ids) {
  return std::adjacent_find(ids.begin(), ids.end(), [](std::int64_t a, std::int64_t b) { return a >= b; }) == ids.end();
}

}  // namespace

std::optional<Position> IdIndex::build(std::span<const std::int64_t> ids, Pacer* pacer) {
  table_.clear();
  sorted_.clear();
  form_ = Form::counting;
  count_ = ids.size();
  if (ids.empty()) return std::nullopt;
  pacer->spend(ids.size() / 4);
  const auto [low, high] = std::minmax_element(ids.begin(), ids.end());
  lowest_ = *low;
  const std::uint64_t width = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
  if (width == count_ - 1 && rising(ids)) return std::nullopt;
  const bool close = width < std::max<std::uint64_t>(kTableMin, count_ * kSparsenessMax);
  return close ? build_array(ids, width, pacer) : build_sorted(ids, pacer);
}

std::optional<Position> IdIndex::build_array(std::span<const std::int64_t> ids, std::uint64_t width, Pacer* pacer) {
  form_ = Form::array;
  grow(&table_, width + 1, kNowhere, pacer);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    pacer->spend(1);
    Position& entry = table_[static_cast<std::uint64_t>(ids[i]) - static_cast<std::uint64_t>(lowest_)];
    if (entry != kNowhere) return static_cast<Position>(i);
    entry = static_cast<Position>(i);
  }
  return std::nullopt;
}

std::optional<Position> IdIndex::build_sorted(std::span<const std::int64_t> ids, Pacer* pacer) {
  form_ = Form::sorted;
  sorted_.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    sorted_.push_back({ids[i], static_cast<Position>(i)});
    pacer->spend(1);
  }
  if (rising(ids)) return std::nullopt;
  std::sort(sorted_.begin(), sorted_.end(), [pacer](const Entry& a, const Entry& b) {
    pacer->spend(1);
    return a < b;
  });
  Position twin = kNowhere;
  for (std::size_t i = 1; i < sorted_.size(); ++i) {
    if (sorted_[i].id == sorted_[i - 1].id) twin = std::min(twin, sorted_[i].position);
  }
  return twin == kNowhere ? std::nullopt : std::optional(twin);
}

std::optional<Position> first_twin(std::span<const std::int64_t> ids, Pacer* pacer) {
  pacer->spend(ids.size() / 4);
  if (rising(ids)) return std::nullopt;
  IdIndex index;
  return index.build(ids, pacer);
}

RowGroups::RowGroups(std::span<const Position> group_of, std::size_t groups, Pacer* pacer) : offsets_(groups + 1, 0) {
  bool ordered = true;
  Position previous = 0;
  for (const Position group : group_of) {
    ++offsets_[group + 1];
    ordered = ordered && group >= previous;
    previous = group;
    pacer->spend(1);
  }
  for (std::size_t i = 1; i <= groups; ++i) offsets_[i] += offsets_[i - 1];
  pacer->spend(groups / 4);
  if (ordered) return;
  std::vector<Position> next(offsets_.begin(), offsets_.end() - 1);
  grow(&rows_, group_of.size(), kNowhere, pacer);
  for (std::size_t row = 0; row < group_of.size(); ++row) {
    rows_[next[group_of[row]]++] = static_cast<Position>(row);
    pacer->spend(1);
  }
}

}  // namespace ats::internal
