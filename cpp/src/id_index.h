// SPDX-License-Identifier: LGPL-3.0-only
//
// From the caller's ids to positions 0…n-1, and from rows to the record they
// belong to.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pacer.h"

namespace ats::internal {

// A row of a table, counted from 0. Tables hold at most kRowsMax rows.
using Position = std::uint32_t;
inline constexpr Position kNowhere = 0xFFFF'FFFF;
inline constexpr std::size_t kRowsMax = 0x7FFF'FFFF;

// Finds the position of an id. Ids that count up by one need no memory, ids
// that lie close together are looked up in an array, others by bisection: a
// hash table could be slowed to a crawl by ids chosen for it.
class IdIndex final {
 public:
  IdIndex() = default;

  // Takes the ids in the order of their positions. Returns the position of the
  // first id that was there before, or nothing.
  [[nodiscard]] std::optional<Position> build(std::span<const std::int64_t> ids, Pacer* pacer);
  [[nodiscard]] std::optional<Position> build(std::span<const std::int64_t> ids) {
    Pacer idle;
    return build(ids, &idle);
  }

  // The position of that id, or kNowhere.
  [[nodiscard]] Position find(std::int64_t id) const {
    const std::uint64_t offset = static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(lowest_);
    if (form_ == Form::counting) return offset < count_ ? static_cast<Position>(offset) : kNowhere;
    if (form_ == Form::array) return offset < table_.size() ? table_[offset] : kNowhere;
    const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), Entry{id, 0});
    return found == sorted_.end() || found->id != id ? kNowhere : found->position;
  }

 private:
  enum class Form : std::uint8_t { counting, array, sorted };
  struct Entry final {
    std::int64_t id;
    Position position;
    auto operator<=>(const Entry&) const = default;
  };
  [[nodiscard]] std::optional<Position> build_array(std::span<const std::int64_t> ids, std::uint64_t width,
                                                    Pacer* pacer);
  [[nodiscard]] std::optional<Position> build_sorted(std::span<const std::int64_t> ids, Pacer* pacer);

  Form form_ = Form::counting;
  std::int64_t lowest_ = 0;
  std::uint64_t count_ = 0;  // of ids
  std::vector<Position> table_;
  std::vector<Entry> sorted_;
};

// The position of the first id that was there before, or nothing.
[[nodiscard]] std::optional<Position> first_twin(std::span<const std::int64_t> ids, Pacer* pacer);

// The rows of a table by the record they belong to, each record's rows in the
// order of the table.
class RowGroups final {
 public:
  RowGroups() = default;

  // group_of[row] < groups for every row.
  RowGroups(std::span<const Position> group_of, std::size_t groups, Pacer* pacer);

  // Positions of rows from first to last, to be read through row().
  struct Range final {
    Position first;
    Position last;
  };
  [[nodiscard]] Range range(Position group) const {
    return offsets_.empty() ? Range{0, 0} : Range{offsets_[group], offsets_[group + 1]};
  }
  [[nodiscard]] Position row(Position i) const { return rows_.empty() ? i : rows_[i]; }

 private:
  std::vector<Position> offsets_;
  std::vector<Position> rows_;  // empty when the table is already in order
};

}  // namespace ats::internal
