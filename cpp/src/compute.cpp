// SPDX-License-Identifier: LGPL-3.0-only
#include "compute.h"

#include <algorithm>

#include "next_change.h"

namespace ats::internal {

ProductComputer::ProductComputer(const Plan& plan, const Commitments& commitments, bool reasons, LevelSink* sink,
                                 Pacer* pacer)
    : plan_(plan),
      commitments_(commitments),
      sink_(sink),
      pacer_(pacer),
      stage_(plan),
      kit_stage_(plan, &stage_),
      pool_(plan, commitments, pacer),
      waterfall_(reasons) {
  if (!plan.used_kits.empty()) kit_index_.assign(plan.world.nodes.rows, kNowhere);
}

Time ProductComputer::compute(Position product) {
  product_ = product;
  is_kit_ = plan_.is_kit(product);
  if (plan_.rules->scoped()) plan_.rules->tiers_of(plan_.world, product, &tiers_);
  pooled_ = pool_.enter(product, tiers_);
  find_profiles(product);
  for (const Position profile : profiles_) compute_profile(product, profile);
  return next_change_of(plan_, commitments_, product, tiers_, profiles_);
}

void ProductComputer::find_profiles(Position product) {
  if (plan_.profiles.size() == 1) {
    profiles_.assign(1, 0);
    return;
  }
  profiles_.clear();
  const auto [first, last] = plan_.listings.range(product);
  for (Position i = first; i < last; ++i) {
    const Position profile = plan_.channels[plan_.listing_channel[plan_.listings.row(i)]].profile;
    if (std::find(profiles_.begin(), profiles_.end(), profile) == profiles_.end()) profiles_.push_back(profile);
  }
}

void ProductComputer::compute_profile(Position product, Position profile) {
  if (is_kit_) {
    enter_kit(product, profile);
  } else {
    pacer_->spend(plan_.fact_rows(product));
    stage_.enter(product, plan_.profiles[profile], tiers_);
  }
  const auto [first, last] = plan_.listings.range(product);
  for (Position i = first; i < last; ++i) {
    const Position listing = plan_.listings.row(i);
    if (plan_.channels[plan_.listing_channel[listing]].profile == profile) compute_listing(product, listing);
  }
}

// Works out the nodes of all channels of that profile that list the kit.
void ProductComputer::enter_kit(Position kit, Position profile) {
  for (const Position node : kit_nodes_) kit_index_[node] = kNowhere;
  kit_nodes_.clear();
  const auto [first, last] = plan_.listings.range(kit);
  for (Position i = first; i < last; ++i) {
    const Channel& channel = plan_.channels[plan_.listing_channel[plan_.listings.row(i)]];
    if (channel.profile != profile) continue;
    for (const Position node : channel.nodes) {
      if (kit_index_[node] != kNowhere) continue;
      kit_index_[node] = static_cast<Position>(kit_nodes_.size());
      kit_nodes_.push_back(node);
    }
  }
  for (const Component& component : plan_.kits.components(kit)) {
    pacer_->spend(16 + kit_nodes_.size() + plan_.fact_rows(component.product));
  }
  kit_stage_.enter(kit, plan_.profiles[profile], kit_nodes_,
                   [this](Position component) { return !commitments_.of(component).empty(); });
}

ListingTerms ProductComputer::terms_of(Position product, Position listing) const {
  const Listings& table = plan_.world.listings;
  const Position channel = plan_.listing_channel[listing];
  const Time until = table.override_until[listing];
  const bool stated = table.override_quantity.raw(listing) != kNone;
  return {.decimals = Decimals(plan_.world.products.decimals[product]),
          .share = plan_.channels[channel].share,
          .unit = table.unit[listing],
          .rules = plan_.rules->channel_rules(tiers_, channel),
          .has_override = stated && (!until.present() || plan_.world.now < until),
          .override_quantity = table.override_quantity[listing],
          .blocked = table.blocked[listing]};
}

// What a node can give if nobody was promised anything without a node.
Quantity ProductComputer::node_quantity(Position node) const {
  return is_kit_ ? kit_stage_.states()[kit_index_[node]].free : stage_.free(node);
}

Quantity ProductComputer::sum_of_nodes(const std::vector<Position>& nodes) const {
  if (!is_kit_) return stage_.free(nodes);
  Quantity sum;
  for (const Position node : nodes) sum += node_quantity(node);
  return sum;
}

void ProductComputer::compute_listing(Position product, Position listing) {
  const Position position = plan_.listing_channel[listing];
  const Channel& channel = plan_.channels[position];
  const ListingTerms terms = terms_of(product, listing);
  pacer_->spend(4 + channel.nodes.size());
  std::span<const Quantity> granted;
  if (pooled_) {
    limits_.assign(channel.nodes.size(), Ratio::kMost);
    for (std::size_t i = 0; is_kit_ && i < limits_.size(); ++i) {
      limits_[i] = kit_stage_.states()[kit_index_[channel.nodes[i]]].open_limit;
    }
    granted = pool_.grant(position, limits_);
  }
  std::size_t slot = plan_.first_level(listing);
  if (!channel.per_node) {
    Quantity sum;
    for (const Quantity quantity : granted) sum += quantity;
    write_level(slot, channel.nodes, pooled_ ? sum : sum_of_nodes(channel.nodes), terms);
    return;
  }
  for (std::size_t i = 0; i < channel.nodes.size(); ++i) {
    const Position& node = channel.nodes[i];
    write_level(slot++, std::span(&node, 1), pooled_ ? granted[i] : node_quantity(node), terms);
  }
}

void ProductComputer::write_level(std::size_t slot, std::span<const Position> nodes, Quantity quantity,
                                  const ListingTerms& terms) {
  waterfall_.clear();
  if (waterfall_.wanted()) explain(nodes, quantity);
  const Quantity level = channel_level(quantity, terms, &waterfall_);
  sink_->write({slot, level, waterfall_.steps(), waterfall_.details()});
}

// The steps up to what the nodes are granted together.
void ProductComputer::explain(std::span<const Position> nodes, Quantity quantity) {
  if (is_kit_) {
    explain_kit(nodes);
  } else {
    explain_nodes(nodes);
  }
  if (!pooled_) return;
  Quantity alone;
  for (const Position node : nodes) alone += node_quantity(node);
  waterfall_.change(ReasonCode::pool_commitment, alone, quantity);
  if (const auto lacking = pool_.overcommitment(nodes)) {
    waterfall_.flag(ReasonCode::overcommitted);
    const ProductId component = is_kit_ ? plan_.world.products.id[lacking->component] : ProductId(kNone);
    waterfall_.detail({NodeId(kNone), component, is_kit_ ? Quantity(kNone) : lacking->shortage});
  }
}

void ProductComputer::explain_kit(std::span<const Position> nodes) {
  if (plan_.kits.components(product_).empty()) {
    waterfall_.flag(ReasonCode::kit_empty);
    return;
  }
  Quantity sum;
  for (const Position node : nodes) sum += kit_stage_.states()[kit_index_[node]].free;
  if (sum == Quantity()) return;
  waterfall_.step(ReasonCode::kit_components, sum);
  for (const Position node : nodes) {
    const KitState& state = kit_stage_.states()[kit_index_[node]];
    waterfall_.detail({plan_.world.nodes.id[node], plan_.world.products.id[state.component], state.free});
  }
}

void ProductComputer::explain_nodes(std::span<const Position> nodes) {
  NodeState sum;
  for (const Position node : nodes) {
    const NodeState* state = stage_.find(node);
    if (state == nullptr) continue;
    sum.on_hand += state->on_hand;
    sum.withheld_location += state->withheld_location;
    sum.withheld_blocked += state->withheld_blocked;
    sum.withheld_expired += state->withheld_expired;
    sum.withheld_owner += state->withheld_owner;
    sum.reserved += state->reserved;
    sum.demand += state->demand;
    sum.hold += state->hold;
    sum.incoming += state->incoming;
    sum.floor += state->floor;
  }
  waterfall_.step(ReasonCode::on_hand, sum.on_hand);
  waterfall_.step(ReasonCode::withheld_location, -sum.withheld_location);
  waterfall_.step(ReasonCode::withheld_blocked, -sum.withheld_blocked);
  waterfall_.step(ReasonCode::withheld_expired, -sum.withheld_expired);
  waterfall_.step(ReasonCode::withheld_owner, -sum.withheld_owner);
  waterfall_.step(ReasonCode::reserved, -sum.reserved);
  waterfall_.step(ReasonCode::demand, -sum.demand);
  waterfall_.step(ReasonCode::node_hold, -sum.hold);
  waterfall_.step(ReasonCode::incoming, sum.incoming);
  explain_node_buffers(nodes);
  waterfall_.step(ReasonCode::node_floor, sum.floor);
}

// Names the rule if the same one acted in every node that has a buffer, and
// the node if there is only one such node among several.
void ProductComputer::explain_node_buffers(std::span<const Position> nodes) {
  Quantity sum;
  RuleId rule(kNone);
  NodeId only(kNone);
  std::size_t buffered = 0;
  for (const Position node : nodes) {
    const NodeState* state = stage_.find(node);
    if (state == nullptr || state->buffer == Quantity()) continue;
    sum += state->buffer;
    const RuleId acting = state->buffer_rule->id;
    rule = buffered == 0 || rule == acting ? acting : RuleId(kNone);
    only = plan_.world.nodes.id[node];
    ++buffered;
  }
  if (buffered == 0) return;
  const bool one_of_several = buffered == 1 && nodes.size() > 1;
  waterfall_.step(ReasonCode::node_buffer, -sum, rule, one_of_several ? only : NodeId(kNone));
}

}  // namespace ats::internal
