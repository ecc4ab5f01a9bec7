# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The one place of the tests that sleeps: waiting for a condition, with a limit."""

import time


class WaitedTooLong(AssertionError):
    """The condition did not hold within its limit."""


def wait_for(condition, *, limit_s, what, every_s=0.05):
    """Calls `condition()` until it returns something true, and returns that.

    Raises WaitedTooLong after `limit_s` seconds, naming `what` and the last value or error seen. Exceptions of the condition count as
    "not yet", because what is waited for is often a server that is not there yet.
    """
    deadline = time.monotonic() + limit_s
    while True:
        try:
            seen = condition()
            if seen:
                return seen
        except Exception as error:  # noqa: BLE001 - told to the reader when the limit is reached
            seen = error
        if time.monotonic() >= deadline:
            raise WaitedTooLong(f"not within {limit_s} s: {what}; last seen: {seen!r}")
        time.sleep(every_s)
