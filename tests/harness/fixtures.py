# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Pytest fixtures for tests on a real PostgreSQL and a real Odoo, with real commits. A conftest.py takes them by `from harness.fixtures import *`."""

import itertools
import os
import re

import pytest

from harness import in_process, machine, odoo_server, stack, template
from harness.shop import Shop

__all__ = ["db", "odoo_here", "registry", "server", "shop", "template_db"]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def template_db():
    """The name of a template database: Odoo's demo data and all our modules. Never write to it."""
    stack.prepare(browser=True)
    # what the tests write in-process belongs to the user that Odoo runs as; /proc and the ports are open to it too
    machine.become_service_user()
    return template.ensure()


def _copy(template_db, request):
    words = re.sub(r"[^a-z0-9]+", "_", request.node.name.lower())[:40]
    return template.copy(template_db, f"test_{os.getpid()}_{next(_numbers)}_{words}")


@pytest.fixture
def db(template_db, request):
    """The name of a fresh copy of the template, dropped after the test."""
    name = _copy(template_db, request)
    yield name
    template.drop(name)


@pytest.fixture(scope="session")
def odoo_here(template_db):
    """Odoo set up in this process, once, without scheduled actions."""
    in_process.set_up()


@pytest.fixture
def registry(odoo_here, db):
    """Odoo's registry of `db` in this process. Its cursors commit for real: `with registry.cursor() as cr: env = odoo.api.Environment(cr, 1, {})`."""
    with in_process.registry_of(db) as registry:
        yield registry


@pytest.fixture
def server(db):
    """A prefork Odoo on `db` with two HTTP and two cron workers: see harness.odoo_server.OdooServer."""
    running = odoo_server.OdooServer(db)
    yield running
    running.stop()


@pytest.fixture
def shop(tmp_path):
    """A factory of demo shops: `shop(name, secret, odoo_url=None)` starts one in a process of its own and returns a harness.shop.Shop."""
    started = []

    def start(name="shop", secret=None, odoo_url=None):
        one = Shop(name, state_dir=tmp_path / name, secret=secret, odoo_url=odoo_url)
        started.append(one)
        return one

    yield start
    for one in started:
        one.stop()
