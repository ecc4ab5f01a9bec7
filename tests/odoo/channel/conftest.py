# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One database for all tests of this folder: each test makes channels of its own and looks at nothing else.

Copying a database and loading a registry for each test would cost more than all the tests together. The server, whose
cron workers would compete with the steps that tests make by hand, runs only for the module that asks for it.
"""

import os
import sys
from pathlib import Path

import pytest

from harness import odoo_server, odoo_source, template

# Tests are imported by path, so the vocabulary beside them has to be found.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def channel_db(template_db):
    name = template.copy(template_db, f"test_{os.getpid()}_channel")
    yield name
    template.drop(name)


@pytest.fixture(scope="session")
def odoo_here(template_db):
    """Odoo set up in this process, without scheduled actions."""
    config_path = odoo_server.write_config(f"channel-{os.getpid()}", http_port=1, gevent_port=1)
    sys.path.insert(0, str(odoo_source.find().python_path))
    import odoo.init  # noqa: F401  # Odoo 19 is a namespace package: its set-up is a module of its own
    from odoo.tools import config

    config.parse_config(["-c", str(config_path), "--max-cron-threads=0", "--log-level=warn"], setup_logging=True)
    config_path.unlink()


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
