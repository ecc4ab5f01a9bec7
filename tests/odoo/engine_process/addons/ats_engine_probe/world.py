# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Worlds of any size, and what the prefork master computed from one of them before it forked."""

import hashlib
import os
from array import array

import ats_engine

PRODUCTS = 15_000
CHANNELS = 2
THREADS = 2


def _column(values):
    return array("q", values)


def tables(products, channels=CHANNELS):
    """One unit more of each product than of the one before, in one node; every channel lists every product."""
    listings = products * channels
    return {
        "nodes": {"id": _column([1])},
        "locations": {"id": _column([1]), "node": _column([1])},
        "products": {"id": _column(range(products))},
        "supply": {
            "product": _column(range(products)),
            "location": _column([1]) * products,
            "quantity": _column(number * 10**6 for number in range(products)),
        },
        "channels": {"id": _column(range(channels)), "node_offsets": _column(range(channels + 1)), "nodes": _column([1]) * channels},
        "listings": {
            "id": _column(range(listings)),
            "product": _column(range(products)) * channels,
            "channel": _column(number // products for number in range(listings)),
        },
    }


def answer(world, **options):
    """Who computed, on how many threads, and a digest of the levels."""
    levels = ats_engine.compute_columns(world, now=0, **options)
    digest = hashlib.sha256(levels.quantity.tobytes() + levels.reason_quantity.tobytes()).hexdigest()
    return {"pid": os.getpid(), "threads_used": levels.threads_used, "digest": digest}


WORLD = tables(PRODUCTS)
BEFORE_THE_FORK = answer(WORLD, threads=THREADS)
