# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Faults of the numbers and of the channel stage."""

from mutate.fault import Fault, scenario

TYPES = "cpp/src/types.cpp"
CHANNEL = "cpp/src/channel_stage.cpp"

FAULTS = [
    Fault("rounding goes towards zero", TYPES, "if (rest < 0) rest += places.step();", "", "cpp: rounding goes the way it says, once"),
    Fault("a percentage is never rounded up", TYPES, "(steps.remainder ? 1 : 0)", "0", scenario("a_percentage_buffer_is_rounded_up")),
    Fault("days have 86,399 seconds", TYPES, "static_cast<Wide>(days) * Time::kSecondsPerDay;", "static_cast<Wide>(days) * 86'399;",
          scenario("a_minimum_life_ends_at_its_second")),
    Fault("seven decimals are read", TYPES, "part.size() > 6", "part.size() > 7", "cpp: plain decimals are read exactly"),
    Fault("zeros at the end are kept", TYPES, "text.erase(text.find_last_not_of('0') + 1);", "",
          "cpp: decimals are written without trailing zeros"),
    Fault("a share of 100 percent rounds", CHANNEL, "if (terms.share.millionths() == Percent::kHundred) return x;", "",
          scenario("a_quantity_is_rounded_down_to_what_can_be_sold")),
    Fault("the buffer takes more than there is", CHANNEL, "x - std::min(x, buffer);", "x - buffer;",
          scenario("a_channel_buffer_takes_no_more_than_there_is")),
    Fault("the buffer of a channel in percent is rounded down", CHANNEL, "x.percent_up(rule->percent, terms.decimals)",
          "x.percent_down(rule->percent, terms.decimals)",
          scenario("a_channel_buffer_takes_no_more_than_there_is")),
    Fault("at the threshold it is still sold", CHANNEL, "x <= terms.rules.stop_sell->fixed", "x < terms.rules.stop_sell->fixed",
          scenario("stop_sell_acts_at_its_value")),
    Fault("a cap is not floored", CHANNEL, "sold_precision(terms.rules.cap->fixed, terms)", "terms.rules.cap->fixed",
          scenario("a_kit_goes_through_the_channel_stage")),
    Fault("packs are sold by the product's decimals", CHANNEL, "terms.unit == kOneUnit ? terms.decimals : Decimals(0)", "terms.decimals",
          scenario("packs_are_whole_whatever_the_decimals")),
    Fault("a block does not block", CHANNEL, "    x = Quantity();\n  }\n  return x;\n}\n\n}  // namespace ats::internal",
          "  }\n  return x;\n}\n\n}  // namespace ats::internal", scenario("an_override_replaces_and_a_block_ends_it")),
]
