# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Faults of the node stage, of the choice of rules and of the next change."""

from mutate.fault import Fault, scenario

NODE = "cpp/src/node_stage.cpp"
RULES = "cpp/src/rule_index.cpp"
NEXT = "cpp/src/next_change.cpp"

FAULTS = [
    Fault("a place that is not for sale is sold", NODE, "if (!plan_.world.locations.sellable[location]) {", "if (false) {",
          scenario("quality_hold_is_not_exposed")),
    Fault("an expired lot is told before a blocked one", NODE, "(blocked ? state.withheld_blocked : state.withheld_expired) += quantity;",
          "(counts_lot(profile, expires) ? state.withheld_blocked : state.withheld_expired) += quantity;",
          scenario("the_first_reason_to_withhold_wins")),
    Fault("reservations on lots that are too young count", NODE, "if (is_unusable(plan_, blocked, expires)) state.reserved += reserved;",
          "state.reserved += reserved;", scenario("reservations_on_unusable_stock_need_good_stock")),
    Fault("an owner's goods are everybody's", NODE, "if (!counts_owner(profile, supply.owner.raw(row))) {", "if (false) {",
          scenario("consigned_stock_is_for_channels_that_list_its_owner")),
    Fault("incoming is rounded up", NODE, "state->incoming.percent_down(", "state->incoming.percent_up(",
          scenario("incoming_is_rounded_down_once_a_node")),
    Fault("a node below zero counts", NODE, "    state->floor = -base;\n    return;", "    state->free = base;\n    return;",
          scenario("a_node_below_zero_takes_nothing_from_another")),
    Fault("a buffer takes more than the base", NODE, "return std::min(base, rule->is_percent", "return std::max(base, rule->is_percent",
          scenario("a_buffer_takes_no_more_than_there_is")),
    Fault("holds in a node are forgotten", NODE, "state->demand - state->hold + state->incoming", "state->demand + state->incoming",
          scenario("a_hold_in_a_node_ends_at_its_second")),
    Fault("a rule starts a second late", RULES, "from <= world.now;", "from < world.now;",
          scenario("a_rule_holds_from_its_start_until_before_its_end")),
    Fault("a rule ends a second late", RULES, "if (!until.present() || world.now < until)", "if (!until.present() || world.now <= until)",
          scenario("a_rule_holds_from_its_start_until_before_its_end")),
    Fault("sequence goes before the channel named", RULES, "return std::tuple(!named, rules.sequence.raw(row), rules.id.raw(row));",
          "return std::tuple(rules.sequence.raw(row), !named, rules.id.raw(row));",
          scenario("a_named_target_beats_none_then_sequence_then_id")),
    Fault("the higher id wins", RULES, "rules.sequence.raw(row), rules.id.raw(row));", "rules.sequence.raw(row), -rules.id.raw(row));",
          scenario("a_named_target_beats_none_then_sequence_then_id")),
    Fault("a minimum life wakes nobody", NEXT, "earliest->consider(expires.minus_days(plan.profiles[profile].min_life_days));",
          "earliest->consider(expires);", scenario("a_lot_reaches_its_minimum_life")),
    Fault("incoming does not become overdue", NEXT, "      earliest->consider(expected);                                    // becomes overdue\n",
          "", scenario("an_overdue_receipt_stops_counting")),
    Fault("an override never ends", NEXT, "earliest->consider(listings.override_until[row]);", "(void)row;", scenario("an_override_ends")),
    Fault("a demand wakes nobody", NEXT, "earliest->consider(due.minus_days(horizon));", "earliest->consider(due);",
          scenario("a_demand_enters_its_horizon")),
    Fault("a component's rules wake nobody", NEXT, "      consider_component_rules(plan, product, component.product, &earliest);\n", "",
          scenario("a_quota_on_a_part_begins")),
]
