# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Odoo's external JSON-RPC interface, as any other program would use it."""

import itertools
import json
import urllib.request

TIMEOUT_S = 120


class RpcError(Exception):
    """Odoo refused the call. `.name` is the Python class of the error on the server."""

    def __init__(self, error):
        data = error.get("data", {})
        self.name = data.get("name", "")
        super().__init__(data.get("message") or error.get("message"))
        self.debug = data.get("debug", "")


class Rpc:
    """A login on one database."""

    _ids = itertools.count(1)

    def __init__(self, url, database, login, password):
        self.url, self.database, self.login, self.password = url, database, login, password
        self.uid = self._call("common", "login", [database, login, password])
        if not self.uid:
            raise RpcError({"message": f"{login} cannot log in on {database}"})

    def _call(self, service, method, arguments):
        body = {"jsonrpc": "2.0", "id": next(self._ids), "method": "call", "params": {"service": service, "method": method, "args": arguments}}
        request = urllib.request.Request(f"{self.url}/jsonrpc", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            content = json.load(answer)
        if "error" in content:
            raise RpcError(content["error"])
        return content.get("result")

    def execute(self, model, method, args=(), kw=None):
        return self._call("object", "execute_kw", [self.database, self.uid, self.password, model, method, list(args), kw or {}])

    def create(self, model, values):
        return self.execute(model, "create", [values])

    def write(self, model, ids, values):
        return self.execute(model, "write", [ids if isinstance(ids, list) else [ids], values])

    def search(self, model, domain, **kw):
        return self.execute(model, "search", [domain], kw)

    def search_read(self, model, domain, fields, **kw):
        return self.execute(model, "search_read", [domain, fields], kw)

    def read(self, model, ids, fields):
        single = isinstance(ids, int)
        rows = self.execute(model, "read", [[ids] if single else ids, fields])
        return rows[0] if single else rows

    def ref(self, xml_id):
        """The database id of an external identifier `module.name`."""
        module, name = xml_id.split(".", 1)
        rows = self.search_read("ir.model.data", [("module", "=", module), ("name", "=", name)], ["res_id"])
        if not rows:
            raise LookupError(f"no record {xml_id}")
        return rows[0]["res_id"]
