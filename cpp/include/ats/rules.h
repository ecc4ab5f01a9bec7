// SPDX-License-Identifier: LGPL-3.0-only
//
// The kinds of rules, and the limits of each. Exactly one rule of a kind wins
// for a product and a node (node_buffer) or channel (all others):
//   1. a product scope beats a category; a category the product lists nearer
//      beats one it lists farther; any category beats none;
//   2. then a rule naming the node or channel beats one that does not;
//   3. then the lower sequence; 4. then the lower id.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ats {

enum class RuleKind : std::uint8_t { node_buffer, channel_buffer, stop_sell, cap, quota };

// In the order of RuleKind: a column of kinds holds positions in this list.
inline constexpr std::array<std::string_view, 5> kRuleKindNames = {"node_buffer", "channel_buffer", "stop_sell", "cap",
                                                                   "quota"};

// Buffers may be a percentage of what they act on; the others are fixed.
[[nodiscard]] constexpr bool may_be_percent(RuleKind kind) {
  return kind == RuleKind::node_buffer || kind == RuleKind::channel_buffer;
}
// A node buffer may name a node; every other kind may name a channel.
[[nodiscard]] constexpr bool acts_on_nodes(RuleKind kind) { return kind == RuleKind::node_buffer; }

}  // namespace ats
