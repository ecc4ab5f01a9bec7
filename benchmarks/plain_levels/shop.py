# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A shop of plain products, as numpy columns: stock with reservations in ten nodes, ten channels with overlapping
sourcing sets, and rules for all products. No lots, holds or kits: what a table library can say in a few joins.

Quantities are int64 millionths. The same seed gives the same shop.
"""

from dataclasses import dataclass

import numpy as np

NODES, CHANNELS, ROWS_PER_PRODUCT = 10, 10, 4
UNIT = 1_000_000
HUNDRED_PERCENT = 100 * UNIT
NOW = 1_800_000_000
NONE = -(2**63)

#: Ids start where a database's do, not at 0.
FIRST_NODE, FIRST_LOCATION, FIRST_PRODUCT, FIRST_CHANNEL = 3, 8, 41, 5

#: The rules, one row each: kind, node, channel, fixed, percent.
RULES = (
    ("node_buffer", NONE, NONE, 2 * UNIT, NONE),
    ("node_buffer", FIRST_NODE, NONE, NONE, 7_500_000),
    ("channel_buffer", NONE, FIRST_CHANNEL, 3 * UNIT, NONE),
    ("channel_buffer", NONE, FIRST_CHANNEL + 4, NONE, 10 * UNIT),
    ("stop_sell", NONE, NONE, 1 * UNIT, NONE),
    ("cap", NONE, FIRST_CHANNEL + 1, 50 * UNIT, NONE),
)


@dataclass(frozen=True)
class Shop:
    """Columns by table; `source_*` are the rows of the channels' sourcing sets in order."""

    products: np.ndarray
    location_id: np.ndarray
    location_node: np.ndarray
    location_sellable: np.ndarray
    supply_product: np.ndarray
    supply_location: np.ndarray
    supply_quantity: np.ndarray
    supply_reserved: np.ndarray
    source_channel: np.ndarray
    source_node: np.ndarray
    listing_product: np.ndarray
    listing_channel: np.ndarray

    @property
    def listing_id(self):
        """Ids of the listings, from 1."""
        return np.arange(1, len(self.listing_product) + 1, dtype=np.int64)


def make(products, seed):
    """A shop of that many products; every product is listed on every channel."""
    draw = np.random.default_rng(seed)
    product = np.arange(FIRST_PRODUCT, FIRST_PRODUCT + products, dtype=np.int64)
    rows = products * ROWS_PER_PRODUCT
    node = draw.integers(0, NODES, rows)
    shelf = (draw.integers(0, 8, rows) == 0).astype(np.int64)
    sources = [(channel, (channel + i) % NODES) for channel in range(CHANNELS) for i in range(channel + 1)]
    return Shop(
        products=product,
        location_id=np.arange(FIRST_LOCATION, FIRST_LOCATION + 2 * NODES, dtype=np.int64),
        location_node=np.repeat(np.arange(FIRST_NODE, FIRST_NODE + NODES, dtype=np.int64), 2),
        location_sellable=np.tile(np.array([1, 0], dtype=np.int8), NODES),
        supply_product=np.repeat(product, ROWS_PER_PRODUCT),
        supply_location=FIRST_LOCATION + node * 2 + shelf,
        supply_quantity=(draw.integers(0, 80, rows) - 3) * UNIT,
        supply_reserved=np.where(draw.integers(0, 4, rows) == 0, draw.integers(0, 6, rows), 0) * UNIT,
        source_channel=np.array([FIRST_CHANNEL + channel for channel, _node in sources], dtype=np.int64),
        source_node=np.array([FIRST_NODE + at for _channel, at in sources], dtype=np.int64),
        listing_product=np.repeat(product, CHANNELS),
        listing_channel=np.tile(np.arange(FIRST_CHANNEL, FIRST_CHANNEL + CHANNELS, dtype=np.int64), products),
    )
