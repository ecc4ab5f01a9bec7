# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One test for every adapter installed: it implements each hook and leaves the network to the one seam."""

import ast
from pathlib import Path

from odoo.modules import get_manifest, get_modules
from odoo.tests import tagged

from odoo.addons.ats_channel import http

from .common import ChannelCommon

NETWORK_MODULES = {"requests", "urllib3", "httpx", "socket", "http.client", "urllib.request", "aiohttp"}
ROW = {"publication_id": 1, "sku": "A", "node": None, "quantity": 1, "generation": 1}
HOOKS = {
    "_push_limit": (),
    "_push_body": ([ROW],),
    "_push_request": ("msg_1", "{}"),
    "_push_answer": (http.Response(200, {}, b"{}"), [ROW]),
    "_test_request": (),
    "_inbound_verify": ({}, b"{}"),
    "_inbound_identify": (b"{}",),
    "_inbound_translate": (b"{}",),
    "_secret_generate": ("purpose",),
    "_missing_configuration": (),
}


@tagged("post_install", "-at_install")
class TestAdapterContract(ChannelCommon):
    def _codes(self):
        return [code for code in self.env["ats.channel"]._fields["code"].get_values(self.env) if code != "none"]

    def test_a_channel_without_an_adapter_fails_by_name(self):
        with self.assertRaisesRegex(NotImplementedError, "'none' does not implement _push_body"):
            self.channel._push_body([])

    def test_each_adapter_implements_each_hook(self):
        for code in self._codes():
            channel = self._make_channel(f"Channel {code}", code=code)
            for hook, arguments in HOOKS.items():
                with self.subTest(code=code, hook=hook):
                    try:
                        getattr(channel, hook)(*arguments)
                    except NotImplementedError as error:
                        self.fail(str(error))
                    except Exception:  # noqa: BLE001 - these arguments mean nothing; only the hook's presence counts
                        pass

    def test_without_a_secret_nothing_is_verified(self):
        for code in self._codes():
            channel = self._make_channel(f"Channel {code}", code=code)
            for field in [name for name in channel._fields if "secret" in name and channel._fields[name].store]:
                channel[field] = False
            with self.subTest(code=code):
                self.assertFalse(channel._inbound_verify({"webhook-signature": "v1,"}, b"{}"))

    def test_no_adapter_opens_connections_itself(self):
        for module in get_modules():
            if not module.startswith("ats_channel_"):
                continue
            manifest = get_manifest(module)
            for path in Path(manifest["__path__"] if "__path__" in manifest else manifest.path).rglob("*.py"):
                if "tests" in path.parts:
                    continue
                with self.subTest(path=str(path)):
                    self.assertFalse(self._imports(path) & NETWORK_MODULES)

    @staticmethod
    def _imports(path):
        found = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module)
        return found
