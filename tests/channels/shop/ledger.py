# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the shop knows: an append-only file of JSON lines, and the state that follows from it.

Thread safety: every public method may be called from any thread. Invariants: 1. nothing is answered before its line is on disk; 2. a
quantity is applied only when its generation is not older than the one held for its (sku, node); 3. a webhook-id is applied at most once.
"""

import json
import os
import threading
from datetime import datetime, timezone
from decimal import Decimal


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


class Ledger:
    def __init__(self, path):
        self._lock = threading.RLock()
        self._items = {}
        self._sends = {}
        self._orders = {}
        self._lines = []
        self._open(path)

    def _open(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = 0
        if path.exists():
            for line in path.read_bytes().splitlines(keepends=True):
                # a kill in the middle of a write leaves a torn last line, which was never answered
                if not line.endswith(b"\n"):
                    break
                self._replay(json.loads(line))
                whole += len(line)
            os.truncate(path, whole)
        self._file = path.open("ab")

    def _append(self, line):
        line["time"] = now()
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._replay(line)

    def _replay(self, line):
        self._lines.append(line)
        if line["type"] == "send":
            self._sends[line["webhook_id"]] = line["items"]
            for item in line["items"]:
                if item["applied"]:
                    self._items[item["sku"], item["node"]] = {**item, "time": line["time"]}
        elif line["type"] == "order":
            self._orders[line["number"]] = {**line, "state": "sending", "answer": None}
            for part in line["taken"]:
                held = self._items[part["sku"], part["node"]]
                self._items[part["sku"], part["node"]] = {
                    **held, "quantity": str(Decimal(held["quantity"]) - Decimal(part["quantity"])), "time": line["time"],
                }
        elif line["type"] == "answer":
            self._orders[line["number"]].update(state=line["state"], answer=line["answer"])

    def receive(self, webhook_id, items, refused=()):
        """Applies a send's items once and returns one answer per item; the same webhook-id again gets the same answers."""
        with self._lock:
            if webhook_id not in self._sends:
                rows = [self._judge(item, refused) for item in items]
                self._append({"type": "send", "webhook_id": webhook_id, "items": rows})
            return [_answer(row) for row in self._sends[webhook_id]]

    def _judge(self, item, refused):
        row = {"sku": item["sku"], "node": item.get("node"), "quantity": str(item["quantity"]), "generation": int(item["generation"])}
        held = self._items.get((row["sku"], row["node"]))
        if row["sku"] in refused:
            return {**row, "applied": False, "error": "unknown product"}
        return {**row, "applied": held is None or row["generation"] >= held["generation"]}

    def order(self, number, lines, document):
        """Takes the order's quantities from what the shop shows and keeps the order. Raises ValueError when there is not enough."""
        with self._lock:
            taken = [part for line in lines for part in self._take(line["sku"], Decimal(line["quantity"]))]
            self._append({"type": "order", "number": number, "taken": taken, "document": document})

    def _take(self, sku, wanted):
        places = [(key, Decimal(item["quantity"])) for key, item in self._items.items() if key[0] == sku]
        if wanted <= 0 or wanted > sum(max(quantity, 0) for _key, quantity in places):
            raise ValueError(f"not enough of {sku}")
        for (_sku, node), quantity in places:
            part = min(wanted, max(quantity, 0))
            if part:
                yield {"sku": sku, "node": node, "quantity": str(part)}
                wanted -= part

    def answer(self, number, state, answer):
        """Keeps what Odoo answered to an order: state "accepted", "refused" or "sending" (will be tried again)."""
        with self._lock:
            self._append({"type": "answer", "number": number, "state": state, "answer": answer})

    def unsent(self):
        with self._lock:
            return [order for order in self._orders.values() if order["state"] == "sending"]

    def order_count(self):
        with self._lock:
            return len(self._orders)

    def state(self):
        with self._lock:
            items = [{key: item[key] for key in ("sku", "node", "quantity", "generation", "time")} for item in self._items.values()]
            orders = [
                {"number": order["number"], "time": order["time"], "lines": order["document"]["data"]["lines"], "state": order["state"],
                 "answer": order["answer"]}
                for order in self._orders.values()
            ]
        return {"items": sorted(items, key=lambda item: (item["sku"], str(item["node"]))), "orders": orders[::-1]}

    def rows(self):
        """One row for each item of each send, in the order of arrival."""
        with self._lock:
            return [{"webhook_id": line["webhook_id"], "time": line["time"], **item} for line in self._lines if line["type"] == "send"
                    for item in line["items"]]


def _answer(row):
    if "error" in row:
        return {"sku": row["sku"], "node": row["node"], "status": "refused", "error": row["error"]}
    return {"sku": row["sku"], "node": row["node"], "status": "ok"}
