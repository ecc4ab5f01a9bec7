# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import hashlib
import hmac
import json
import secrets
import uuid
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.ats_channel import http
from odoo.addons.ats_channel.errors import ChannelRetry, InboxRejected

SIGNATURE_HEADER = "x-demo-signature"


def _switch_off(channels):
    """What becomes of the channels when this module goes: nobody can speak to them any more."""
    channels.write({"code": "none", "state": "disabled"})


class AtsChannel(models.Model):
    _inherit = "ats.channel"

    code = fields.Selection(selection_add=[("demo", "Demo")], ondelete={"demo": _switch_off})
    demo_outcome = fields.Selection(
        [
            ("accept", "Accepts"),
            ("refuse", "Refuses the first row"),
            ("refuse_all", "Refuses the batch"),
            ("timeout", "Takes it, but the answer gets lost"),
            ("unreachable", "Cannot be reached"),
        ],
        string="The Next Send",
        default="accept",
        copy=False,
    )
    demo_secret = fields.Char(
        default=lambda self: secrets.token_hex(32), groups="base.group_system", copy=False, readonly=True
    )
    demo_last_order = fields.Text(readonly=True, copy=False, groups="base.group_system")

    @api.constrains("state", "code")
    def _check_demo_never_live(self):
        if self.filtered(lambda channel: channel.code == "demo" and channel.state == "live"):
            raise ValidationError(self.env._("A demo channel can never go live."))

    # --- publishing: the pretended shop answers from here, nothing leaves the machine -------------------------

    def _push_limit(self):
        return 10 if self.code == "demo" else super()._push_limit()

    def _push_body(self, rows):
        if self.code != "demo":
            return super()._push_body(rows)
        return json.dumps([[row["sku"], row["node"], f"{row['quantity']:f}", row["generation"]] for row in rows])

    def _push_request(self, send_uuid, body):
        if self.code != "demo":
            return super()._push_request(send_uuid, body)
        outcome = self.demo_outcome or "accept"
        self.demo_outcome = "accept"  # the outcome chosen is for one send
        return http.Request("POST", f"demo:{outcome}", body=body.encode(), transport=pretend)

    def _push_answer(self, response, rows):
        if self.code != "demo":
            return super()._push_answer(response, rows)
        if response.body == b"refuse":
            return {rows[0]["publication_id"]: ("refused", self.env._("The demo shop does not know this product."))}
        return {}

    def _test_request(self):
        if self.code != "demo":
            return super()._test_request()
        return http.Request("POST", "demo:accept", transport=pretend)

    # --- inbox ------------------------------------------------------------------------------------------------

    def _inbound_verify(self, headers, raw):
        if self.code != "demo":
            return super()._inbound_verify(headers, raw)
        if not self.sudo().demo_secret:
            return False
        return hmac.compare_digest(self._demo_signature(raw).encode(), headers.get(SIGNATURE_HEADER, "").encode())

    def _demo_signature(self, raw):
        return hmac.new(self.sudo().demo_secret.encode(), raw, hashlib.sha256).hexdigest()

    def _inbound_identify(self, raw):
        if self.code != "demo":
            return super()._inbound_identify(raw)
        try:
            return "order.created", str(json.loads(raw)["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise InboxRejected("not_json", "Not an order of the demo shop.") from error

    def _inbound_translate(self, raw):
        if self.code != "demo":
            return super()._inbound_translate(raw)
        try:
            order = json.loads(raw)
            for line in order["lines"]:
                line.update(quantity=Decimal(line["quantity"]), unit_price=Decimal(line["unit_price"]))
        except (ValueError, KeyError, TypeError, InvalidOperation) as error:
            raise InboxRejected("not_json", "Not an order of the demo shop.") from error
        return order

    # --- secrets ----------------------------------------------------------------------------------------------

    def _secret_generate(self, purpose):
        return secrets.token_hex(32) if self.code == "demo" else super()._secret_generate(purpose)

    def _secret_set(self, purpose, value):
        if self.code != "demo":
            return super()._secret_set(purpose, value)
        return self.write({"demo_secret": value})

    def _secret_values(self):
        return [self.demo_secret] if self.code == "demo" else super()._secret_values()

    # --- buttons ----------------------------------------------------------------------------------------------

    def action_demo_accept(self):
        """Send all quantities; the demo shop takes them."""
        return self._demo_send("accept")

    def action_demo_refuse(self):
        """Send all quantities; the demo shop refuses the first row, which is parked."""
        return self._demo_send("refuse")

    def action_demo_timeout(self):
        """Send all quantities; the demo shop's answer gets lost, and the same send is made again."""
        return self._demo_send("timeout")

    def _demo_send(self, outcome):
        self.ensure_one()
        self.check_access("write")
        if self.state != "test":
            raise UserError(self.env._("Set the demo channel to Test first."))
        self.demo_outcome = outcome
        self.sudo()._switched_on()
        self.invalidate_recordset(["due_count"])
        if not self.due_count:
            raise UserError(self.env._("There is nothing to send yet: the demo channel has no levels."))
        return self._notify("info", self.env._("%(count)s quantities are being sent; see Sends.", count=self.due_count))

    def action_demo_order(self):
        """Let the demo shop sell one piece of the first listing, through the same intake as any channel's order."""
        self.ensure_one()
        self.check_access("write")
        listing = self.env["ats.listing"].search([("channel_id", "=", self.id)], limit=1)
        if not listing:
            raise UserError(self.env._("The demo shop has no listings to sell."))
        order = {
            "id": f"DEMO-{uuid.uuid4().hex[:8]}",
            "number": None,
            "placed_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "currency": self.company_id.currency_id.name,
            "customer": {"name": "Demo Buyer", "email": "buyer@example.com", "phone": None},
            "shipping_address": None,
            "lines": [{"id": "1", "sku": listing.external_id, "quantity": "1", "unit_price": "10.00"}],
            "note": None,
        }
        order["number"] = order["id"]
        self.sudo().demo_last_order = json.dumps(order)
        return self._demo_deliver()

    def action_demo_order_again(self):
        """Deliver the last order once more, as channels do when they missed the answer."""
        self.ensure_one()
        self.check_access("write")
        if not self.sudo().demo_last_order:
            raise UserError(self.env._("Simulate an order first."))
        return self._demo_deliver()

    def _demo_deliver(self):
        raw = self.sudo().demo_last_order.encode()
        stored = self.env["ats.inbox"].sudo()._receive(
            self.sudo().token, {SIGNATURE_HEADER: self._demo_signature(raw)}, raw
        )
        if not stored:
            raise UserError(self.env._("The channel is disabled: the delivery was answered 401."))
        return self._notify("success", self.env._("The demo shop delivered its order; it was answered 200."))


def pretend(request):
    """The pretended shop: `http.Request` → `http.Response`, as told by the address `demo:<outcome>`."""
    outcome = request.url.partition(":")[2]
    if outcome == "timeout":
        raise ChannelRetry("timeout", "The demo shop took it, but its answer got lost.")
    if outcome == "unreachable":
        raise ChannelRetry("unreachable", "The demo shop cannot be reached.", delivered=False)
    if outcome == "refuse_all":
        return http.Response(422, {}, b"unprocessable")
    return http.Response(200, {}, b"refuse" if outcome == "refuse" else b"ok")
