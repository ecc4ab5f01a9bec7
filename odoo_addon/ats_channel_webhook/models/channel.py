# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import base64
import binascii
import json
import logging
import secrets
from datetime import datetime, timezone

from standardwebhooks import Webhook, WebhookVerificationError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.ats_channel import http
from odoo.addons.ats_channel.const import SENDING_STATES
from odoo.addons.ats_channel.errors import ChannelError, ChannelRetry, InboxRejected

from .. import const, document

_logger = logging.getLogger(__name__)


def _switch_off(channels):
    """What becomes of the channels when this module goes: nobody can speak to them any more."""
    channels.write({"code": "none", "state": "disabled"})


class AtsChannel(models.Model):
    _inherit = "ats.channel"

    code = fields.Selection(selection_add=[("webhook", "Webhook")], ondelete={"webhook": _switch_off})
    webhook_live_url = fields.Char(string="Live Address", help="Where the shop takes quantities, e.g. https://shop.example/ats.")
    webhook_test_url = fields.Char(string="Test Address", help="The shop's sandbox, used while the channel is in Test.")
    webhook_secret = fields.Char(
        string="Signing Secret",
        groups="base.group_system",
        copy=False,
        help="whsec_… of Standard Webhooks; signs what is sent and checks what is received.",
    )
    webhook_secret_previous = fields.Char(
        string="Previous Secret",
        groups="base.group_system",
        copy=False,
        help="Still accepted on orders, until the shop has the new one.",
    )
    webhook_secret_state = fields.Selection(
        [("none", "Not set"), ("set", "Set"), ("rotating", "Set; the previous one is still accepted")],
        string="Secret",
        compute="_compute_webhook_secret_state",
    )

    @api.depends("webhook_secret", "webhook_secret_previous")
    def _compute_webhook_secret_state(self):
        """Say that a secret is there, never what it is: also those who may not read it see this."""
        for channel in self:
            secret = channel.sudo()
            channel.webhook_secret_state = (
                "none" if not secret.webhook_secret else "rotating" if secret.webhook_secret_previous else "set"
            )

    @api.constrains("webhook_live_url", "webhook_test_url")
    def _check_webhook_urls(self):
        allowed = http.allowed_hosts(self.env)
        for channel in self:
            for url in filter(None, (channel.webhook_live_url, channel.webhook_test_url)):
                try:
                    http.check_url(url, allowed)
                except ChannelError as error:
                    raise ValidationError(error.message) from error

    @api.constrains("webhook_secret", "webhook_secret_previous")
    def _check_webhook_secrets(self):
        for channel in self:
            for secret in filter(None, (channel.webhook_secret, channel.webhook_secret_previous)):
                self._check_webhook_secret(secret)

    @api.model
    def _check_webhook_secret(self, secret):
        try:
            if not secret.startswith(const.SECRET_PREFIX):
                raise ValueError
            size = len(base64.b64decode(secret.removeprefix(const.SECRET_PREFIX), validate=True))
        except (ValueError, binascii.Error):
            size = 0
        if not const.SECRET_BYTES_MIN <= size <= const.SECRET_BYTES_MAX:
            raise ValidationError(
                self.env._(
                    "A signing secret looks like whsec_ followed by %(least)s to %(most)s bytes in base64.",
                    least=const.SECRET_BYTES_MIN,
                    most=const.SECRET_BYTES_MAX,
                )
            )

    def write(self, vals):
        before = {channel.id: channel._webhook_url() for channel in self}
        result = super().write(vals)
        if vals.keys() & {"webhook_live_url", "webhook_test_url"} and "state" not in vals:
            # Another address may be another shop: it knows nothing of what the former one acknowledged.
            self.filtered(lambda c: c.state in SENDING_STATES and c._webhook_url() != before[c.id])._switched_on()
        return result

    # --- form and secrets -------------------------------------------------------------------------------------

    def _secret_purposes(self):
        if self.code != "webhook":
            return super()._secret_purposes()
        return {"webhook_signing": self.env._("Signing secret")}

    def _secret_generate(self, purpose):
        if self.code != "webhook":
            return super()._secret_generate(purpose)
        return const.SECRET_PREFIX + base64.b64encode(secrets.token_bytes(const.SECRET_BYTES)).decode()

    def _secret_set(self, purpose, value):
        if self.code != "webhook":
            return super()._secret_set(purpose, value)
        if purpose != "webhook_signing":
            raise UserError(self.env._("This channel has no such secret."))
        self._check_webhook_secret(value)
        if value != self.webhook_secret:
            # The shop goes on signing with the old one until it got the new one.
            self.write({"webhook_secret": value, "webhook_secret_previous": self.webhook_secret})
        return None

    def _secret_values(self):
        if self.code != "webhook":
            return super()._secret_values()
        return [secret for secret in (self.webhook_secret, self.webhook_secret_previous) if secret]

    def _missing_configuration(self):
        if self.code != "webhook":
            return super()._missing_configuration()
        missing = []
        if not self._webhook_url():
            label = self.env._("Live Address") if self.state == "live" else self.env._("Test Address")
            missing.append(label)
        if not self.webhook_secret:
            missing.append(self.env._("Signing Secret"))
        return missing

    def action_webhook_forget_previous(self):
        """End a rotation: only the current secret is accepted from now on."""
        self.check_access("write")
        self.sudo().webhook_secret_previous = False

    # --- publishing -------------------------------------------------------------------------------------------

    def _webhook_url(self):
        """The address for the present state; a channel that is switched off is tested where it would go first."""
        if self.state == "live":
            return self.webhook_live_url
        if self.state == "test":
            return self.webhook_test_url
        return self.webhook_test_url or self.webhook_live_url

    def _push_limit(self):
        if self.code != "webhook":
            return super()._push_limit()
        return const.QUANTITY_ROWS_MAX

    def _push_body(self, rows):
        if self.code != "webhook":
            return super()._push_body(rows)
        items = [
            {
                "sku": row["sku"],
                "node": row["node"],
                "quantity": f"{row['quantity']:f}",
                "generation": row["generation"],
            }
            for row in rows
        ]
        return self._webhook_body(const.QUANTITIES_TYPE, {"channel": self.name, "items": items})

    def _webhook_body(self, kind, data):
        timestamp = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
        return json.dumps({"type": kind, "timestamp": timestamp, "data": data}, ensure_ascii=False)

    def _push_request(self, send_uuid, body):
        if self.code != "webhook":
            return super()._push_request(send_uuid, body)
        # The signature carries the time of this attempt: a repeated send is as fresh as a first one.
        now = datetime.now(timezone.utc)
        return http.Request(
            method="POST",
            url=self._webhook_url(),
            headers={
                "Content-Type": "application/json",
                "webhook-id": send_uuid,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(self.webhook_secret).sign(send_uuid, now, body),
            },
            body=body.encode(),
            allowed_hosts=http.allowed_hosts(self.env),
        )

    def _push_answer(self, response, rows):
        if self.code != "webhook":
            return super()._push_answer(response, rows)
        by_key = {(row["sku"], row["node"]): [row["publication_id"]] for row in rows}
        for row in rows:
            # A shop that leaves the node out means every node of the SKU.
            by_key.setdefault((row["sku"], None), []).append(row["publication_id"])
        refused = {}
        for item in self._webhook_answer_items(response.body):
            if not isinstance(item, dict) or item.get("status") != "refused":
                continue
            key = item.get("sku"), item.get("node")
            # Anything may stand there: only texts can be a key of ours.
            meant = all(isinstance(part, str | None) for part in key) and by_key.get(key)
            if not meant:
                # Something of this send was not taken, and which one cannot be told: nothing counts as shown.
                raise ChannelRetry("answer_unclear", "The channel refused an item that it was not sent.", answered=True)
            message = item.get("error")
            text = message if isinstance(message, str) and message else self.env._("The channel gave no reason.")
            refused.update(dict.fromkeys(meant, ("refused", text)))
        return refused

    @api.model
    def _webhook_answer_items(self, body):
        """The items of an answer; an answer that is empty or not JSON says nothing beyond its 2xx."""
        try:
            answer = document.parse(body)
        except InboxRejected:
            return []
        items = answer.get("items")
        return items if isinstance(items, list) else []

    def _test_request(self):
        if self.code != "webhook":
            return super()._test_request()
        return self._push_request(f"msg_ping{secrets.token_hex(12)}", self._webhook_body(const.PING_TYPE, {}))

    # --- inbox ------------------------------------------------------------------------------------------------

    def _inbound_verify(self, headers, raw):
        if self.code != "webhook":
            return super()._inbound_verify(headers, raw)
        for secret in self._secret_values():
            try:
                Webhook(secret).verify(raw, headers, json_parse=False)
            except (WebhookVerificationError, ValueError, RuntimeError):
                continue  # malformed headers and bytes that are no UTF-8 are no signature either
            return True
        return False

    def _inbound_identify(self, raw):
        if self.code != "webhook":
            return super()._inbound_identify(raw)
        found = document.parse(raw)
        data = found.get("data")
        external_id = data.get("id") if isinstance(data, dict) else None
        if found.get("type") == const.PING_TYPE:
            return "ping", ""
        if not isinstance(external_id, str) or not external_id or len(external_id) > const.SKU_CHARS_MAX:
            raise InboxRejected("no_id", "/data/id is missing or no text.")
        return str(found.get("type")), external_id

    def _inbound_translate(self, raw):
        if self.code != "webhook":
            return super()._inbound_translate(raw)
        found = document.parse(raw)
        if found.get("type") != const.ORDER_TYPE:
            raise InboxRejected("unknown_type", "Only documents of the type order.created are imported.")
        document.check(found, "order")
        data = found["data"]
        address = data.get("shipping_address")
        return {
            "id": data["id"],
            "number": data.get("number") or data["id"],
            "placed_at": data.get("placed_at"),
            "currency": data["currency"],
            "customer": {key: data["customer"].get(key) for key in ("name", "email", "phone")},
            "shipping_address": address
            and {key: address.get(key) for key in ("name", "street", "street2", "city", "zip", "state", "country")},
            "lines": [
                {
                    "id": line["id"],
                    "sku": line["sku"],
                    "quantity": document.decimal(line["quantity"]),
                    "unit_price": document.decimal(line["unit_price"]),
                }
                for line in data["lines"]
            ],
            "note": data.get("note"),
        }
