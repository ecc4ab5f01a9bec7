// SPDX-License-Identifier: LGPL-3.0-only
//
// A whole world at once: products in chunks, chunks over threads, levels into
// flat columns.
#include <algorithm>

#include "ats/engine.h"
#include "compute.h"
#include "parallel.h"
#include "plan.h"

namespace ats {
namespace internal {
namespace {

// Products in the order of their positions whose listings are computed together.
struct Chunk final {
  std::size_t first_product;  // among the listed products
  std::size_t last_product;
};

// The reasons of the levels of one chunk, in the order they were worked out.
struct ChunkReasons final {
  std::vector<Reason> reasons;
  std::vector<std::pair<std::size_t, std::size_t>> counts;  // slot of the level, number of its reasons
};

class ColumnSink final : public LevelSink {
 public:
  ColumnSink(Levels* levels, ChunkReasons* reasons) : levels_(levels), reasons_(reasons) {}
  void write(const LevelRow& row) override {
    levels_->quantity[row.slot] = row.quantity.millionths();
    if (row.reasons.empty()) return;
    reasons_->counts.emplace_back(row.slot, row.reasons.size());
    reasons_->reasons.insert(reasons_->reasons.end(), row.reasons.begin(), row.reasons.end());
  }

 private:
  Levels* levels_;
  ChunkReasons* reasons_;
};

class Refresh final {
 public:
  Refresh(const World& world, const Options& options) : plan_(world), options_(options) {}

  [[nodiscard]] Levels run() {
    divide();
    name_levels();
    levels_.quantity.resize(plan_.levels());
    levels_.product_next_change.resize(listed_.size());
    reasons_.resize(chunks_.size());
    levels_.threads_used =
        for_each_chunk(chunks_.size(), threads(), [this](std::size_t chunk) { compute_chunk(chunk); });
    for (const std::int64_t change : levels_.product_next_change) {
      if (change == kNone) continue;
      if (!levels_.next_change.present() || Time(change) < levels_.next_change) levels_.next_change = Time(change);
    }
    if (options_.reasons) gather_reasons();
    return std::move(levels_);
  }

 private:
  [[nodiscard]] int threads() const {
    if (options_.threads > 0) return options_.threads;
    if (plan_.world.listings.rows <= Options::kSerialListingsMax) return 1;
    return std::min(Options::kThreadsMax, threads_available());
  }

  // Which levels there are follows from the listings alone.
  void name_levels() {
    const Listings& listings = plan_.world.listings;
    if (plan_.one_level_each()) {
      levels_.listing.assign(listings.id.values().begin(), listings.id.values().end());
      levels_.node.assign(listings.rows, kNone);
      return;
    }
    for (std::size_t row = 0; row < listings.rows; ++row) {
      const Channel& channel = plan_.channels[plan_.listing_channel[row]];
      const std::size_t count = channel.per_node ? channel.nodes.size() : 1;
      levels_.listing.insert(levels_.listing.end(), count, listings.id.raw(row));
      if (!channel.per_node) levels_.node.push_back(kNone);
      for (std::size_t i = 0; channel.per_node && i < count; ++i) {
        levels_.node.push_back(plan_.world.nodes.id.raw(channel.nodes[i]));
      }
    }
  }

  void divide() {
    const std::size_t products = plan_.world.products.rows;
    std::size_t listings = 0;
    std::size_t start = 0;
    for (std::size_t product = 0; product < products; ++product) {
      const auto [first, last] = plan_.listings.range(static_cast<Position>(product));
      if (first == last) continue;
      listed_.push_back(static_cast<Position>(product));
      levels_.product.push_back(plan_.world.products.id.raw(product));
      listings += last - first;
      if (listings < Options::kCheckpointListings) continue;
      chunks_.push_back({start, listed_.size()});
      start = listed_.size();
      listings = 0;
    }
    if (start < listed_.size()) chunks_.push_back({start, listed_.size()});
  }

  void compute_chunk(std::size_t number) {
    if (options_.checkpoint) options_.checkpoint();
    ColumnSink sink(&levels_, &reasons_[number]);
    ProductComputer computer(plan_, options_.reasons, &sink);
    for (std::size_t i = chunks_[number].first_product; i < chunks_[number].last_product; ++i) {
      const Position product = listed_[i];
      try {
        levels_.product_next_change[i] = computer.compute(product).seconds();
      } catch (const QuantityOverflow&) {
        throw WorldError(ErrorCode::overflow, "/products/" + std::to_string(product));
      }
    }
  }

  // Brings the reasons of all chunks into the order of the levels.
  void gather_reasons() {
    levels_.reason_offsets.assign(plan_.levels() + 1, 0);
    for (const ChunkReasons& chunk : reasons_) {
      for (const auto& [slot, count] : chunk.counts) {
        levels_.reason_offsets[slot + 1] = static_cast<std::int64_t>(count);
      }
    }
    for (std::size_t i = 1; i < levels_.reason_offsets.size(); ++i) {
      levels_.reason_offsets[i] += levels_.reason_offsets[i - 1];
    }
    const auto total = static_cast<std::size_t>(levels_.reason_offsets.back());
    levels_.reason_code.resize(total);
    levels_.reason_quantity.resize(total);
    levels_.reason_rule.resize(total);
    levels_.reason_node.resize(total);
    levels_.reason_component.resize(total, kNone);
    levels_.reason_shortage.resize(total, kNone);
    for (ChunkReasons& chunk : reasons_) {
      place_reasons(chunk);
      chunk = ChunkReasons();
    }
  }

  void place_reasons(const ChunkReasons& chunk) {
    std::size_t next = 0;
    for (const auto& [slot, count] : chunk.counts) {
      auto at = static_cast<std::size_t>(levels_.reason_offsets[slot]);
      for (std::size_t i = 0; i < count; ++i, ++at, ++next) {
        const Reason& reason = chunk.reasons[next];
        levels_.reason_code[at] = static_cast<std::int64_t>(reason.code);
        levels_.reason_quantity[at] = reason.quantity.millionths();
        levels_.reason_rule[at] = reason.rule.value();
        levels_.reason_node[at] = reason.node.value();
      }
    }
  }

  Plan plan_;
  const Options& options_;
  Levels levels_;
  std::vector<Position> listed_;  // products that have a listing
  std::vector<Chunk> chunks_;
  std::vector<ChunkReasons> reasons_;
};

}  // namespace
}  // namespace internal

Levels compute(const World& world, const Options& options) { return internal::Refresh(world, options).run(); }

void check(const World& world) { const internal::Plan plan(world); }

}  // namespace ats
