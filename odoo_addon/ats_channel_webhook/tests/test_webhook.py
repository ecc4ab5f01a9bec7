# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import json
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from standardwebhooks import Webhook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.ats_channel import http
from odoo.addons.ats_channel.errors import ChannelRetry, InboxRejected
from odoo.addons.ats_channel.tests.common import ChannelCommon

from .. import const, document

SECRET = "whsec_" + "A" * 43 + "="
OTHER = "whsec_" + "B" * 43 + "="
ORDER = {
    "type": "order.created",
    "timestamp": "2026-11-01T10:00:00Z",
    "data": {
        "id": "1001",
        "currency": "EUR",
        "customer": {"name": "Ada", "email": "ada@example.com"},
        "shipping_address": {"name": "Ada", "street": "1 Rue", "city": "Paris", "country": "FR"},
        "lines": [{"id": "1", "sku": "CHAIR", "quantity": "2", "unit_price": "9.90"}],
    },
}


@tagged("post_install", "-at_install")
class TestWebhook(ChannelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write(
            {
                "code": "webhook",
                "webhook_live_url": "https://shop.example/ats",
                "webhook_test_url": "https://sandbox.example/ats",
                "webhook_secret": SECRET,
            }
        )

    def _signed(self, raw, secret=SECRET, at=None):
        at = at or datetime.now(timezone.utc)
        return {
            "webhook-id": "m1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign("m1", at, raw.decode()),
        }

    # --- going out ---

    def test_the_body_fits_the_published_schema(self):
        rows = [
            {"publication_id": 7, "sku": "A", "node": None, "quantity": Decimal("12"), "generation": 5},
            {"publication_id": 8, "sku": "B", "node": "WH", "quantity": Decimal("0.5"), "generation": 6},
        ]
        body = self.channel._push_body(rows)
        document.check(json.loads(body), "quantities")
        self.assertEqual([item["quantity"] for item in json.loads(body)["data"]["items"]], ["12", "0.5"])
        with self.assertRaises(InboxRejected):
            document.check({"type": "quantities.set"}, "quantities")

    def test_a_request_is_signed_and_goes_to_the_address_of_the_state(self):
        for state, host in (("test", "sandbox.example"), ("live", "shop.example")):
            self.channel.state = state
            request = self.channel._push_request("msg_1", '{"a": "ü"}')
            self.assertIn(host, request.url)
            Webhook(SECRET).verify(request.body, request.headers)
            self.assertEqual(request.headers["webhook-id"], "msg_1")

    def test_only_rows_named_as_refused_are_refused(self):
        rows = [{"publication_id": n, "sku": f"S{n}", "node": None, "quantity": 1, "generation": 1} for n in (1, 2)]
        items = [
            {"sku": "S1", "node": None, "status": "refused", "error": "No"},
            {"sku": "S2", "status": "ok"},
            "noise",
        ]
        answer = json.dumps({"items": items}).encode()
        self.assertEqual(self.channel._push_answer(http.Response(200, {}, answer), rows), {1: ("refused", "No")})
        for noise in (b"", b"OK", b"[]", b'{"items": 3}', b"\xff"):
            self.assertEqual(self.channel._push_answer(http.Response(200, {}, noise), rows), {})

    def test_a_refusal_without_node_means_every_node_of_the_sku(self):
        rows = [{"publication_id": n, "sku": "S1", "node": node, "quantity": 1, "generation": 1} for n, node in ((1, "A"), (2, "B"))]
        for named, refused in (({}, {1, 2}), ({"node": "B"}, {2})):
            answer = json.dumps({"items": [{"sku": "S1", "status": "refused", **named}]}).encode()
            self.assertEqual(set(self.channel._push_answer(http.Response(200, {}, answer), rows)), refused)

    def test_a_refusal_of_something_not_sent_acknowledges_nothing(self):
        rows = [{"publication_id": 1, "sku": "S1", "node": None, "quantity": 1, "generation": 1}]
        for stranger in ({"sku": "S2"}, {"sku": "S1", "node": "C"}, {"sku": ["S1"], "node": {}}, {}):
            answer = json.dumps({"items": [{**stranger, "status": "refused"}]}).encode()
            with self.subTest(stranger=stranger), self.assertRaises(ChannelRetry):
                self.channel._push_answer(http.Response(200, {}, answer), rows)

    def test_test_connection_pings_and_masks_the_secret(self):
        with patch.object(http, "call", return_value=http.Response(401)) as call:
            action = self.channel.with_user(self.manager).action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(json.loads(call.call_args.args[0].body)["type"], const.PING_TYPE)
        self.assertEqual(self.channel._masked(f"bad {SECRET}!"), "bad •••!")

    # --- coming in ---

    def test_a_signature_counts_for_five_minutes_and_for_both_secrets(self):
        raw = json.dumps(ORDER).encode()
        self.assertTrue(self.channel._inbound_verify(self._signed(raw), raw))
        self.assertFalse(self.channel._inbound_verify(self._signed(raw, OTHER), raw))
        self.assertFalse(self.channel._inbound_verify(self._signed(raw), raw + b" "))
        for minutes in (-6, 6):
            at = datetime.now(timezone.utc) + timedelta(minutes=minutes)
            self.assertFalse(self.channel._inbound_verify(self._signed(raw, at=at), raw))
        self.channel._secret_set("webhook_signing", OTHER)
        self.assertTrue(self.channel._inbound_verify(self._signed(raw), raw))
        self.assertTrue(self.channel._inbound_verify(self._signed(raw, OTHER), raw))
        self.assertEqual(self.channel.webhook_secret_state, "rotating")
        self.channel.action_webhook_forget_previous()
        self.assertFalse(self.channel._inbound_verify(self._signed(raw), raw))

    def test_an_order_is_translated_with_exact_decimals(self):
        order = self.channel._inbound_translate(json.dumps(ORDER).encode())
        self.assertEqual(order["lines"][0]["quantity"], Decimal("2"))
        self.assertEqual(order["lines"][0]["unit_price"], Decimal("9.90"))
        self.assertEqual(order["number"], "1001")
        self.assertEqual(order["shipping_address"]["country"], "FR")
        self.assertIsNone(order["customer"]["phone"])

    def test_what_does_not_fit_the_schema_is_named_without_its_value(self):
        changes = {
            "/data/currency": {"currency": "euro"},
            "/data/lines": {"lines": []},
            "/data/lines/0/quantity": {"lines": [{"id": "1", "sku": "A", "quantity": 1.5, "unit_price": "1"}]},
            "/data/lines/0/unit_price": {"lines": [{"id": "1", "sku": "A", "quantity": 1, "unit_price": "1e5"}]},
            "/data/shipping_address": {"shipping_address": "canary"},
        }
        for pointer, change in changes.items():
            raw = json.dumps({**ORDER, "data": {**ORDER["data"], **change}}).encode()
            with self.subTest(pointer=pointer), self.assertRaises(InboxRejected) as caught:
                self.channel._inbound_translate(raw)
            self.assertEqual(caught.exception.code, "bad_shape")
            self.assertTrue(caught.exception.message.startswith(pointer), caught.exception.message)
            self.assertNotIn("canary", caught.exception.message)

    def test_documents_that_hide_something_are_refused(self):
        for raw, code in (
            (b'{"a": 1, "a": 2}', "duplicate_key"),
            (b'{"a": Infinity}', "not_json"),
            (b'{"a": "' + b"[" * 100 + b'"}', None),
            (b"[" * 65 + b"]" * 65, "too_deep"),
            (b"{", "not_json"),
            (b"3", "not_an_object"),
            (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
            (b'{"a": [{"b": "x\\u0000"}]}', "bad_text"),
            (b'{"a": "\\ud83d"}', "bad_text"),
            (b'{"\\udc00": 1}', "bad_text"),
            (b'{"a": "\\ud83d\\ude00 \\\\u0000"}', None),
        ):
            with self.subTest(code=code):
                if code is None:
                    document.parse(raw)
                    continue
                with self.assertRaises(InboxRejected) as caught:
                    document.parse(raw)
                self.assertEqual(caught.exception.code, code)

    def test_an_order_that_cannot_be_stored_as_text_is_refused_and_not_a_crash(self):
        raw = json.dumps({**ORDER, "data": {**ORDER["data"], "id": "1\x002"}}).encode()
        with self.assertRaises(InboxRejected):
            self.channel._inbound_identify(raw)

    def test_a_document_of_nothing_but_errors_is_refused_at_its_first(self):
        lines = [{} for _line in range(200_000)]
        started = time.monotonic()
        with self.assertRaises(InboxRejected) as caught:
            document.check({**ORDER, "data": {**ORDER["data"], "lines": lines}}, "order")
        self.assertIn("maxItems", caught.exception.message)
        self.assertLess(time.monotonic() - started, 2.0)

    # --- configuration ---

    def test_another_address_is_told_everything_anew(self):
        self._make_level(self.listing, 5)
        self.channel.state = "live"
        self.env.cr.execute("UPDATE ats_publication SET state = 'done', acked_generation = desired_generation")
        self.env.invalidate_all()
        self.channel.webhook_test_url = "https://sandbox.example/elsewhere"
        self.assertEqual(self._publication(self.listing).state, "done")
        self.channel.with_user(self.manager).webhook_live_url = "https://shop.example/elsewhere"
        self.assertEqual(self._publication(self.listing).state, "due")

    def test_managers_set_secrets_without_reading_them(self):
        channel = self.channel.with_user(self.manager)
        with self.assertRaises(AccessError):
            channel.read(["webhook_secret"])
        wizard = self.env["ats.channel.secret"].with_user(self.manager).with_context(default_channel_id=channel.id)
        with Form(wizard) as form:
            form.value = OTHER
        form.record.action_set()
        self.assertEqual(self.channel.webhook_secret, OTHER)
        self.env.cr.execute("SELECT count(*) FROM ats_channel_secret AS w WHERE w::text LIKE '%%whsec_%%'")
        self.assertEqual(self.env.cr.fetchone()[0], 0, "nothing of a secret is stored in the wizard")

    def test_a_generated_secret_is_shown_once(self):
        context = {"default_channel_id": self.channel.id}
        wizard = self.env["ats.channel.secret"].with_user(self.manager).with_context(**context).create({})
        action = wizard.action_generate()
        shown = wizard.with_context(**action["context"]).shown
        self.assertEqual(shown, self.channel.webhook_secret)
        self.assertFalse(wizard.with_context(ats_generated_secret=False).shown)
        with self.assertRaises(UserError):
            wizard.action_set()

    def test_viewers_and_operators_set_no_secrets(self):
        for user in (self.viewer, self.operator):
            with self.assertRaises(AccessError):
                self.env["ats.channel.secret"].with_user(user).create({"channel_id": self.channel.id})

    def test_bad_secrets_and_addresses_are_refused(self):
        for secret in ("hello", "whsec_", "whsec_QUJD", "whsec_" + "A" * 200, "whsec_%%%"):
            with self.subTest(secret=secret), self.assertRaises(ValidationError):
                self.channel._secret_set("webhook_signing", secret)
        for url in ("http://shop.example", "https://u:p@shop.example", "gopher://x"):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.channel.webhook_live_url = url

    def test_a_channel_with_something_missing_cannot_go_live(self):
        bare = self._make_channel("Bare", code="webhook")
        with self.assertRaisesRegex(ValidationError, "Live Address, Signing Secret"):
            bare.state = "live"
