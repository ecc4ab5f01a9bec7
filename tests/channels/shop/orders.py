# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Placing orders: the canonical document, signed by Standard Webhooks, sent to Odoo until it answers."""

import json
import threading
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone
from decimal import Decimal

from standardwebhooks import Webhook

from channels.shop.ledger import now

SEND_TIMEOUT_S = 10
RETRY_EVERY_S = 2
ANSWER_BYTES_MAX = 10_000
BUYER = {"name": "Ada Buyer", "email": "ada.buyer@example.com", "phone": "+1 555 0100"}
ADDRESS = {"name": "Ada Buyer", "street": "1 Harbour Street", "street2": "", "city": "Springfield", "zip": "12345", "state": "", "country": "US"}


class OrderDesk:
    """Builds and sends orders; those that Odoo did not answer are sent again by a thread of its own, the same bytes under the same id."""

    def __init__(self, ledger, settings):
        self._ledger, self._settings = ledger, settings
        self._stopped = threading.Event()
        self._sending = threading.Lock()
        threading.Thread(target=self._resend, daemon=True).start()

    def stop(self):
        self._stopped.set()

    def place(self, lines, customer=None):
        """Takes an order; returns its number and Odoo's first answer. Raises ValueError for a bad or unfillable one."""
        if not lines:
            raise ValueError("an order needs a line")
        number = f"{self._settings()['name'].upper().replace(' ', '-')}-{uuid.uuid4().hex[:8].upper()}"
        document = self._document(number, lines, customer or BUYER)
        with self._sending:
            self._ledger.order(number, lines, document)
            answer = self._send(number, document)
        return {"number": number, **answer}

    def _document(self, number, lines, customer):
        settings = self._settings()
        catalogue = settings.get("catalogue", {})
        parts = [
            {"id": str(index), "sku": line["sku"], "quantity": _plain(Decimal(str(line["quantity"]))),
             "unit_price": str(catalogue.get(line["sku"], {}).get("price", "10.00"))}
            for index, line in enumerate(lines, 1)
        ]
        data = {"id": number, "number": number, "placed_at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "currency": settings.get("currency", "USD"), "customer": customer, "shipping_address": ADDRESS, "lines": parts}
        return {"type": "order.created", "timestamp": now(), "data": data}

    def _send(self, number, document):
        settings = self._settings()
        if not settings.get("odoo_url"):
            return self._keep(number, "sending", {"status": None, "body": "the shop does not know Odoo's address yet"})
        body = json.dumps(document)
        at = datetime.now(timezone.utc)
        identifier = f"msg_{number}"
        headers = {"Content-Type": "application/json", "webhook-id": identifier, "webhook-timestamp": str(int(at.timestamp())),
                   "webhook-signature": Webhook(settings["secret"]).sign(identifier, at, body)}
        try:
            with urllib.request.urlopen(urllib.request.Request(settings["odoo_url"], body.encode(), headers), timeout=SEND_TIMEOUT_S) as reply:
                return self._keep(number, "accepted", {"status": reply.status, "body": reply.read(ANSWER_BYTES_MAX).decode()})
        except urllib.error.HTTPError as error:
            state = "sending" if error.code >= 500 or error.code == 429 else "refused"
            return self._keep(number, state, {"status": error.code, "body": error.read(ANSWER_BYTES_MAX).decode(errors="replace")[:500]})
        except OSError as error:
            return self._keep(number, "sending", {"status": None, "body": str(error)})

    def _keep(self, number, state, answer):
        self._ledger.answer(number, state, answer)
        return {"state": state, "answer": answer}

    def _resend(self):
        while not self._stopped.wait(RETRY_EVERY_S):
            for order in self._ledger.unsent():
                with self._sending:
                    self._send(order["number"], order["document"])


def _plain(number):
    """An integer where the quantity is whole, else a decimal string, as the contract asks."""
    return int(number) if number == number.to_integral_value() else str(number)
