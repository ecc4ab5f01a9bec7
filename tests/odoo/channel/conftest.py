# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One database for all tests of this folder: each test makes channels of its own and looks at nothing else.

Copying a database and loading a registry for each test would cost more than all the tests together. The server, whose
cron workers would compete with the steps that tests make by hand, runs only for the module that asks for it.
"""

import os
import sys
from pathlib import Path

import pytest

from harness import odoo_server, template

# Tests are imported by path, so the vocabulary beside them has to be found.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def channel_db(template_db):
    name = template.copy(template_db, f"test_{os.getpid()}_channel")
    yield name
    template.drop(name)


@pytest.fixture(scope="session")
def registry(odoo_here, channel_db):
    """Odoo's registry of the folder's database in this process, with real commits."""
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_db

    yield Registry(channel_db)
    Registry.delete(channel_db)
    close_db(channel_db)


@pytest.fixture(scope="module")
def server(channel_db):
    running = odoo_server.OdooServer(channel_db)
    yield running
    running.stop()
