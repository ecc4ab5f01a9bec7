# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import hashlib
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.ats_inventory.columns import PlainMany2one

from .. import const
from ..cursor import read_committed
from ..errors import InboxRejected

_logger = logging.getLogger(__name__)

# Headers kept beside a body: those that identify a delivery. Signatures and the like are not kept.
KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "content-type", "user-agent")

FIRST_IMPORTER = "ats_channel.ir_cron_ats_import_1"  # it calls the others when there is more than it can do

INSERT_SQL = """
    INSERT INTO ats_inbox (channel_id, company_id, environment, kind, external_id, digest, body, headers, size,
                           received_at, state, reason_code, reason_message, attempts, replays)
    VALUES (%(channel)s, %(company)s, %(environment)s, %(kind)s, %(external_id)s, %(digest)s, %(body)s, %(headers)s,
            %(size)s, (clock_timestamp() AT TIME ZONE 'UTC'), %(state)s, %(code)s, %(message)s, 0, 0)
    ON CONFLICT (channel_id, external_id, digest) DO NOTHING
"""


class AtsInbox(models.Model):
    """What channels sent us: the bytes first, then what became of them. One bad document never stops the next."""

    _name = "ats.inbox"
    _description = "Inbox"
    _order = "id desc"
    _rec_name = "external_id"
    _log_access = False

    channel_id = fields.Many2one("ats.channel", required=True, index=True, readonly=True, ondelete="cascade")
    company_id = PlainMany2one("res.company", required=True, index=True, readonly=True)
    environment = fields.Selection(
        [("shadow", "Shadow"), ("test", "Test"), ("live", "Live")], required=True, readonly=True
    )
    kind = fields.Char(readonly=True)
    external_id = fields.Char(string="Channel's Number", required=True, readonly=True, default="")
    digest = fields.Char(string="SHA-256", required=True, readonly=True)
    body = fields.Text(readonly=True, groups="ats_inventory.group_ats_operator")
    body_pretty = fields.Text(
        string="Document", compute="_compute_body_pretty", groups="ats_inventory.group_ats_operator"
    )
    headers = fields.Json(readonly=True)
    size = fields.Integer(string="Bytes", readonly=True)
    received_at = fields.Datetime(string="Received", readonly=True)
    imported_at = fields.Datetime(string="Imported", readonly=True)
    state = fields.Selection(
        [("received", "Received"), ("imported", "Imported"), ("parked", "Parked"), ("rejected", "Rejected")],
        required=True,
        readonly=True,
        index=True,
        help="Parked: can be replayed after something was put right here. Rejected: the sender must send another one.",
    )
    reason_code = fields.Char(readonly=True, index=True)
    reason_message = fields.Char(string="Reason", readonly=True)
    attempts = fields.Integer(readonly=True)
    replays = fields.Integer(readonly=True, help="How often an operator asked for it again.")
    not_before = fields.Datetime(readonly=True)
    lease_token = fields.Char(readonly=True)
    lease_until = fields.Datetime(readonly=True)
    result_model = fields.Char(readonly=True)
    result_id = fields.Many2oneReference(model_field="result_model", readonly=True, string="Result")

    _delivery_uniq = models.UniqueIndex("(channel_id, external_id, digest)")
    _received_idx = models.Index("(id) WHERE state = 'received'")

    @api.depends("body")
    def _compute_body_pretty(self):
        for row in self:
            try:
                text = json.dumps(json.loads(row.body or ""), indent=2, ensure_ascii=False)
                # JSON can spell half of a character, which no answer to a browser can carry.
                row.body_pretty = text.encode("utf-8", "backslashreplace").decode()
            except (ValueError, RecursionError):
                row.body_pretty = row.body

    # --- intake -----------------------------------------------------------------------------------------------

    @api.model
    def _receive(self, token, headers, raw):
        """Check and store one inbound body in a transaction of its own; True if it is stored now, False for 401.

        The order is fixed: who is asked for (by the digest of the token), whether the channel signed these bytes,
        whether just now, and only then a row. An unknown token, a disabled channel and a wrong signature are the
        same answer. The same delivery again, also at the same instant, is stored once.

        `headers`: mapping with lower-case names; `raw`: bytes, at most const.INBOX_BYTES_MAX (checked before).
        """
        with read_committed(self.env.registry) as env:
            channel = env["ats.channel"].search(
                [("token_sha256", "=", env["ats.channel"]._token_digest(token)), ("state", "!=", "disabled")]
            )
            if len(channel) != 1 or not channel._inbound_verify(headers, raw):
                return False
            env["ats.inbox"]._store(channel, headers, raw)
            importer = env.ref(FIRST_IMPORTER, raise_if_not_found=False)
            wanted = (
                channel.state in const.SENDING_STATES and importer and not env["ats.wake"]._is_pending(importer)
            )
        if wanted:
            self.env["ats.wake"]._trigger_now(self.env.registry, [FIRST_IMPORTER])
        return True

    @api.model
    def _store(self, channel, headers, raw):
        """Insert a verified body; parameters are never logged, since they hold a buyer's data."""
        state, code, message = "received", None, None
        kind, external_id = "unknown", ""
        try:
            kind, external_id = channel._inbound_identify(raw)
        except InboxRejected as error:
            state, code, message = "rejected", error.code, error.message
        if kind == "ping":
            return  # proves that the channel can deliver; there is nothing to keep
        if state == "received" and channel.state == "shadow":
            state, code, message = "parked", "shadow", self.env._("Received in shadow: nothing was imported.")
        kept = {
            name: str(headers[name])[: const.INBOX_HEADER_CHARS_MAX] for name in KEPT_HEADERS if headers.get(name)
        }
        self.env.cr.execute(
            INSERT_SQL,
            {
                "channel": channel.id,
                "company": channel.company_id.id,
                "environment": channel.state,
                "kind": kind,
                "external_id": external_id[: const.INBOX_HEADER_CHARS_MAX],
                "digest": hashlib.sha256(raw).hexdigest(),
                # Exact for UTF-8, which JSON is; anything else is evidence of a rejected body.
                "body": raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00"),
                "headers": json.dumps(kept),
                "size": len(raw),
                "state": state,
                "code": code,
                "message": message and message[: const.MESSAGE_CHARS_MAX],
            },
            log_exceptions=False,
        )

    # --- for operators ----------------------------------------------------------------------------------------

    def write(self, vals):
        """Refused to people: a document stays as it came; their right to write is for the button below."""
        if not self.env.su:
            raise AccessError(self.env._("What a channel delivered is kept as it came; nobody writes it by hand."))
        return super().write(vals)

    def action_replay(self):
        """Take these rows through the import again, after their cause was put right."""
        self.check_access("write")
        if self.filtered(lambda row: row.channel_id.state not in const.SENDING_STATES):
            raise UserError(self.env._("Orders are imported only while their channel is in test or live."))
        if self.filtered(lambda row: row.state in ("parked", "rejected") and row.size and not row.sudo().body):
            raise UserError(self.env._("The body of an old document was erased: it cannot be replayed."))
        self.env.cr.execute(
            """
            UPDATE ats_inbox
               SET state = 'received', attempts = 0, replays = replays + 1, not_before = NULL,
                   reason_code = NULL, reason_message = NULL, lease_token = NULL, lease_until = NULL
             WHERE id = ANY(%s) AND state IN ('parked', 'rejected')
            """,
            [self.ids],
        )
        self.invalidate_recordset()
        self.env["ats.wake"]._importers()

    def action_open_result(self):
        self.ensure_one()
        if not self.result_id:
            raise UserError(self.env._("Nothing was made of this document yet."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.result_model,
            "res_id": self.result_id,
            "view_mode": "form",
        }

    @api.autovacuum
    def _gc_bodies(self):
        """Erase the body, which holds a buyer's data, const.INBOX_BODY_DAYS after its import."""
        self.env.cr.execute(
            """
            UPDATE ats_inbox SET body = NULL WHERE id IN (
                SELECT id FROM ats_inbox
                 WHERE state IN ('imported', 'rejected') AND body IS NOT NULL
                   AND COALESCE(imported_at, received_at) < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                 LIMIT %s)
            """,
            [const.INBOX_BODY_DAYS, const.VACUUM_ROWS],
        )
