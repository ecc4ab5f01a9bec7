// SPDX-License-Identifier: LGPL-3.0-only
//
// engine_levels PRODUCTS SEED ROUNDS: compares the answers, then times them in
// turn and prints one JSON object: the best time of each in seconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "ats/engine.h"
#include "shop.h"

namespace {

using Clock = std::chrono::steady_clock;

[[nodiscard]] double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

[[nodiscard]] ats::Levels engine(const ats::World& world, int threads, bool reasons) {
  return ats::compute(world, {.threads = threads, .reasons = reasons, .checkpoint = {}});
}

[[nodiscard]] bool same_answer(const bench::Shop& shop) {
  const bench::Answer expected = bench::hand_loop(shop);
  ats::Levels levels = engine(shop.world(), 1, false);
  return bench::Answer{levels.listing, levels.node, levels.quantity} == expected;
}

struct Best final {
  double seconds = 1e9;
  void time(const std::function<void()>& work) { seconds = std::min(seconds, seconds_of(work)); }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: engine_levels PRODUCTS SEED ROUNDS\n");
    return 2;
  }
  const bench::Shop shop(std::stoll(argv[1]), std::stoull(argv[2]));
  const ats::World world = shop.world();
  if (!same_answer(shop)) {
    std::fprintf(stderr, "engine_levels: the answers differ\n");
    return 1;
  }
  Best by_hand, serial, spread, explained;
  for (int round = 0; round < std::stoi(argv[3]); ++round) {  // interleaved, so that noise meets all alike
    by_hand.time([&] { (void)bench::hand_loop(shop); });
    serial.time([&] { (void)engine(world, 1, false); });
    spread.time([&] { (void)engine(world, ats::Options::kThreadsMax, false); });
    explained.time([&] { (void)engine(world, 1, true); });
  }
  std::printf("{\"listings\": %zu, \"hand_loop\": %.6f, \"serial\": %.6f, \"threads\": %.6f, \"reasons\": %.6f}\n",
              shop.listing_id.size(), by_hand.seconds, serial.seconds, spread.seconds, explained.seconds);
  return 0;
}
