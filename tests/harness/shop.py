# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A demo shop in a process of its own (tests/channels/shop), and what can be asked of it."""

import base64
import json
import os
import secrets
import subprocess
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

from harness import machine, paths
from harness.waiting import wait_for

READY_LIMIT_S = 20
TIMEOUT_S = 30


def new_secret():
    """A secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


class Shop:
    """`.url`, `.webhook_url`, `.secret`, `.quantities()`, `.ledger()`, `.orders()`, `.place_order()`, `.configure()`, `.stop()`, `.start()`."""

    def __init__(self, name, *, state_dir, secret=None, odoo_url=None, port=None, **settings):
        self.name = name
        self.port = machine.free_port(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.webhook_url = f"{self.url}/webhook"
        self.secret = secret or new_secret()
        self._state = Path(state_dir)
        self._state.mkdir(parents=True, exist_ok=True)
        self._settings = {"name": name, "secret": self.secret, "odoo_url": odoo_url, **settings}
        self._process = None
        self.configure()
        self.start()

    def configure(self, **settings):
        """Changes settings (see channels.shop.__main__), also while it runs."""
        self._settings.update(settings)
        self.secret = self._settings["secret"]
        new = self._state / "settings.json.new"
        new.write_text(json.dumps(self._settings))
        new.chmod(0o600)
        os.replace(new, self._state / "settings.json")

    def start(self):
        """Starts it again on the same port with what it knew; returns when it answers."""
        command = [paths.PYTHON, "-m", "channels.shop", "--port", str(self.port), "--state", self._state]
        environment = {**os.environ, "PYTHONPATH": str(paths.ROOT / "tests"), "PYTHONDONTWRITEBYTECODE": "1"}
        with (self._state / "shop.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._state, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             start_new_session=True)
        wait_for(lambda: self._get("/health"), limit_s=READY_LIMIT_S, what=f"the shop answers on {self.url} (see {self._state}/shop.log)")

    def stop(self):
        """Ends it; its state stays on disk."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def kill(self):
        """Ends it with no chance to tidy up."""
        self._process.kill()
        self._process.wait()

    def _get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=TIMEOUT_S) as answer:
            return json.load(answer)

    def state(self):
        return self._get("/api/state")

    def quantities(self):
        """What the shop shows: {sku: quantity}, for a channel that stocks by node {(sku, node): quantity}."""
        return {(item["sku"], item["node"]) if item["node"] else item["sku"]: Decimal(item["quantity"]) for item in self.state()["items"]}

    def quantity(self, sku):
        return self.quantities().get(sku)

    def orders(self):
        return self.state()["orders"]

    def ledger(self):
        """Each item of each send in the order of arrival: webhook_id, sku, node, quantity, generation, applied, time."""
        return self._get("/api/ledger")

    def place_order(self, lines, customer=None):
        """Orders `lines` (list of (sku, quantity)). Returns number, state and Odoo's answer. Raises AssertionError when the shop refuses."""
        body = {"lines": [{"sku": sku, "quantity": str(quantity)} for sku, quantity in lines], "customer": customer}
        request = urllib.request.Request(f"{self.url}/api/orders", json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error
