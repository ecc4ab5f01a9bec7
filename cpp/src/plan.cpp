// SPDX-License-Identifier: LGPL-3.0-only
#include "plan.h"

#include <algorithm>
#include <limits>

#include "check.h"

namespace ats::internal {
namespace {

void index_table(std::span<const std::int64_t> ids, std::string_view table, IdIndex* index, Pacer* pacer) {
  if (const auto twin = index->build(ids, pacer)) refuse(ErrorCode::duplicate_id, {table, *twin, "id"});
}

void refuse_twins(std::span<const std::int64_t> ids, std::string_view table, Pacer* pacer) {
  if (const auto twin = first_twin(ids, pacer)) refuse(ErrorCode::duplicate_id, {table, *twin, "id"});
}

[[nodiscard]] Position known(const IdIndex& index, std::int64_t id, const Place& place) {
  const Position position = index.find(id);
  if (position == kNowhere) refuse(ErrorCode::unknown_reference, place);
  return position;
}

// The positions of a column of references. Tables tend to come sorted, so the
// row before is a good guess.
[[nodiscard]] std::vector<Position> resolve_column(const IdIndex& index, std::span<const std::int64_t> ids,
                                                   std::string_view table, std::string_view column, Pacer* pacer) {
  std::vector<Position> positions;
  grow(&positions, ids.size(), kNowhere, pacer);
  std::int64_t previous = kNone;
  Position position = kNowhere;
  for (std::size_t row = 0; row < ids.size(); ++row) {
    if (ids[row] != previous || position == kNowhere) {
      previous = ids[row];
      position = known(index, previous, {table, row, column});
    }
    positions[row] = position;
    pacer->spend(1);
  }
  return positions;
}

template <class T>
[[nodiscard]] std::vector<std::int64_t> sorted_list(const ListColumn<T>& list, std::size_t row) {
  std::vector<std::int64_t> items;
  for (std::size_t i = list.begin(row); i < list.end(row); ++i) items.push_back(list.values.raw(i));
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

[[nodiscard]] Time earlier(Time a, Time b) {
  if (!a.present() || !b.present()) return a.present() ? a : b;
  return std::min(a, b);
}

}  // namespace

bool Profile::same_choices(const Profile& other) const {
  return owners == other.owners && incoming_kinds == other.incoming_kinds && incoming_days == other.incoming_days &&
         incoming_percent == other.incoming_percent && min_life_days == other.min_life_days;
}

Plan::Plan(const World& checked_world, Pacer* pacer) : world(checked_world), demand_until(0), pacer_(pacer) {
  check_shape(world, pacer_);
  check_values(world, pacer_);
  demand_until = world.demand_horizon_days == kNone ? Time(std::numeric_limits<std::int64_t>::max())
                                                    : world.now.plus_days(world.demand_horizon_days);
  index_ids();
  resolve_locations();
  resolve_kits();
  resolve_channels();
  resolve_rules();
  resolve_facts();
  resolve_listings();
  take_kits_apart();
  pacer_ = nullptr;  // what follows is the computation's own
}

void Plan::index_ids() {
  index_table(world.nodes.id.values(), "nodes", &nodes_, pacer_);
  index_table(world.locations.id.values(), "locations", &locations_, pacer_);
  index_table(world.products.id.values(), "products", &products_, pacer_);
  index_table(world.channels.id.values(), "channels", &channels_, pacer_);
  refuse_twins(world.holds.id.values(), "holds", pacer_);
  refuse_twins(world.rules.id.values(), "rules", pacer_);
  refuse_twins(world.listings.id.values(), "listings", pacer_);
}

void Plan::resolve_locations() {
  location_node = resolve_column(nodes_, world.locations.node.values(), "locations", "node", pacer_);
}

void Plan::resolve_kits() {
  const Kits& table = world.kits;
  if (table.rows == 0) return;
  kit_graph.line_product.reserve(table.lines.values.size());
  for (std::size_t row = 0; row < table.rows; ++row) {
    pacer_->spend(4 + table.lines.end(row) - table.lines.begin(row));
    (void)known(products_, table.product.raw(row), {"kits", row, "product"});
    for (std::size_t i = table.lines.begin(row); i < table.lines.end(row); ++i) {
      const Position product = products_.find(table.lines.values.raw(i));
      if (product == kNowhere) {
        throw WorldError(ErrorCode::unknown_reference,
                         Place{"kits", row, "lines"}.pointer(i - table.lines.begin(row)) + "/product");
      }
      kit_graph.line_product.push_back(product);
    }
  }
  check_kits(world, pacer_);
  kit_graph.row_of.assign(world.products.rows, kNowhere);
  for (std::size_t row = 0; row < table.rows; ++row) {
    kit_graph.row_of[products_.find(table.product.raw(row))] = static_cast<Position>(row);
  }
}

void Plan::take_kits_apart() {
  if (world.kits.rows == 0) return;
  std::vector<bool> used(world.products.rows);
  for (std::size_t row = 0; row < world.rules.rows; ++row) {
    const bool quota = world.rules.kind.raw(row) == static_cast<std::int64_t>(RuleKind::quota);
    if (quota) used[products_.find(world.rules.product.raw(row))] = true;
  }
  const auto any = [](const RowGroups& rows, Position product) {
    const auto [first, last] = rows.range(product);
    return first != last;
  };
  for (Position product = 0; product < world.products.rows; ++product) {
    pacer_->spend(1);
    if (!is_kit(product)) continue;
    const bool promised = used[product] || any(demand, product) || any(holds, product);
    if (promised || any(listings, product)) used_kits.push_back(product);
  }
  kits = KitTable(world, kit_graph, used_kits, pacer_);
  kit_promises = KitPromises(*this, pacer_);
}

Position Plan::profile_of(std::size_t row) {
  const Channels& table = world.channels;
  Profile profile;
  profile.owners = sorted_list(table.owners, row);
  profile.incoming_kinds = sorted_list(table.incoming_kinds, row);
  profile.incoming_days = table.incoming_days.raw(row);
  profile.incoming_percent = table.incoming_percent.raw(row);
  profile.min_life_days = table.min_life_days.raw(row);
  profile.life_until = world.now.plus_days(profile.min_life_days);
  profile.incoming_until = world.now.plus_days(profile.incoming_days);
  const auto found =
      std::find_if(profiles.begin(), profiles.end(), [&](const Profile& other) { return other.same_choices(profile); });
  if (found != profiles.end()) return static_cast<Position>(found - profiles.begin());
  profiles.push_back(std::move(profile));
  return static_cast<Position>(profiles.size() - 1);
}

void Plan::resolve_channels() {
  const Channels& table = world.channels;
  channels.resize(table.rows);
  std::vector<std::size_t> last_user(world.nodes.rows, table.rows);  // the channel that named a node last
  for (std::size_t row = 0; row < table.rows; ++row) {
    Channel& channel = channels[row];
    channel.per_node = table.per_node[row];
    channel.share = table.share_percent[row];
    pacer_->spend(1 + profiles.size() + table.nodes.end(row) - table.nodes.begin(row));
    channel.profile = profile_of(row);
    for (std::size_t i = table.nodes.begin(row); i < table.nodes.end(row); ++i) {
      const std::size_t item = i - table.nodes.begin(row);
      const Position node = nodes_.find(table.nodes.values.raw(i));
      if (node == kNowhere) refuse_item(ErrorCode::unknown_reference, {"channels", row, "nodes"}, item);
      if (last_user[node] == row) refuse_item(ErrorCode::duplicate_node, {"channels", row, "nodes"}, item);
      last_user[node] = row;
      channel.nodes.push_back(node);
    }
  }
}

void Plan::resolve_rules() {
  const Rules& table = world.rules;
  for (std::size_t row = 0; row < table.rows; ++row) {
    pacer_->spend(4);
    if (table.product[row].present()) (void)known(products_, table.product.raw(row), {"rules", row, "product"});
    if (table.node[row].present()) (void)known(nodes_, table.node.raw(row), {"rules", row, "node"});
    if (table.channel[row].present()) (void)known(channels_, table.channel.raw(row), {"rules", row, "channel"});
  }
  rules = std::make_unique<RuleIndex>(world, RuleTargets{products_, nodes_, channels_}, pacer_);
  for (std::size_t position = 0; position < channels.size(); ++position) {
    Channel& channel = channels[position];
    for (const Rule& rule : rules->global_tier()) {
      pacer_->spend(1 + channel.nodes.size() / 8);
      const bool reaches =
          rule.target == kNowhere || (acts_on_nodes(rule.kind) ? std::find(channel.nodes.begin(), channel.nodes.end(),
                                                                           rule.target) != channel.nodes.end()
                                                               : rule.target == position);
      if (reaches) channel.rules_next_change = earlier(channel.rules_next_change, rule.next_change);
    }
    selling_changes = selling_changes || channel.rules_next_change.present();
  }
  find_quotas();
  for (const Rule& rule : rules->global_tier()) rules_next_change = earlier(rules_next_change, rule.next_change);
}

void Plan::find_quotas() {
  const Rules& table = world.rules;
  Tiers tiers;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (table.kind.raw(row) != static_cast<std::int64_t>(RuleKind::quota)) continue;
    const Position product = products_.find(table.product.raw(row));
    const Position channel = channels_.find(table.channel.raw(row));
    rules->tiers_of(world, product, &tiers);
    pacer_->spend(4 + (tiers.empty() ? 0 : tiers.front()->size() / 4));
    const Rule* rule = rules->winner(tiers, RuleKind::quota, channel);
    const bool wins = rule != nullptr && rule->id == table.id[row];
    if (wins && rule->fixed > Quantity()) quotas.push_back({product, channel, rule});
  }
}

void Plan::resolve_facts() {
  const auto by_product = [&](const Column<ProductId>& column, std::string_view table) {
    return RowGroups(resolve_column(products_, column.values(), table, "product", pacer_), world.products.rows, pacer_);
  };
  supply = by_product(world.supply.product, "supply");
  supply_location = resolve_column(locations_, world.supply.location.values(), "supply", "location", pacer_);
  demand = by_product(world.demand.product, "demand");
  demand_node = resolve_column(nodes_, world.demand.node.values(), "demand", "node", pacer_);
  incoming = by_product(world.incoming.product, "incoming");
  incoming_node = resolve_column(nodes_, world.incoming.node.values(), "incoming", "node", pacer_);
  holds = by_product(world.holds.product, "holds");
  hold_node.assign(world.holds.rows, kNowhere);
  hold_channel.assign(world.holds.rows, kNowhere);
  for (std::size_t row = 0; row < world.holds.rows; ++row) {
    pacer_->spend(2);
    if (world.holds.channel[row].present())
      hold_channel[row] = known(channels_, world.holds.channel.raw(row), {"holds", row, "channel"});
    if (world.holds.node[row].present())
      hold_node[row] = known(nodes_, world.holds.node.raw(row), {"holds", row, "node"});
    pooled_holds = pooled_holds || hold_node[row] == kNowhere;
  }
}

void Plan::resolve_listings() {
  const Listings& table = world.listings;
  listing_channel = resolve_column(channels_, table.channel.values(), "listings", "channel", pacer_);
  const std::vector<Position> product =
      resolve_column(products_, table.product.values(), "listings", "product", pacer_);
  for (std::size_t row = 0; row < table.rows; ++row) {
    pacer_->spend(1);
    if (!world.products.storable[product[row]] && !is_kit(product[row])) {
      refuse(ErrorCode::untracked, {"listings", row, "product"});
    }
  }
  listings = RowGroups(product, world.products.rows, pacer_);
  selling_changes = selling_changes || (table.override_quantity.given() && table.override_until.given());
  if (std::none_of(channels.begin(), channels.end(), [](const Channel& channel) { return channel.per_node; })) return;
  level_offsets_.assign(1, 0);
  for (std::size_t row = 0; row < table.rows; ++row) {
    pacer_->spend(1);
    const Channel& channel = channels[listing_channel[row]];
    level_offsets_.push_back(level_offsets_.back() + (channel.per_node ? channel.nodes.size() : 1));
  }
}

}  // namespace ats::internal
