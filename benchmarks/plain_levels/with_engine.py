# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The engine: columns in, levels out, every reference checked, nothing known beforehand."""

import ats_engine
import numpy as np

from . import shop as shops


def prepare(shop):
    """The tables of compute_columns; they look at the shop's arrays."""
    nodes = np.arange(shops.FIRST_NODE, shops.FIRST_NODE + shops.NODES, dtype=np.int64)
    channels = np.arange(shops.FIRST_CHANNEL, shops.FIRST_CHANNEL + shops.CHANNELS, dtype=np.int64)
    per_channel = np.searchsorted(shop.source_channel, np.append(channels, channels[-1] + 1))
    kinds, rule_nodes, rule_channels, fixed, percent = zip(*shops.RULES, strict=True)

    def column(values):
        return np.array(values, dtype=np.int64)

    return {
        "nodes": {"id": nodes},
        "locations": {"id": shop.location_id, "node": shop.location_node, "sellable": shop.location_sellable},
        "products": {"id": shop.products},
        "supply": {
            "product": shop.supply_product,
            "location": shop.supply_location,
            "quantity": shop.supply_quantity,
            "reserved": shop.supply_reserved,
        },
        "channels": {"id": channels, "node_offsets": column(per_channel), "nodes": shop.source_node},
        "rules": {
            "id": column(range(1, len(shops.RULES) + 1)),
            "kind": column([ats_engine.RULE_KINDS.index(kind) for kind in kinds]),
            "node": column(rule_nodes),
            "channel": column(rule_channels),
            "fixed": column(fixed),
            "percent": column(percent),
        },
        "listings": {"id": shop.listing_id, "channel": shop.listing_channel, "product": shop.listing_product},
    }


def levels(tables, threads=1):
    """Quantities in listing order, in millionths."""
    answer = ats_engine.compute_columns(tables, now=shops.NOW, threads=threads, reasons=False)
    return np.asarray(answer.quantity)
