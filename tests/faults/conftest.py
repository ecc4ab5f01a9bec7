# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Fixtures: template_db, db, registry, server, shop (see tests/harness/fixtures.py)."""

from harness.fixtures import *  # noqa: F403
