// SPDX-License-Identifier: LGPL-3.0-only
#include "compute.h"

#include <algorithm>

#include "next_change.h"

namespace ats::internal {

ProductComputer::ProductComputer(const Plan& plan, bool reasons, LevelSink* sink)
    : plan_(plan), sink_(sink), stage_(plan), waterfall_(reasons) {}

Time ProductComputer::compute(Position product) {
  if (plan_.rules->scoped()) plan_.rules->tiers_of(plan_.world, product, &tiers_);
  find_profiles(product);
  for (const Position profile : profiles_) compute_profile(product, profile);
  return next_change_of(plan_, product, tiers_, profiles_);
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
  stage_.enter(product, plan_.profiles[profile], tiers_);
  const auto [first, last] = plan_.listings.range(product);
  for (Position i = first; i < last; ++i) {
    const Position listing = plan_.listings.row(i);
    if (plan_.channels[plan_.listing_channel[listing]].profile == profile) compute_listing(product, listing);
  }
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

void ProductComputer::compute_listing(Position product, Position listing) {
  const Channel& channel = plan_.channels[plan_.listing_channel[listing]];
  const ListingTerms terms = terms_of(product, listing);
  if (channel.per_node) {
    write_node_levels(listing, channel, terms);
  } else {
    write_pool_level(listing, channel, terms);
  }
}

void ProductComputer::write_pool_level(Position listing, const Channel& channel, const ListingTerms& terms) {
  waterfall_.clear();
  if (waterfall_.wanted()) explain_nodes(channel.nodes);
  const Quantity level = channel_level(stage_.free(channel.nodes), terms, &waterfall_);
  sink_->write({plan_.first_level(listing), level, waterfall_.steps()});
}

void ProductComputer::write_node_levels(Position listing, const Channel& channel, const ListingTerms& terms) {
  std::size_t slot = plan_.first_level(listing);
  std::vector<Position> alone(1);
  for (const Position node : channel.nodes) {
    waterfall_.clear();
    alone[0] = node;
    if (waterfall_.wanted()) explain_nodes(alone);
    const Quantity level = channel_level(stage_.free(node), terms, &waterfall_);
    sink_->write({slot++, level, waterfall_.steps()});
  }
}

void ProductComputer::explain_nodes(const std::vector<Position>& nodes) {
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
void ProductComputer::explain_node_buffers(const std::vector<Position>& nodes) {
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
