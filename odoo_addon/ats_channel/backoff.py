# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""How long a channel that failed is left alone."""

import random

from . import const


def pause_s(failures, after=None):
    """Seconds to wait after the `failures`-th failure in a row (≥ 1): doubling, jittered by ±25 %, capped.

    `after` (seconds, from the channel's Retry-After) is honoured when it is longer, up to the same cap.
    """
    base = const.BACKOFF_BASE_S * 2 ** min(max(failures, 1) - 1, 20)
    jittered = min(base, const.BACKOFF_CAP_S) * random.uniform(0.75, 1.25)
    return min(max(jittered, after or 0.0), const.BACKOFF_CAP_S)
