// SPDX-License-Identifier: LGPL-3.0-only
//
// compare_rules PRODUCTS SEED ROUNDS: other rules for a shop of products on
// ten channels. Compares what compare() says with computing all levels twice
// and looking, then times both and prints one JSON object: for each change of
// rules the best times in seconds and how many levels change.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "ats/compare.h"
#include "ats/rules.h"
#include "shop.h"

namespace {

using Clock = std::chrono::steady_clock;

[[nodiscard]] double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The shop's rules with one of them changed or one more.
struct Change final {
  const char* name;
  ats::RuleKind kind;
  std::int64_t product;
  std::int64_t channel;
};

class OtherRules final {
 public:
  OtherRules(const bench::Shop& shop, const Change& change) : shop_(shop) {
    shop_.rule_id.push_back(1'000'000'000);
    shop_.rule_kind.push_back(static_cast<std::int64_t>(change.kind));
    shop_.rule_product.push_back(change.product);
    shop_.rule_node.push_back(ats::kNone);
    shop_.rule_channel.push_back(change.channel);
    shop_.rule_fixed.push_back(20'000'000);
    shop_.rule_percent.push_back(ats::kNone);
    sequence_.assign(shop_.rule_id.size(), 10);
    sequence_.back() = 1;  // it wins
    world_ = shop_.world();
    world_.rules.sequence.bind(sequence_);
  }
  [[nodiscard]] const ats::World& world() const { return world_; }

 private:
  bench::Shop shop_;
  std::vector<std::int64_t> sequence_;
  ats::World world_;
};

[[nodiscard]] ats::Levels levels(const ats::World& world) {
  return ats::compute(world, {.threads = 0, .reasons = false, .checkpoint = {}});
}

// Computes all levels twice and looks.
[[nodiscard]] ats::Comparison by_hand(const ats::World& before, const ats::World& after) {
  const ats::Levels was = levels(before);
  const ats::Levels is = levels(after);
  ats::Comparison out;
  for (std::size_t i = 0; i < was.quantity.size(); ++i) {
    if (was.quantity[i] == is.quantity[i]) continue;
    out.listing.push_back(was.listing[i]);
    out.node.push_back(was.node[i]);
    out.before.push_back(was.quantity[i]);
    out.after.push_back(is.quantity[i]);
  }
  return out;
}

[[nodiscard]] bool same(const ats::Comparison& a, const ats::Comparison& b) {
  return a.listing == b.listing && a.node == b.node && a.before == b.before && a.after == b.after;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: compare_rules PRODUCTS SEED ROUNDS\n");
    return 2;
  }
  const bench::Shop shop(std::stoll(argv[1]), std::stoull(argv[2]));
  const ats::World world = shop.world();
  const Change changes[] = {
      {"all products and channels", ats::RuleKind::node_buffer, ats::kNone, ats::kNone},
      {"one channel", ats::RuleKind::cap, ats::kNone, shop.channel_id[1]},
      {"one product", ats::RuleKind::node_buffer, shop.product_id[7], ats::kNone},
  };
  std::printf("[");
  for (const Change& change : changes) {
    const OtherRules other(shop, change);
    const ats::Comparison expected = by_hand(world, other.world());
    if (!same(ats::compare(world, other.world().rules), expected)) {
      std::fprintf(stderr, "compare_rules: %s: the answers differ\n", change.name);
      return 1;
    }
    double engine = 1e9;
    double twice = 1e9;
    for (int round = 0; round < std::stoi(argv[3]); ++round) {  // interleaved, so that noise meets both alike
      engine = std::min(engine, seconds_of([&] { (void)ats::compare(world, other.world().rules); }));
      twice = std::min(twice, seconds_of([&] { (void)by_hand(world, other.world()); }));
    }
    std::printf("%s{\"change\": \"%s\", \"compare\": %.6f, \"twice\": %.6f, \"changed\": %zu}",
                &change == &changes[0] ? "" : ", ", change.name, engine, twice, expected.listing.size());
  }
  std::printf("]\n");
  return 0;
}
