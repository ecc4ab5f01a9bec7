// SPDX-License-Identifier: LGPL-3.0-only
#include "reason_columns.h"

namespace ats::internal {
namespace {

class Digest final {
 public:
  void add(std::int64_t value) {
    hash_ = (hash_ ^ static_cast<std::uint64_t>(value)) * 0x9E3779B97F4A7C15ULL;  // 2^64 / golden ratio
    hash_ ^= hash_ >> 32;
  }
  [[nodiscard]] std::int64_t value() const {
    const auto value = static_cast<std::int64_t>(hash_);
    return value == kNone ? 0 : value;
  }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

void resize_columns(Levels* levels, std::size_t reasons, Pacer* pacer) {
  for (auto* column : {&levels->reason_code, &levels->reason_quantity, &levels->reason_rule, &levels->reason_node,
                       &levels->reason_component, &levels->reason_shortage}) {
    grow(column, reasons, kNone, pacer);
  }
  grow(&levels->detail_offsets, reasons + 1, std::int64_t{0}, pacer);
}

void make_offsets(std::vector<std::int64_t>* counts, Pacer* pacer) {
  for (std::size_t i = 1; i < counts->size(); ++i) {
    (*counts)[i] += (*counts)[i - 1];
    pacer->spend(i % 8 == 0 ? 1 : 0);
  }
}

// Details that are rows of their own; others have columns among the reasons.
[[nodiscard]] bool has_rows(const Reason& reason) { return reason.code == ReasonCode::kit_components; }

void place_reasons(const ChunkReasons& chunk, Levels* levels, Pacer* pacer) {
  std::size_t next = 0;
  std::size_t detail = 0;
  for (const auto& [slot, count] : chunk.counts) {
    pacer->spend(1 + count);
    auto at = static_cast<std::size_t>(levels->reason_offsets[slot]);
    for (std::size_t i = 0; i < count; ++i, ++at, ++next) {
      const Reason& reason = chunk.reasons[next];
      levels->reason_code[at] = static_cast<std::int64_t>(reason.code);
      levels->reason_quantity[at] = reason.quantity.millionths();
      levels->reason_rule[at] = reason.rule.value();
      levels->reason_node[at] = reason.node.value();
      const bool stated = reason.details > 0 && !has_rows(reason);
      levels->reason_component[at] = stated ? chunk.details[detail].component.value() : kNone;
      levels->reason_shortage[at] = stated ? chunk.details[detail].quantity.millionths() : kNone;
      levels->detail_offsets[at + 1] = has_rows(reason) ? reason.details : 0;
      detail += reason.details;
    }
  }
}

void place_details(const ChunkReasons& chunk, Levels* levels, Pacer* pacer) {
  std::size_t next = 0;
  std::size_t detail = 0;
  for (const auto& [slot, count] : chunk.counts) {
    auto at_reason = static_cast<std::size_t>(levels->reason_offsets[slot]);
    for (std::size_t i = 0; i < count; ++i, ++at_reason, ++next) {
      const Reason& reason = chunk.reasons[next];
      pacer->spend(1 + reason.details);
      auto at = static_cast<std::size_t>(levels->detail_offsets[at_reason]);
      for (std::uint32_t d = 0; d < reason.details; ++d, ++detail) {
        if (!has_rows(reason)) continue;
        levels->detail_node[at] = chunk.details[detail].node.value();
        levels->detail_component[at] = chunk.details[detail].component.value();
        levels->detail_quantity[at++] = chunk.details[detail].quantity.millionths();
      }
    }
  }
}

}  // namespace

void ChunkReasons::add(const LevelRow& row) {
  if (row.reasons.empty()) return;
  counts.emplace_back(row.slot, row.reasons.size());
  reasons.insert(reasons.end(), row.reasons.begin(), row.reasons.end());
  details.insert(details.end(), row.details.begin(), row.details.end());
}

std::int64_t digest_of(const LevelRow& row) {
  Digest digest;
  for (const Reason& reason : row.reasons) {
    digest.add(static_cast<std::int64_t>(reason.code));
    digest.add(reason.quantity.millionths());
    digest.add(reason.rule.value());
    digest.add(reason.node.value());
    digest.add(reason.details);
  }
  for (const ReasonDetail& detail : row.details) {
    digest.add(detail.node.value());
    digest.add(detail.component.value());
    digest.add(detail.quantity.millionths());
  }
  return digest.value();
}

void gather_reasons(std::vector<ChunkReasons>* chunks, Levels* levels, Pacer* pacer) {
  grow(&levels->reason_offsets, levels->quantity.size() + 1, std::int64_t{0}, pacer);
  bool any_details = false;
  for (const ChunkReasons& chunk : *chunks) {
    pacer->spend(chunk.counts.size());
    any_details = any_details || !chunk.details.empty();
    for (const auto& [slot, count] : chunk.counts) levels->reason_offsets[slot + 1] = static_cast<std::int64_t>(count);
  }
  make_offsets(&levels->reason_offsets, pacer);
  resize_columns(levels, static_cast<std::size_t>(levels->reason_offsets.back()), pacer);
  for (ChunkReasons& chunk : *chunks) {
    place_reasons(chunk, levels, pacer);
    if (!any_details) chunk = ChunkReasons();
  }
  make_offsets(&levels->detail_offsets, pacer);
  const auto details = static_cast<std::size_t>(levels->detail_offsets.back());
  for (auto* column : {&levels->detail_node, &levels->detail_component, &levels->detail_quantity}) {
    grow(column, details, kNone, pacer);
  }
  for (ChunkReasons& chunk : *chunks) {
    if (any_details) place_details(chunk, levels, pacer);
    chunk = ChunkReasons();
  }
}

}  // namespace ats::internal
