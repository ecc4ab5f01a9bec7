# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the helper tells the person in front of it."""

import contextlib
import sys
import time


class Refusal(Exception):
    """The helper cannot go on here; the message says in one line what is needed. Ends the program with exit code 2."""


def say(line):
    print(f"dev: {line}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(what):
    """Says what begins now, and how long it took."""
    begun = time.monotonic()
    say(f"{what} …")
    yield
    say(f"{what}: {time.monotonic() - begun:.1f} s")
