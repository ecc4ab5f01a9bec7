# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Faults of the reader of COPY streams and of the comparison of rules."""

from mutate.fault import COPY, Fault

FIELD = "cpp/src/copy_field.cpp"
REACH = "cpp/src/compare_reach.cpp"
ANY_RULES = "tests/python/test_compare.py::test_any_rules_on_any_world"

FAULTS = [
    Fault("a second before 2000 is rounded up", FIELD, "(value % second < 0 ? 1 : 0)", "0", COPY),
    Fault("noise of binary floats counts", FIELD, "(value.part + 500) / 1000", "value.part / 1000", COPY),
    Fault("what is negative is rounded towards zero", FIELD, "type == (minus ? CopyType::floor : CopyType::ceil)", "type == CopyType::ceil", COPY),
    Fault("a weight is off by one", FIELD, "} else if (weight >= -3) {", "} else if (weight >= -2) {", COPY),
    Fault("too fine is taken", FIELD, "(value.more || value.part % 1'000'000 != 0)", "value.more", COPY),
    Fault("a NULL array ends the offsets", FIELD, "[&] { return offsets.add(0); }", "[&] { return kNone; }", COPY),
    Fault("a rule that begins now is not compared", REACH, "now < rules.from[row]", "now <= rules.from[row]", ANY_RULES),
    Fault("kits are not reached through components", REACH, "if (touched[families.root(product)]) reached_[product].all_channels = true;",
          "if (reached_[product].pool) reached_[product].all_channels = true;", ANY_RULES),
    Fault("only the first category is reached", REACH, "for (const Scope& scope : found->second) mark(static_cast<Position>(product), scope);",
          "for (const Scope& scope : found->second) mark(static_cast<Position>(product), scope);\n        break;", ANY_RULES),
]
