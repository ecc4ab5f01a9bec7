# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Odoo inside this process, without scheduled actions: for tests and benchmarks that call its models."""

import contextlib
import os
import sys

from harness import odoo_server, odoo_source


def set_up():
    """Make `odoo` importable and configure it for our cluster. Once for a process, after machine.become_service_user()."""
    config_path = odoo_server.write_config(f"in-process-{os.getpid()}", http_port=1, gevent_port=1)
    sys.path.insert(0, str(odoo_source.find().python_path))
    import odoo.init  # noqa: PLC0415, F401  # Odoo 19 is a namespace package: its set-up is a module of its own
    from odoo.tools import config  # noqa: PLC0415

    config.parse_config(["-c", str(config_path), "--max-cron-threads=0", "--log-level=warn"], setup_logging=True)
    config_path.unlink()


@contextlib.contextmanager
def registry_of(database):
    """Odoo's registry of a database; forgotten and disconnected at the end."""
    from odoo.modules.registry import Registry  # noqa: PLC0415
    from odoo.sql_db import close_db  # noqa: PLC0415

    try:
        yield Registry(database)
    finally:
        Registry.delete(database)
        close_db(database)
