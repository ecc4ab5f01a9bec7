# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A vocabulary for tests of publishing and intake with real commits: channels, levels, and a shop that misbehaves on order."""

import base64
import itertools
import json
import secrets
import threading
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.waiting import wait_for

_numbers = itertools.count(1)
WAIT_S = 30.0


def until(condition, what, limit_s=WAIT_S):
    """Wait for `condition()` to be true and return its value; fail naming `what` after `limit_s` seconds."""
    return wait_for(condition, limit_s=limit_s, what=what)


@contextmanager
def committed(registry, user_id=1):
    """An environment whose changes are committed at the end, as Odoo's own cursors do."""
    from odoo import api

    with registry.cursor() as cr:
        yield api.Environment(cr, user_id, {})


def signing_secret():
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Answer:
    """What a shop answers to one request; `drop` closes the connection instead, `delay_s` waits first."""

    def __init__(self, status=200, body=b"{}", headers=(), *, drop=False, delay_s=0.0):
        self.status, self.body, self.headers, self.drop, self.delay_s = status, body, dict(headers), drop, delay_s


class Shop:
    """A real HTTP server on a port of its own. `decide(document, number)` returns the Answer to request `number`."""

    def __init__(self, decide=None):
        self.requests = []
        self.decide = decide or (lambda document, number: Answer())
        self.released = threading.Event()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                shop.requests.append((dict(self.headers.items()), raw))
                answer = shop.decide(json.loads(raw), len(shop.requests))
                if answer.delay_s:
                    shop.released.wait(answer.delay_s)
                if answer.drop:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_args):
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        self.port = self.httpd.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/inbox"
        self.thread = threading.Thread(target=self.httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def quantities(self):
        """`{sku: quantity}` as the newest of all requests said."""
        shown = {}
        for _headers, raw in self.requests:
            for item in json.loads(raw)["data"].get("items", []):
                shown[item["sku"]] = item["quantity"]
        return shown

    def stop(self):
        self.released.set()
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()


def allow_loopback(env):
    env["ir.config_parameter"].sudo().set_param("ats_channel.allowed_hosts", "127.0.0.1")


def make_channel(env, url, state="live", skus=1, **values):
    """A webhook channel on the company's first node with `skus` listings named SKU-<channel>-<n>."""
    allow_loopback(env)
    node = env["ats.node"].search([("company_id", "=", env.company.id)], limit=1)
    channel = env["ats.channel"].create(
        {
            "name": f"Shop {next(_numbers)}",
            "code": "webhook",
            "webhook_live_url": url,
            "webhook_test_url": url,
            "webhook_secret": signing_secret(),
            "source_ids": [(0, 0, {"node_id": node.id})],
            **values,
        }
    )
    channel.state = state
    products = env["product.product"].create(
        [{"name": f"Thing {number}", "type": "consu", "is_storable": True} for number in range(skus)]
    )
    env["ats.listing"].create(
        [
            {"channel_id": channel.id, "product_id": product.id, "external_id": f"SKU-{channel.id}-{number}"}
            for number, product in enumerate(products)
        ]
    )
    env.flush_all()
    return channel


def set_levels(registry, channel_id, quantity):
    """Write `quantity` as every level of the channel, as a refresh does; returns the level ids."""
    with committed(registry) as env:
        env.cr.execute(
            """
            INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, quantity, reasons, generation,
                                   computed_at, changed_at)
            SELECT company_id, id, channel_id, product_id, %s, '[]'::jsonb, nextval('ats_generation_seq'), now(), now()
              FROM ats_listing WHERE channel_id = %s ORDER BY id
            ON CONFLICT (listing_id, (COALESCE(node_id, 0)))
            DO UPDATE SET quantity = EXCLUDED.quantity, generation = EXCLUDED.generation
            RETURNING id
            """,
            [quantity, channel_id],
        )
        ids = [row[0] for row in env.cr.fetchall()]
        env["ats.refresh"]._levels_written(env.cr, ids)
    return ids


def publish(registry, channel_id, rounds=50):
    """Work off what can be sent to the channel now, batch by batch; returns the number of batches."""
    for number in range(rounds):
        with committed(registry) as env:
            if not env["ats.publisher"]._publish_one([channel_id]):
                return number
    raise AssertionError(f"the channel is not done after {rounds} batches")


def skip_backoff(registry, channel_id):
    """Let the channel's back-off and the end of leases be now: what time would do."""
    with committed(registry) as env:
        env.cr.execute(
            "UPDATE ats_channel_health SET not_before = NULL, lease_until = now() - interval '1 day' WHERE channel_id = %s",
            [channel_id],
        )
        env.cr.execute(
            "UPDATE ats_send SET not_before = NULL, lease_until = CASE WHEN lease_token IS NULL THEN NULL ELSE"
            " now() - interval '1 day' END WHERE channel_id = %s",
            [channel_id],
        )


def publications(registry, channel_id):
    """The channel's publications as dicts, ordered by listing."""
    with committed(registry) as env:
        return (
            env["ats.publication"]
            .search([("channel_id", "=", channel_id)], order="listing_id")
            .read(
                [
                    "external_id", "state", "desired_quantity", "acked_quantity", "desired_generation",
                    "acked_generation", "error_code", "error_message", "send_id", "lane", "batch_limit",
                ]
            )
        )


def sends(registry, channel_id):
    with committed(registry) as env:
        return (
            env["ats.send"]
            .search([("channel_id", "=", channel_id)], order="id")
            .read(["uuid", "state", "attempts", "body", "rows", "error_code", "status", "digest"])
        )


def health(registry, channel_id):
    with committed(registry) as env:
        return env["ats.channel.health"].search([("channel_id", "=", channel_id)]).read()[0]


def signed(secret, document, *, at=None, message_id=None):
    """`(headers, raw)` of a document signed by Standard Webhooks at `at` (default now)."""
    from standardwebhooks import Webhook

    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    moment = at or datetime.now(timezone.utc)
    message_id = message_id or f"msg_{secrets.token_hex(8)}"
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, moment, raw.decode("utf-8", "replace")),
    }
    return headers, raw


def order(number, sku, quantity="1", **data):
    """An order document of the webhook contract."""
    return {
        "type": "order.created",
        "timestamp": "2026-11-01T10:00:00Z",
        "data": {
            "id": number,
            "currency": "USD",
            "customer": {"name": "Ada Buyer", "email": "ada@example.com"},
            "lines": [{"id": "1", "sku": sku, "quantity": quantity, "unit_price": "9.90"}],
            **data,
        },
    }


def inbox(registry, channel_id):
    """The channel's inbox rows as dicts, oldest first."""
    with committed(registry) as env:
        return (
            env["ats.inbox"]
            .search([("channel_id", "=", channel_id)], order="id")
            .read(["external_id", "state", "reason_code", "body", "digest", "attempts", "headers", "kind"])
        )
