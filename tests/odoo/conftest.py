# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Fixtures: template_db, db, registry, server, shop (see tests/harness/fixtures.py). This folder has no __init__.py on purpose: `odoo` is a
namespace package, and a package of that name would hide Odoo's own."""

from harness.fixtures import *  # noqa: F403
