# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The shop's HTTP side."""

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

BODY_BYTES_MAX = 1024 * 1024
ITEMS_MAX = 100
IDLE_S = 30
PAGE = Path(__file__).with_name("page.html")


class ShopServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, ledger, desk, settings):
        super().__init__(("127.0.0.1", port), Handler)
        self.ledger, self.desk, self.settings = ledger, desk, settings
        self.stopping = threading.Event()


class Refused(Exception):
    """The request is answered with this status and message."""

    def __init__(self, status, message, headers=()):
        super().__init__(message)
        self.status, self.headers = status, headers


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_S

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/":
            self._answer(PAGE.read_bytes(), "text/html; charset=utf-8")
        elif path == "/api/state":
            self._json(self._state())
        elif path == "/api/ledger":
            self._json(self.server.ledger.rows())
        elif path == "/health":
            self._json({"status": "pass"})
        else:
            self._json({"error": "not found"}, HTTPStatus.NOT_FOUND)

    def do_POST(self):
        try:
            body = self._body()
            if self.path == "/webhook":
                self._json(self._webhook(body))
            elif self.path == "/api/orders":
                self._json(self._order(body), HTTPStatus.CREATED)
            else:
                raise Refused(HTTPStatus.NOT_FOUND, "not found")
        except Refused as refused:
            self._json({"error": str(refused)}, refused.status, refused.headers)

    def _state(self):
        settings = self.server.settings()
        state = self.server.ledger.state()
        for item in state["items"]:
            item["name"] = settings.get("catalogue", {}).get(item["sku"], {}).get("name", item["sku"])
        return {"name": settings["name"], **state}

    def _body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_BYTES_MAX:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "more than 1 MiB")
        return self.rfile.read(length)

    def _webhook(self, body):
        settings = self.server.settings()
        fault = settings.get("fault") or {}
        if fault.get("kind") == "status":
            raise Refused(fault["status"], "simulated", fault.get("headers", {}).items())
        try:
            document = Webhook(settings["secret"]).verify(body, dict(self.headers.items()))
        except (WebhookVerificationError, ValueError) as error:
            raise Refused(HTTPStatus.UNAUTHORIZED, "the signature does not fit") from error
        if fault.get("kind") == "hang" and not fault.get("applied"):
            self._hang(fault)
        answer = self._take(document, fault.get("skus", ()) if fault.get("kind") == "refuse" else ())
        if fault.get("kind") == "hang":
            self._hang(fault)
        return answer

    def _take(self, document, refused):
        if document.get("type") == "ping":
            return {"pong": True}
        items = (document.get("data") or {}).get("items")
        if document.get("type") != "quantities.set" or not isinstance(items, list):
            raise Refused(HTTPStatus.BAD_REQUEST, "not a document this shop knows")
        if len(items) > ITEMS_MAX:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {ITEMS_MAX} items")
        return {"items": self.server.ledger.receive(self.headers["webhook-id"], items, refused)}

    def _hang(self, fault):
        self.server.stopping.wait(fault["seconds"])
        self.close_connection = True
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "simulated")

    def _order(self, body):
        try:
            wish = json.loads(body)
            lines = [{"sku": str(line["sku"]), "quantity": str(line["quantity"])} for line in wish["lines"]]
            return self.server.desk.place(lines, wish.get("customer"))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise Refused(HTTPStatus.CONFLICT, f"this order cannot be taken: {error}") from error

    def _json(self, content, status=HTTPStatus.OK, headers=()):
        self._answer(json.dumps(content).encode(), "application/json", status, headers)

    def _answer(self, content, kind, status=HTTPStatus.OK, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers:
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        """Nothing: the ledger says what happened."""
