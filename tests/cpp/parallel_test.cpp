// SPDX-License-Identifier: LGPL-3.0-only
#include "parallel.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <numeric>
#include <thread>

#include "ats/engine.h"

namespace {

// Products in four nodes on two channels, each with a few rows of supply.
class WideWorld final {
 public:
  explicit WideWorld(std::int64_t products) {
    for (std::int64_t p = 0; p < products; ++p) {
      product_id_.push_back(p);
      for (std::int64_t node = 0; node < 4; ++node) {
        supply_product_.push_back(p);
        supply_location_.push_back(node);
        supply_quantity_.push_back(((p * 7 + node * 3) % 50 - 5) * ats::Quantity::kOne);
      }
      for (std::int64_t channel = 0; channel < 2; ++channel) {
        listing_id_.push_back(p * 2 + channel);
        listing_product_.push_back(p);
        listing_channel_.push_back(channel);
      }
    }
    world.now = ats::Time(0);
    world.nodes.rows = world.locations.rows = ids_.size();
    world.nodes.id.bind(ids_);
    world.locations.id.bind(ids_);
    world.locations.node.bind(ids_);
    world.products.rows = product_id_.size();
    world.products.id.bind(product_id_);
    world.supply.rows = supply_product_.size();
    world.supply.product.bind(supply_product_);
    world.supply.location.bind(supply_location_);
    world.supply.quantity.bind(supply_quantity_);
    world.channels.rows = 2;
    world.channels.id.bind(channel_id_);
    world.channels.nodes.offsets.bind(node_offsets_);
    world.channels.nodes.values.bind(channel_nodes_);
    world.listings.rows = listing_id_.size();
    world.listings.id.bind(listing_id_);
    world.listings.product.bind(listing_product_);
    world.listings.channel.bind(listing_channel_);
  }

  ats::World world;

 private:
  std::vector<std::int64_t> ids_{0, 1, 2, 3};
  std::vector<std::int64_t> channel_id_{0, 1};
  std::vector<std::int64_t> node_offsets_{0, 2, 6};
  std::vector<std::int64_t> channel_nodes_{0, 1, 3, 2, 1, 0};
  std::vector<std::int64_t> product_id_;
  std::vector<std::int64_t> supply_product_, supply_location_, supply_quantity_;
  std::vector<std::int64_t> listing_id_, listing_product_, listing_channel_;
};

}  // namespace

TEST_CASE("each chunk is worked on once, whatever the number of threads", "[parallel]") {
  for (const int threads : {1, 2, 4}) {
    std::vector<std::atomic<int>> done(1000);
    const int used = ats::internal::for_each_chunk(done.size(), threads, [&](std::size_t chunk) { ++done[chunk]; });
    CHECK(used >= 1);
    CHECK(used <= threads);
    for (const auto& count : done) CHECK(count == 1);
  }
}

TEST_CASE("no more threads are started than there are chunks, or than the limit", "[parallel]") {
  std::atomic<int> done{0};
  const auto work = [&](std::size_t /*chunk*/) { ++done; };
  CHECK(ats::internal::for_each_chunk(3, 1'000'000, work) <= 3);
  CHECK(ats::internal::for_each_chunk(1000, 1'000'000, work) <= static_cast<int>(ats::internal::kThreadsLimit));
  CHECK(ats::internal::for_each_chunk(0, 4, work) == 1);
  CHECK(done == 1003);
}

TEST_CASE("what the work throws reaches the caller", "[parallel]") {
  for (const int threads : {1, 4}) {
    const auto work = [](std::size_t chunk) {
      if (chunk == 37) throw std::runtime_error("chunk 37");
    };
    CHECK_THROWS_AS(ats::internal::for_each_chunk(100, threads, work), std::runtime_error);
  }
}

TEST_CASE("threads change nothing about levels and waterfalls", "[parallel]") {
  const WideWorld wide(20'000);
  const ats::Levels serial = ats::compute(wide.world, {.threads = 1, .reasons = true, .checkpoint = {}});
  CHECK(serial.threads_used == 1);
  const ats::Levels spread = ats::compute(wide.world, {.threads = 4, .reasons = true, .checkpoint = {}});
  if (ats::internal::threads_available() > 1) CHECK(spread.threads_used == 4);
  CHECK(spread.listing == serial.listing);
  CHECK(spread.quantity == serial.quantity);
  CHECK(spread.reason_offsets == serial.reason_offsets);
  CHECK(spread.reason_code == serial.reason_code);
  CHECK(spread.reason_quantity == serial.reason_quantity);
}

TEST_CASE("several callers at once get the same answer", "[parallel]") {
  const WideWorld wide(5'000);
  const ats::Levels expected = ats::compute(wide.world, {.threads = 1, .reasons = false, .checkpoint = {}});
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      const ats::Levels levels = ats::compute(wide.world, {.threads = 2, .reasons = false, .checkpoint = {}});
      if (levels.quantity == expected.quantity) ++right;
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(right == 4);
}

TEST_CASE("a checkpoint that throws ends the computation", "[parallel]") {
  const WideWorld wide(20'000);
  std::atomic<int> calls{0};
  const auto checkpoint = [&] {
    if (++calls == 3) throw std::runtime_error("enough");
  };
  CHECK_THROWS_AS(ats::compute(wide.world, {.threads = 1, .reasons = false, .checkpoint = checkpoint}),
                  std::runtime_error);
  CHECK(calls == 3);
}

TEST_CASE("the checkpoint is asked while the world is made ready and while answers are gathered", "[parallel]") {
  WideWorld wide(200'000);
  int asked = 0;
  const auto checkpoint = [&] { ++asked; };
  const std::size_t listings = wide.world.listings.rows;
  wide.world.listings = {};  // nothing is sold: nothing to compute
  (void)ats::compute(wide.world, {.threads = 1, .reasons = true, .checkpoint = checkpoint});
  CHECK(asked >= 2);
  const WideWorld sold(200'000);
  const auto asked_with = [&](bool reasons) {
    asked = 0;
    (void)ats::compute(sold.world, {.threads = 1, .reasons = reasons, .checkpoint = checkpoint});
    return asked;
  };
  CHECK(asked_with(false) > static_cast<int>(listings / ats::Options::kCheckpointListings));
  CHECK(asked_with(true) > asked_with(false) + 2);
}
