# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One order of a channel is one sale order, also when two importers have it at the same time (real commits)."""

import threading
from decimal import Decimal

import psycopg2.errors
import pytest

DOCUMENT = {
    "id": "RACE-1",
    "number": "S-1",
    "currency": "USD",
    "customer": {"name": "Ada", "email": "ada@example.com"},
    "lines": [{"id": "1", "sku": "RACE", "quantity": Decimal(2), "unit_price": Decimal(10)}],
}
WAIT_S = 60


def environment(cr):
    from odoo import SUPERUSER_ID, api

    return api.Environment(cr, SUPERUSER_ID, {})


@pytest.fixture
def channel_id(registry):
    with registry.cursor() as cr:
        env = environment(cr)
        company = env.ref("base.main_company")
        company_env = env(context={"allowed_company_ids": company.ids})
        node = company_env["ats.node"].search([("company_id", "=", company.id)], limit=1)
        channel = company_env["ats.channel"].create(
            {"name": "Race shop", "company_id": company.id, "source_ids": [(0, 0, {"node_id": node.id})]}
        )
        product = company_env["product.product"].create({"name": "Race", "default_code": "RACE", "is_storable": True})
        company_env["ats.listing"].create({"channel_id": channel.id, "product_id": product.id, "external_id": "RACE"})
        return channel.id


def _import(cr, channel_id):
    env = environment(cr)
    channel = env["ats.channel"].browse(channel_id)
    # The importer hands over its row; of it the order needs the channel only.
    inbox = env["ats.inbox"].new({"channel_id": channel.id, "company_id": channel.company_id.id})
    currency = channel.company_id.currency_id.name
    return env["ats.order"]._import(inbox, {**DOCUMENT, "currency": currency}).id


def test_second_importer_of_the_same_order_waits_and_finds_the_first(registry, channel_id):
    outcome = {}
    started = threading.Event()

    def second():
        with registry.cursor() as cr:
            cr.execute("SELECT pg_backend_pid()")  # the snapshot: before the first one has committed
            outcome["pid"] = cr.fetchone()[0]
            started.set()
            try:
                _import(cr, channel_id)
                outcome["error"] = None
            except psycopg2.errors.SerializationFailure as error:
                outcome["error"] = error
                cr.rollback()

    with registry.cursor() as cr:
        first = _import(cr, channel_id)
        rival = threading.Thread(target=second)
        rival.start()
        assert started.wait(WAIT_S)
        _wait_until_blocked(registry, outcome["pid"])
        cr.commit()
    rival.join(WAIT_S)
    # "Again", which the importer does by itself, and then there is the first one's order.
    assert isinstance(outcome["error"], psycopg2.errors.SerializationFailure)
    with registry.cursor() as cr:
        assert _import(cr, channel_id) == first
        env = environment(cr)
        orders = env["ats.order"].search([("channel_id", "=", channel_id)])
        assert len(orders) == 1
        assert env["sale.order"].search_count([("client_order_ref", "=", "S-1")]) == 1


def _wait_until_blocked(registry, pid):
    from harness.waiting import wait_for

    def blocked():
        with registry.cursor() as cr:
            cr.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
            return cr.fetchone()[0]

    wait_for(blocked, limit_s=WAIT_S, what="the second importer waits for the first")
