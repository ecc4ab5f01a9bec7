# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`python -m channels.shop --port N --state DIR`: the shop's settings are in DIR/settings.json, read again whenever they change.

Settings: name, secret (`whsec_…`), odoo_url (`…/ats/webhook/<token>`), currency, catalogue {sku: {name, price}}, and for tests fault:
{"kind": "status", "status": 503, "headers": {…}} | {"kind": "hang", "seconds": 30, "applied": true} | {"kind": "refuse", "skus": […]}.
"""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from channels.shop.ledger import Ledger
from channels.shop.orders import OrderDesk
from channels.shop.server import ShopServer


def settings_reader(path):
    """A function that returns the settings in force."""
    held = {"stamp": None, "settings": None}

    def read():
        stamp = path.stat().st_mtime_ns, path.stat().st_ino
        if stamp != held["stamp"]:
            held.update(stamp=stamp, settings=json.loads(path.read_text()))
        return held["settings"]

    return read


def main():
    parser = argparse.ArgumentParser(prog="python -m channels.shop", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    settings = settings_reader(options.state / "settings.json")
    ledger = Ledger(options.state / "ledger.jsonl")
    desk = OrderDesk(ledger, settings)
    server = ShopServer(options.port, ledger, desk, settings)

    def stop(*_args):
        desk.stop()
        server.stopping.set()
        # shutdown waits for the loop of this very thread, so another one asks for it
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
