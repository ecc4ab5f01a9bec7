# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Faults of kits, of promises, of quotas and of what is told about them."""

from mutate.fault import Fault, scenario

KIT = "cpp/src/kit.cpp"
KIT_STAGE = "cpp/src/kit_stage.cpp"
KIT_PROMISES = "cpp/src/kit_promises.cpp"
RATIO = "cpp/src/ratio.cpp"
PROMISES = "cpp/src/commitments.cpp"
POOL = "cpp/src/pool.cpp"
WEIGHING = "cpp/src/weighing.cpp"
SETS = "cpp/src/set_stage.cpp"
DIGEST = "cpp/src/reason_columns.cpp"
CHANGES = "cpp/src/changes.cpp"
TWO_QUOTAS = scenario("quotas_beyond_the_stock_are_served_by_rank")

FAULTS = [
    Fault("a service limits a kit", KIT, "if (!is_kit && !world_.products.storable[product]) continue;", "",
          scenario("what_is_not_stored_does_not_limit_a_kit")),
    Fault("the last path counts alone", KIT, "(*components)[first + slot_[product]].ratio += part;",
          "(*components)[first + slot_[product]].ratio = part;", scenario("a_nested_kit_counts_every_path")),
    Fault("yields are forgotten", KIT, "Ratio(kits.line_quantity[line], kits.yields[kit])",
          "Ratio(kits.line_quantity[line], Quantity(Quantity::kOne))",
          scenario("a_third_of_a_component_is_exact")),
    Fault("a kit is not floored", KIT_STAGE, "state.free = state.limit.floor_to(decimals);", "state.free = state.limit;",
          scenario("a_kit_is_floored_to_its_own_decimals")),
    Fault("the last component limits", KIT_STAGE, "if (state->component != kNowhere && kits >= state->limit) return;", "",
          scenario("a_kit_names_what_limits_it_in_each_node")),
    Fault("promises on kits are rounded down", RATIO, "needed.whole + (needed.rest ? 1 : 0)", "needed.whole",
          scenario("demand_and_holds_on_a_kit_bind_its_components")),
    Fault("demand on a kit ignores the horizon", KIT_PROMISES, "due.present() && due > plan.demand_until", "false",
          scenario("demand_and_holds_on_a_kit_bind_its_components")),
    Fault("a promise on a kit stays everywhere", PROMISES, "if (kept.empty() || kept.size() == all.size()) return channel;", "return channel;",
          scenario("a_hold_on_a_kit_stays_where_a_kit_can_be_made")),
    Fault("less than a kit is a place for it", PROMISES, "limit >= Quantity(Quantity::kOne)", "limit > Quantity()",
          scenario("a_kit_less_than_one_keeps_no_node")),
    Fault("an own quota binds", POOL, "!row.quota || (row.channel != channel && (before == nullptr || row.rank < *before))",
          "!row.quota || before == nullptr || (row.channel != channel && row.rank < *before)", scenario("a_quota_is_kept_for_its_channel")),
    Fault("quotas know no rank", POOL, "solve(channel, limits, &rank);", "solve(channel, limits, nullptr);", TWO_QUOTAS),
    Fault("an own quota is not cut", POOL, "  cut(rounded(own->fixed));\n", "", TWO_QUOTAS),
    Fault("the smallest groups are weighed", POOL, "return a.quantity > b.quantity;", "return a.quantity < b.quantity;",
          scenario("the_thirteenth_group_is_taken_from_its_nodes")),
    Fault("ties go to the higher channel", POOL, "left != right ? left < right", "left != right ? left > right",
          scenario("of_equal_groups_the_higher_channel_comes_last")),
    Fault("further groups are forgotten", POOL, "if (!parts_[i]->further.empty()) take_further(*parts_[i], nodes);", "",
          scenario("the_thirteenth_group_is_taken_from_its_nodes")),
    Fault("quotas are overcommitted", POOL, "if (!row.quota) join_group(row, groups);", "join_group(row, groups);",
          scenario("a_quota_is_kept_where_its_channel_ships")),
    Fault("a shortage drains everybody", WEIGHING, "  for (std::int64_t& slack : slack_) slack += short_;\n", "",
          scenario("a_promise_elsewhere_drains_nothing_here")),
    Fault("what was granted is granted again", WEIGHING, "slack_[subset] += worse ? gain_[subset] : 0;", "slack_[subset] += gain_[subset];",
          scenario("what_one_part_limits_frees_nothing_elsewhere")),
    Fault("incoming of several channels adds up", SETS,
          "incoming_[set] = std::max(incoming_[set & (set - 1)], class_incoming_[lowest]);",
          "incoming_[set] = incoming_[set & (set - 1)] + class_incoming_[lowest];", scenario("the_largest_receipt_counts_for_a_set_of_channels")),
    Fault("a blocked lot's reservation is forgotten among several", SETS, "      node.always -= supply.reserved[row];\n", "",
          scenario("a_blocked_lot_gives_no_new_promise_a_place")),
    Fault("another channel's owner is nobody's", SETS, "same->quantity += quantity;", "same->quantity = quantity;",
          scenario("consigned_lots_serve_a_promise_together")),
    Fault("details do not count for the digest", DIGEST, "    digest.add(detail.component.value());\n", "",
          "tests/differential/test_metamorphic.py::test_the_digest_sees_a_limiting_component_alone"),
    Fault("a change of the waterfall alone is not written", CHANGES,
          "if (!other_quantity && stored.digest[row] == levels.reason_digest[level]) continue;", "if (!other_quantity) continue;",
          "tests/python/test_changes.py::test_random_worlds_and_random_stores"),
    Fault("a level of another node is taken for it", CHANGES, "if (levels_.node[i] != node) continue;", "(void)node;",
          "tests/python/test_changes.py::test_random_worlds_and_random_stores"),
]
