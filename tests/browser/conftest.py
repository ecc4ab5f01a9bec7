# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Fixtures of the browser tests: template_db, db, server, shop (see tests/harness/fixtures.py), a user maker and a web client."""

from odoo_client import *  # noqa: F403

from harness.fixtures import *  # noqa: F403
