// SPDX-License-Identifier: LGPL-3.0-only
#include "pool.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "ats/engine.h"
#include "book.h"

using namespace ats;
using namespace ats::internal;

namespace {

using Random = std::mt19937_64;

[[nodiscard]] std::int64_t below(Random* random, std::int64_t limit) {
  return static_cast<std::int64_t>((*random)() % static_cast<std::uint64_t>(limit));
}

constexpr std::int64_t kNodes = 4;
constexpr std::int64_t kChannels = 5;

// One product; channels that differ in the owners they sell for and in their
// nodes; holds without a node; some stock below zero.
[[nodiscard]] Book random_shop(Random* random) {
  Book book;
  book.now = Time(0);
  book.add(ProductRow{.id = ProductId(1), .decimals = 6});
  for (std::int64_t n = 0; n < kNodes; ++n) {
    book.add(NodeRow{.id = NodeId(n)});
    book.add(LocationRow{.id = LocationId(n), .node = NodeId(n)});
    for (std::int64_t row = below(random, 3); row >= 0; --row) {
      const std::int64_t owner = below(random, 3);
      book.add(SupplyRow{.product = ProductId(1),
                         .location = LocationId(n),
                         .quantity = Quantity(below(random, 12) - 2),
                         .owner = OwnerId(owner == 0 ? kNone : owner)});
    }
  }
  for (std::int64_t c = 0; c < kChannels; ++c) {
    ChannelRow channel{.id = ChannelId(c), .per_node = true};
    for (std::int64_t n = 0; n < kNodes; ++n) {
      if (below(random, 2) == 0) channel.nodes.push_back(n);
    }
    for (std::int64_t owner = 1; owner < 3; ++owner) {
      if (below(random, 2) == 0) channel.owners.push_back(owner);
    }
    std::shuffle(channel.nodes.begin(), channel.nodes.end(), *random);
    book.add(channel);
    book.add(HoldRow{
        .id = HoldId(c), .product = ProductId(1), .quantity = Quantity(below(random, 9)), .channel = ChannelId(c)});
    book.add(ListingRow{.id = ListingId(c), .channel = ChannelId(c), .product = ProductId(1)});
  }
  return book;
}

// The formula as it stands in the model, over every J and X, for one stocked
// product: slow, and without any of the engine's short cuts but free(S, n).
class Formula final {
 public:
  Formula(const Plan& plan, const Commitments& commitments) : plan_(plan), rows_(commitments.of(0)), stage_(plan) {
    for (Position profile = 0; profile < plan.profiles.size(); ++profile) profiles_.push_back(profile);
    stage_.enter(0, profiles_, {});
    const std::int64_t none = 0;
    for (std::size_t j = 0; j < (std::size_t{1} << rows_.size()); ++j) {
      short_ = std::max(short_, asked(j) - cap(j, 0, none));
    }
  }

  [[nodiscard]] std::vector<std::int64_t> granted(Position channel) const {
    const std::vector<Position>& nodes = plan_.channels[channel].nodes;
    std::vector<std::int64_t> x(nodes.size(), 0);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      std::int64_t least = std::numeric_limits<std::int64_t>::max();
      for (std::size_t set = 0; set < (std::size_t{1} << nodes.size()); ++set) {
        if (((set >> n) & 1) == 0) continue;
        std::int64_t others = 0;
        for (std::size_t m = 0; m < nodes.size(); ++m) others += m != n && ((set >> m) & 1) != 0 ? x[m] : 0;
        for (std::size_t j = 0; j < (std::size_t{1} << rows_.size()); ++j) {
          least = std::min(least, cap(j, set, channel) - asked(j) + short_ - others);
        }
      }
      x[n] = std::max<std::int64_t>(0, least);
    }
    return x;
  }

 private:
  [[nodiscard]] std::int64_t asked(std::size_t j) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) sum += ((j >> i) & 1) != 0 ? rows_[i].quantity.millionths() : 0;
    return sum;
  }

  [[nodiscard]] static bool has(const std::vector<Position>& nodes, Position node) {
    return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
  }

  [[nodiscard]] std::int64_t cap(std::size_t j, std::size_t set, std::int64_t channel) const {
    std::int64_t sum = 0;
    for (Position node = 0; node < plan_.world.nodes.rows; ++node) {
      std::vector<Position> channels;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (((j >> i) & 1) != 0 && has(plan_.channels[rows_[i].channel].nodes, node)) {
          channels.push_back(rows_[i].channel);
        }
      }
      const std::vector<Position>& own = plan_.channels[static_cast<Position>(channel)].nodes;
      for (std::size_t m = 0; m < own.size(); ++m) {
        if (((set >> m) & 1) != 0 && own[m] == node) channels.push_back(static_cast<Position>(channel));
      }
      sum += free(channels, node);
    }
    return sum;
  }

  [[nodiscard]] std::int64_t free(const std::vector<Position>& channels, Position node) const {
    const NodeTable* table = stage_.find(node);
    if (table == nullptr) return 0;
    ProfileSet set = 0;
    for (const Position channel : channels) {
      set = static_cast<ProfileSet>(set | table->class_bit[plan_.channels[channel].profile]);
    }
    return table->free[set];
  }

  const Plan& plan_;
  std::span<const Commitment> rows_;
  SetStage stage_;
  std::vector<Position> profiles_;
  std::int64_t short_ = 0;
};

}  // namespace

TEST_CASE("what is granted is the formula over every subset of promises and nodes", "[pool]") {
  Random random(20'261'121);
  int bound = 0;
  for (int round = 0; round < 400; ++round) {
    const Columns columns = random_shop(&random).columns();
    Pacer pacer;
    const Plan plan(columns.world, &pacer);
    const Commitments commitments(plan, &pacer);
    if (commitments.none()) continue;
    const Formula formula(plan, commitments);
    const Levels levels = compute(columns.world);
    std::size_t at = 0;
    for (Position channel = 0; channel < plan.channels.size(); ++channel) {
      for (const std::int64_t expected : formula.granted(channel)) {
        CHECK(levels.quantity.at(at++) == expected);
        ++bound;
      }
    }
    CHECK(at == levels.quantity.size());
  }
  CHECK(bound > 1000);
}

TEST_CASE("a set of one channel gets what the node stage gives it", "[pool]") {
  Random random(7);
  for (int round = 0; round < 100; ++round) {
    const Columns columns = random_shop(&random).columns();
    Pacer pacer;
    const Plan plan(columns.world, &pacer);
    std::vector<Position> profiles;
    for (Position profile = 0; profile < plan.profiles.size(); ++profile) profiles.push_back(profile);
    SetStage sets(plan);
    sets.enter(0, profiles, {});
    NodeStage nodes(plan);
    for (const Position profile : profiles) {
      nodes.enter(0, plan.profiles[profile], {});
      for (Position node = 0; node < plan.world.nodes.rows; ++node) {
        const NodeTable* table = sets.find(node);
        const std::int64_t free = table == nullptr ? 0 : table->free[table->class_bit[profile]];
        CHECK(Quantity(free) == nodes.free(node));
      }
    }
  }
}

TEST_CASE("promises beyond all quantities are refused at the product", "[pool]") {
  Book book;
  book.now = Time(0);
  book.add(NodeRow{.id = NodeId(1)});
  book.add(ProductRow{.id = ProductId(1)});
  book.add(ChannelRow{.id = ChannelId(1), .nodes = {1}});
  book.add(ListingRow{.id = ListingId(1), .channel = ChannelId(1), .product = ProductId(1)});
  for (std::int64_t hold = 0; hold < 3; ++hold) {
    book.add(HoldRow{.id = HoldId(hold),
                     .product = ProductId(1),
                     .quantity = Quantity(std::numeric_limits<std::int64_t>::max() / 2),
                     .channel = ChannelId(1)});
  }
  const Columns columns = book.columns();
  try {
    (void)compute(columns.world);
    FAIL("accepted");
  } catch (const WorldError& error) {
    CHECK(error.code() == ErrorCode::overflow);
    CHECK(error.pointer() == "/products/0");
  }
}

TEST_CASE("one heavy product asks often whether there is time left", "[pool]") {
  Book book;
  book.now = Time(0);
  book.add(ProductRow{.id = ProductId(1)});
  std::vector<std::int64_t> nodes;
  for (std::int64_t n = 0; n < 40; ++n) {
    nodes.push_back(n);
    book.add(NodeRow{.id = NodeId(n)});
    book.add(LocationRow{.id = LocationId(n), .node = NodeId(n)});
    book.add(SupplyRow{.product = ProductId(1), .location = LocationId(n), .quantity = Quantity(50)});
  }
  for (std::int64_t c = 0; c < 60; ++c) {
    book.add(ChannelRow{.id = ChannelId(c), .nodes = nodes});
    book.add(ListingRow{.id = ListingId(c), .channel = ChannelId(c), .product = ProductId(1)});
    book.add(HoldRow{.id = HoldId(c), .product = ProductId(1), .quantity = Quantity(c + 1), .channel = ChannelId(c)});
  }
  const Columns columns = book.columns();
  int asked = 0;
  (void)compute(columns.world, {.threads = 1, .reasons = false, .checkpoint = [&] { ++asked; }});
  CHECK(asked >= 3);
}
