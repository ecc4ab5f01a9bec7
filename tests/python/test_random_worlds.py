# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The engine against the reference on random worlds of what it computes today."""

import random

from differential import check, worlds


def test_engine_equals_the_model():
    first, compared = random.randrange(2**40), 0
    for seed in range(first, first + 4000):
        world = worlds.make(seed)
        told = check.difference(world, seed)
        if told is None or not told.startswith("refused: unsupported_"):
            assert told is None, f"seed {seed}\n{told}\n{world}"
            compared += 1
    assert compared > 500
