// SPDX-License-Identifier: LGPL-3.0-only
//
// A whole world at once: products in chunks, chunks over threads, levels into
// flat columns.
#include <algorithm>

#include "ats/engine.h"
#include "compute.h"
#include "parallel.h"
#include "plan.h"
#include "reason_columns.h"

namespace ats {
namespace internal {
namespace {

// Products in the order of their positions whose listings are computed together.
struct Chunk final {
  std::size_t first_product;  // among the listed products
  std::size_t last_product;
};

class ColumnSink final : public LevelSink {
 public:
  ColumnSink(Levels* levels, ChunkReasons* reasons) : levels_(levels), reasons_(reasons) {}
  void write(const LevelRow& row) override {
    levels_->quantity[row.slot] = row.quantity.millionths();
    if (levels_->reason_digest.empty()) return;  // no reasons were asked for
    levels_->reason_digest[row.slot] = digest_of(row);
    reasons_->add(row);
  }

 private:
  Levels* levels_;
  ChunkReasons* reasons_;
};

class Refresh final {
 public:
  Refresh(const World& world, const Options& options)
      : options_(options), pacer_(options.checkpoint), plan_(world, &pacer_), commitments_(plan_, &pacer_) {}

  [[nodiscard]] Levels run() {
    divide();
    name_levels();
    grow(&levels_.quantity, plan_.levels(), std::int64_t{0}, &pacer_);
    if (options_.reasons) grow(&levels_.reason_digest, plan_.levels(), std::int64_t{0}, &pacer_);
    grow(&levels_.product_next_change, listed_.size(), kNone, &pacer_);
    reasons_.resize(chunks_.size());
    levels_.threads_used =
        for_each_chunk(chunks_.size(), threads(), [this](std::size_t chunk) { compute_chunk(chunk); });
    for (const std::int64_t change : levels_.product_next_change) {
      if (change == kNone) continue;
      if (!levels_.next_change.present() || Time(change) < levels_.next_change) levels_.next_change = Time(change);
    }
    if (options_.reasons) gather_reasons(&reasons_, &levels_, &pacer_);
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
      constexpr std::size_t block = std::size_t{1} << 18;
      levels_.listing.reserve(listings.rows);
      for (std::size_t first = 0; first < listings.rows; first += block) {
        const auto part = listings.id.values().subspan(first, std::min(block, listings.rows - first));
        levels_.listing.insert(levels_.listing.end(), part.begin(), part.end());
        pacer_.spend(part.size() / 2);
      }
      grow(&levels_.node, listings.rows, kNone, &pacer_);
      return;
    }
    for (std::size_t row = 0; row < listings.rows; ++row) {
      const Channel& channel = plan_.channels[plan_.listing_channel[row]];
      const std::size_t count = channel.per_node ? channel.nodes.size() : 1;
      pacer_.spend(1 + count);
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
      pacer_.spend(1);
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
    Pacer pacer(options_.checkpoint);
    ProductComputer computer(plan_, commitments_, options_.reasons, &sink, &pacer);
    for (std::size_t i = chunks_[number].first_product; i < chunks_[number].last_product; ++i) {
      const Position product = listed_[i];
      try {
        levels_.product_next_change[i] = computer.compute(product).seconds();
      } catch (const QuantityOverflow&) {
        throw WorldError(ErrorCode::overflow, "/products/" + std::to_string(product));
      }
    }
  }

  const Options& options_;
  Pacer pacer_;  // of the thread that calls
  Plan plan_;
  Commitments commitments_;
  Levels levels_;
  std::vector<Position> listed_;  // products that have a listing
  std::vector<Chunk> chunks_;
  std::vector<ChunkReasons> reasons_;
};

}  // namespace
}  // namespace internal

Levels compute(const World& world, const Options& options) { return internal::Refresh(world, options).run(); }

void check(const World& world, const Options& options) {
  internal::Pacer pacer(options.checkpoint);
  const internal::Plan plan(world, &pacer);
}

}  // namespace ats
