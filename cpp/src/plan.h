// SPDX-License-Identifier: LGPL-3.0-only
//
// A world made ready for computing: checked, with every reference resolved to
// a position and every table grouped by product.
#pragma once

#include <memory>
#include <vector>

#include "ats/world.h"
#include "id_index.h"
#include "kit.h"
#include "kit_promises.h"
#include "pacer.h"
#include "rule_index.h"

namespace ats::internal {

// What decides which facts a channel counts. Channels with equal profiles see
// the same quantity in every node, which is then worked out once for them all.
struct Profile final {
  std::vector<std::int64_t> owners;          // sorted
  std::vector<std::int64_t> incoming_kinds;  // sorted
  std::int64_t incoming_days = 0;
  std::int64_t incoming_percent = 0;  // millionths of a percent
  std::int64_t min_life_days = 0;
  Time life_until{0};      // rows that expire at this time or before are withheld
  Time incoming_until{0};  // incoming expected after this time does not count
  [[nodiscard]] bool same_choices(const Profile& other) const;
};

struct Channel final {
  std::vector<Position> nodes;  // in sourcing order
  Position profile = 0;
  bool per_node = false;
  Percent share{Percent::kHundred};
  Time rules_next_change{kNone};  // of the global rules that reach this channel or its nodes
};

// A quota that is live, above zero, and the one that wins for its product and
// channel.
struct Quota final {
  Position product;
  Position channel;
  const Rule* rule;
};

// Thread safety: building is for one thread, reading for any number of threads.
// The world must outlive the plan.
class Plan final {
 public:
  // Checks the whole world; throws WorldError, and what the pacer throws.
  Plan(const World& world, Pacer* pacer);

  const World& world;
  Time demand_until;  // demand due after this time does not count
  std::vector<Position> location_node;
  std::vector<Channel> channels;
  std::vector<Profile> profiles;

  // By row of the table: the position of what the row refers to.
  std::vector<Position> supply_location;
  std::vector<Position> demand_node;
  std::vector<Position> incoming_node;
  std::vector<Position> hold_node;     // kNowhere for a hold without a node
  std::vector<Position> hold_channel;  // kNowhere for a hold without a channel
  bool pooled_holds = false;           // whether there is a hold without a node
  std::vector<Position> listing_channel;

  // Rows by position of the product.
  RowGroups supply;
  RowGroups demand;
  RowGroups incoming;
  RowGroups holds;
  RowGroups listings;

  // Kits: which products are one, those that are sold or promised in any way
  // (positions of products, each once), what they need, and what their
  // promises take of components.
  KitGraph kit_graph;
  std::vector<Position> used_kits;
  KitTable kits;
  KitPromises kit_promises;

  [[nodiscard]] bool is_kit(Position product) const { return kit_graph.has(product); }
  [[nodiscard]] bool hold_is_live(Position row) const {
    const Time expires = world.holds.expires[row];
    return !expires.present() || world.now < expires;
  }

  // Rules with their own look-up; never null after construction.
  std::unique_ptr<RuleIndex> rules;

  std::vector<Quota> quotas;  // in the order of the rules

  // When the first of all global rules starts or ends.
  Time rules_next_change{kNone};

  // Whether a global rule or an override starts or ends after now.
  bool selling_changes = false;

  // How many rows of supply, demand, incoming and holds name a product.
  [[nodiscard]] std::size_t fact_rows(Position product) const {
    std::size_t rows = 0;
    for (const RowGroups* groups : {&supply, &demand, &incoming, &holds}) {
      const auto [first, last] = groups->range(product);
      rows += last - first;
    }
    return rows;
  }

  // Where the levels of a listing start among all levels.
  [[nodiscard]] std::size_t first_level(std::size_t listing) const {
    return level_offsets_.empty() ? listing : level_offsets_[listing];
  }
  [[nodiscard]] bool one_level_each() const { return level_offsets_.empty(); }
  [[nodiscard]] std::size_t levels() const { return first_level(world.listings.rows); }

 private:
  void index_ids();
  void resolve_locations();
  void resolve_kits();
  void resolve_channels();
  void resolve_rules();
  void find_quotas();
  void resolve_facts();
  void resolve_listings();
  void take_kits_apart();
  [[nodiscard]] Position profile_of(std::size_t channel_row);

  Pacer* pacer_;  // while it is built
  IdIndex nodes_;
  IdIndex locations_;
  IdIndex products_;
  IdIndex channels_;
  std::vector<std::size_t> level_offsets_;  // empty: listing i has level i
};

}  // namespace ats::internal
