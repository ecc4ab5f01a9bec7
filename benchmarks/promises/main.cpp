// SPDX-License-Identifier: LGPL-3.0-only
//
// promises NODES GROUPS SEED ROUNDS: one product sold by one channel beside
// groups of promises, each of a channel over a random half of the nodes; once
// where all channels see the same stock, once where each has owners of its own.
// Prints one JSON object: milliseconds for one whole call, the median of ROUNDS.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "ats/engine.h"

namespace {

using Values = std::vector<std::int64_t>;

constexpr std::int64_t kUnit = 1'000'000;

// Row 0 of the channels sells; the others have promised.
struct Shop final {
  Shop(std::int64_t nodes, std::int64_t groups, bool owners, std::mt19937_64* random) {
    for (std::int64_t n = 0; n < nodes; ++n) {
      node.push_back(n);
      for (std::int64_t row = 0; row <= groups; ++row) {
        supply_node.push_back(n);
        supply_quantity.push_back(static_cast<std::int64_t>((*random)() % 100) * kUnit);
        supply_owner.push_back(owners && row > 0 ? row : ats::kNone);
      }
    }
    for (std::int64_t c = 0; c <= groups; ++c) {
      channel.push_back(c);
      for (std::int64_t n = 0; n < nodes; ++n) {
        if (c == 0 || (*random)() % 2 == 0) channel_node.push_back(n);
      }
      node_offset.push_back(static_cast<std::int64_t>(channel_node.size()));
      channel_owner.push_back(c + 1);
      owner_offset.push_back(c + 1);
      if (c == 0) continue;
      hold_channel.push_back(c);
      hold_quantity.push_back(static_cast<std::int64_t>((*random)() % 2000) * kUnit);
    }
    supply_product.assign(supply_node.size(), 0);
    hold_product.assign(hold_channel.size(), 0);
    per_node.assign(channel.size(), 1);
  }

  [[nodiscard]] ats::World world(bool owners) const {
    ats::World world;
    world.now = ats::Time(0);
    world.nodes.rows = world.locations.rows = node.size();
    world.nodes.id.bind(node);
    world.locations.id.bind(node);
    world.locations.node.bind(node);
    world.products.rows = world.listings.rows = 1;
    world.products.id.bind(one);
    world.listings.id.bind(one);
    world.listings.product.bind(one);
    world.listings.channel.bind(one);
    world.supply.rows = supply_node.size();
    world.supply.product.bind(supply_product);
    world.supply.location.bind(supply_node);
    world.supply.quantity.bind(supply_quantity);
    world.supply.owner.bind(supply_owner);
    world.holds.rows = hold_channel.size();
    world.holds.id.bind(hold_channel);
    world.holds.product.bind(hold_product);
    world.holds.channel.bind(hold_channel);
    world.holds.quantity.bind(hold_quantity);
    world.channels.rows = channel.size();
    world.channels.id.bind(channel);
    world.channels.per_node.bind(std::span(per_node));
    world.channels.nodes.offsets.bind(node_offset);
    world.channels.nodes.values.bind(channel_node);
    if (owners) {
      world.channels.owners.offsets.bind(owner_offset);
      world.channels.owners.values.bind(channel_owner);
    }
    return world;
  }

  Values one{0}, node, supply_product, supply_node, supply_quantity, supply_owner;
  Values channel, channel_node, node_offset{0}, channel_owner, owner_offset{0}, per_node;
  Values hold_product, hold_channel, hold_quantity;
};

[[nodiscard]] double median_ms(const ats::World& world, int rounds) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    (void)ats::compute(world, {.threads = 1, .reasons = true, .checkpoint = {}});
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[static_cast<std::size_t>(rounds / 2)];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: promises NODES GROUPS SEED ROUNDS\n");
    return 2;
  }
  std::mt19937_64 random(std::stoull(argv[3]));
  double times[2] = {0, 0};
  for (const bool owners : {false, true}) {
    const Shop shop(std::stoll(argv[1]), std::stoll(argv[2]), owners, &random);
    times[owners ? 1 : 0] = median_ms(shop.world(owners), std::stoi(argv[4]));
  }
  std::printf("{\"alike\": %.6f, \"owners\": %.6f}\n", times[0], times[1]);
  return 0;
}
