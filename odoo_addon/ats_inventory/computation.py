# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Calls the engine on facts and hands its answer back in rows."""
import json
from dataclasses import dataclass
from decimal import Decimal

import ats_engine

from .const import ENGINE_DEADLINE_MS, ENGINE_THREADS, MILLION


@dataclass(frozen=True)
class Level:
    """One level as the engine computed it: quantity in millionths, `node_id` None for all nodes together."""

    listing_id: int
    node_id: int | None
    quantity: int
    reasons: tuple

    def reasons_json(self):
        """The waterfall as ats.level stores it: [code, quantity as text, rule, node, component]."""
        return json.dumps([[code, plain(quantity), *details] for code, quantity, *details in self.reasons])


def plain(millionths):
    """Millionths as decimal text without exponent and without trailing zeros."""
    text = f"{Decimal(millionths) / MILLION:f}"
    return text.rstrip('0').rstrip('.') if '.' in text else text


def compute(facts):
    """Compute the levels of facts.

    :return: (list of Level, {product id: unix seconds of its next change or None})
    :raise ats_engine.WorldError: the facts of a product are beyond what the engine takes
    """
    if not facts.tables['listings']['id']:
        return [], {}
    answer = ats_engine.compute_columns(
        facts.tables, now=facts.now, demand_horizon_days=facts.horizon_days, threads=ENGINE_THREADS,
        deadline_ms=ENGINE_DEADLINE_MS)
    reasons = list(zip(
        (ats_engine.REASON_CODES[code] for code in answer.reason_code), answer.reason_quantity,
        map(_id, answer.reason_rule), map(_id, answer.reason_node), map(_id, answer.reason_component), strict=True))
    offsets = answer.reason_offsets
    levels = [
        Level(listing, _id(node), quantity, tuple(reasons[offsets[row]:offsets[row + 1]]))
        for row, (listing, node, quantity) in enumerate(zip(answer.listing, answer.node, answer.quantity, strict=True))
    ]
    return levels, dict(zip(answer.product, map(_id, answer.product_next_change), strict=True))


def _id(value):
    return None if value == ats_engine.NONE else value
