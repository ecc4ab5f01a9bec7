// SPDX-License-Identifier: LGPL-3.0-only
//
// The answer: levels and their waterfalls, as flat columns.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ats/types.h"

namespace ats {

// The steps of a waterfall, in the order in which they are shown.
enum class ReasonCode : std::uint8_t {
  on_hand,
  withheld_location,
  withheld_blocked,
  withheld_expired,
  withheld_owner,
  reserved,
  demand,
  node_hold,
  incoming,
  node_buffer,
  node_floor,
  kit_components,
  kit_empty,
  pool_commitment,
  overcommitted,
  share,
  channel_buffer,
  unit,
  rounding,
  stop_sell,
  cap,
  override_,
  blocked,
};

// In the order of ReasonCode; a column of codes holds positions in this list.
inline constexpr std::array<std::string_view, 23> kReasonCodeNames = {
    "on_hand",
    "withheld_location",
    "withheld_blocked",
    "withheld_expired",
    "withheld_owner",
    "reserved",
    "demand",
    "node_hold",
    "incoming",
    "node_buffer",
    "node_floor",
    "kit_components",
    "kit_empty",
    "pool_commitment",
    "overcommitted",
    "share",
    "channel_buffer",
    "unit",
    "rounding",
    "stop_sell",
    "cap",
    "override",
    "blocked",
};

// One step of a waterfall. The quantities of a level's steps add up exactly to
// the level. `rule` is there when one rule caused the step, `node` when one node
// of several did; `details` is how many of the level's details are this step's.
struct Reason final {
  ReasonCode code;
  std::uint32_t details = 0;
  Quantity quantity;
  RuleId rule{kNone};
  NodeId node{kNone};
};

// What few steps have more to say. Of kit_components, one for each node: the
// component that limits the kit there, and how many of the kit the node can
// ship. Of overcommitted, one: the component, if a kit's, and what is missing,
// or kNone in millionths for a kit. Absent where it does not apply.
struct ReasonDetail final {
  NodeId node;
  ProductId component;
  Quantity quantity;
};

// Levels in listing order, within a listing in the order of the channel's
// nodes. `node` is kNone where one level stands for the whole pool.
// Invariants:
//   1. listing, node and quantity have the same length n; reason_offsets has
//      n + 1 entries (or none if reasons were not asked for).
//   2. Reasons of level i are those from reason_offsets[i] up to
//      reason_offsets[i + 1]; their quantities add up to quantity[i].
//   3. Details of reason r (those of a kit, one a node) are from
//      detail_offsets[r] up to detail_offsets[r + 1]; there are
//      reason_code.size() + 1 of these, or none without reasons.
//   4. product and product_next_change have the same length, one entry for
//      each product that has a listing, in the order of the products.
struct Levels final {
  std::vector<std::int64_t> listing;
  std::vector<std::int64_t> node;
  std::vector<std::int64_t> quantity;

  // A number a level that differs, but for chance, where its reasons differ in
  // any step or detail; the same in every process. Empty without reasons.
  std::vector<std::int64_t> reason_digest;

  std::vector<std::int64_t> reason_offsets;
  std::vector<std::int64_t> reason_code;
  std::vector<std::int64_t> reason_quantity;
  std::vector<std::int64_t> reason_rule;
  std::vector<std::int64_t> reason_node;
  std::vector<std::int64_t> reason_component;
  std::vector<std::int64_t> reason_shortage;

  std::vector<std::int64_t> detail_offsets;
  std::vector<std::int64_t> detail_node;
  std::vector<std::int64_t> detail_component;
  std::vector<std::int64_t> detail_quantity;

  std::vector<std::int64_t> product;
  std::vector<std::int64_t> product_next_change;
  // Never later than the first instant after `now` at which a level or a
  // waterfall changes by time alone; absent if there is none.
  Time next_change{kNone};

  // Whether the work was spread over threads, and over how many (1 = serial).
  int threads_used = 1;
};

}  // namespace ats
