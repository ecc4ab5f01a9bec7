# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Calls the engine on facts; gives its answer in rows where rows are wanted."""
import json
from dataclasses import dataclass
from decimal import Decimal

import ats_engine

from .const import ENGINE_DEADLINE_MS, ENGINE_THREADS, MILLION
from .facts import Facts


@dataclass(frozen=True)
class Level:
    """One level as the engine computed it: quantity in millionths, `node_id` None for all nodes together.

    `reasons` is the waterfall as ats.level stores it; `digest` tells two waterfalls apart without comparing them.
    """

    listing_id: int
    node_id: int | None
    quantity: int
    digest: int
    reasons: list

    def reasons_json(self):
        """The waterfall as text for PostgreSQL."""
        return json.dumps(self.reasons)


@dataclass(frozen=True)
class Answer:
    """What the engine made of facts. Its levels stay in flat columns until somebody asks for rows."""

    facts: Facts
    levels: ats_engine.Levels

    def rows(self, positions=None):
        """Levels in rows.

        :param positions: which ones, by their place among the engine's; None for all
        :return: list of Level
        """
        steps = _Steps(self.levels)
        listing, node, quantity = self.levels.listing, self.levels.node, self.levels.quantity
        digest = self.levels.reason_digest
        return [
            Level(listing[row], as_id(node[row]), quantity[row], digest[row], steps.of(row))
            for row in (range(len(listing)) if positions is None else positions)
        ]

    def next_changes(self):
        """{product id: unix seconds when time alone may change one of its levels, or None}."""
        return dict(zip(self.levels.product, map(as_id, self.levels.product_next_change), strict=True))


class _Steps:
    """The waterfalls of levels, step by step as ats.level stores them."""

    def __init__(self, levels):
        self._offsets = levels.reason_offsets
        self._columns = (levels.reason_code, levels.reason_quantity, levels.reason_rule, levels.reason_node,
                         levels.reason_component, levels.reason_shortage)
        self._detail_offsets = levels.detail_offsets
        self._details = levels.detail_node, levels.detail_component, levels.detail_quantity

    def of(self, row):
        """Steps of the level at that place: lists of code, quantity, rule, node, component and, if any, details."""
        return [self._step(place) for place in range(self._offsets[row], self._offsets[row + 1])]

    def _step(self, place):
        code, quantity, rule, node, component, shortage = (column[place] for column in self._columns)
        step = [ats_engine.REASON_CODES[code], plain(quantity), as_id(rule), as_id(node), as_id(component)]
        details = {}
        if shortage != ats_engine.NONE:
            details['shortage'] = plain(shortage)
        first, end = self._detail_offsets[place], self._detail_offsets[place + 1]
        if first < end:
            details['components'] = [
                [as_id(node), as_id(component), plain(quantity)]
                for node, component, quantity in zip(*(column[first:end] for column in self._details), strict=True)]
        return [*step, details] if details else step


def plain(millionths):
    """Millionths as decimal text without exponent and without trailing zeros."""
    text = f"{Decimal(millionths) / MILLION:f}"
    return text.rstrip('0').rstrip('.') if '.' in text else text


def compute(facts, threads=ENGINE_THREADS):
    """Compute the levels of facts.

    :return: Answer
    :raise ats_engine.WorldError: the facts of a product are beyond what the engine takes
    """
    return Answer(facts, ats_engine.compute_columns(
        facts.tables, now=facts.now, demand_horizon_days=facts.horizon_days, threads=threads,
        deadline_ms=ENGINE_DEADLINE_MS))


def as_id(value):
    """An id of the engine's columns: None where there is none."""
    return None if value == ats_engine.NONE else value
