# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""numpy: ids looked up by binary search, dense sums of node x product, then a pass over the listings for each step.

Nothing is known beforehand but that tables of records come sorted by id, as from a database.
"""

import numpy as np

from . import shop as shops


def prepare(shop):
    """Nothing to prepare: the columns are numpy's own."""
    return shop


def _winners(kind, targets, of_nodes):
    """(fixed, percent) columns of the winning rule of each target: one that names it before one that names none."""
    fixed, percent = np.full(len(targets), shops.NONE), np.full(len(targets), shops.NONE)
    for named in (False, True):
        for of_kind, node, channel, rule_fixed, rule_percent in shops.RULES:
            target = node if of_nodes else channel
            if of_kind != kind or (target != shops.NONE) != named:
                continue
            reached = targets == target if named else np.full(len(targets), True)
            fixed[reached], percent[reached] = rule_fixed, rule_percent
    return fixed, percent


def _kept_back(x, fixed, percent):
    """What buffers take of x; `fixed` and `percent` are columns as long as x or of one value."""
    part = -(-x * np.maximum(percent, 0) // shops.HUNDRED_PERCENT)
    part = -(-part // shops.UNIT) * shops.UNIT
    return np.minimum(x, np.where(percent == shops.NONE, np.maximum(fixed, 0), part))


def _free(shop, nodes):
    """What each node can give of each product, as an array of node x product."""
    products = len(shop.products)
    location = np.searchsorted(shop.location_id, shop.supply_location)
    usable = shop.location_sellable[location] == 1
    product = np.searchsorted(shop.products, shop.supply_product)
    cell = (np.searchsorted(nodes, shop.location_node)[location] * products + product)[usable]
    # sums of whole units below 2^53 are exact in the floats that bincount adds up
    good = (shop.supply_quantity - shop.supply_reserved)[usable]
    base = np.bincount(cell, weights=good, minlength=len(nodes) * products).astype(np.int64).reshape(len(nodes), products)
    np.maximum(base, 0, out=base)
    fixed, percent = _winners("node_buffer", nodes, of_nodes=True)
    for at in range(len(nodes)):
        base[at] -= _kept_back(base[at], fixed[at], percent[at])
    return base


def levels(shop):
    """Quantities in listing order, in millionths."""
    nodes, channels = np.unique(shop.location_node), np.unique(shop.source_channel)
    free = _free(shop, nodes)
    pools = np.zeros((len(channels), len(shop.products)), dtype=np.int64)
    for channel, node in zip(shop.source_channel, shop.source_node, strict=True):
        pools[np.searchsorted(channels, channel)] += free[np.searchsorted(nodes, node)]
    channel = np.searchsorted(channels, shop.listing_channel)
    x = pools[channel, np.searchsorted(shop.products, shop.listing_product)]
    fixed, percent = _winners("channel_buffer", channels, of_nodes=False)
    x -= _kept_back(x, fixed[channel], percent[channel])
    x = x // shops.UNIT * shops.UNIT
    stop, _percent = _winners("stop_sell", channels, of_nodes=False)
    x[x <= stop[channel]] = 0
    cap, _percent = _winners("cap", channels, of_nodes=False)
    return np.minimum(x, np.where(cap == shops.NONE, np.iinfo(np.int64).max, cap)[channel])
