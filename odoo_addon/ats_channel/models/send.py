# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import logging

from odoo import api, fields, models

from odoo.addons.ats_inventory.columns import PlainMany2one

from .. import const

_logger = logging.getLogger(__name__)


class AtsSend(models.Model):
    """One message to a channel, written down before it goes out: id, bytes and rows never change afterwards."""

    _name = "ats.send"
    _description = "Send"
    _order = "id desc"
    _rec_name = "uuid"
    _log_access = False

    uuid = fields.Char(string="Message Id", required=True, readonly=True, index=True)
    company_id = PlainMany2one("res.company", required=True, index=True, readonly=True)
    channel_id = fields.Many2one("ats.channel", required=True, index=True, readonly=True, ondelete="cascade")
    environment = fields.Selection([("test", "Test"), ("live", "Live")], required=True, readonly=True)
    digest = fields.Char(string="SHA-256", readonly=True)
    body = fields.Text(readonly=True)
    rows = fields.Json(string="Frozen Rows", readonly=True, help="[[publication, generation, quantity], …] as sent.")
    row_count = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("prepared", "Prepared"),
            ("acknowledged", "Acknowledged"),
            ("refused", "Refused"),
            ("unknown", "Outcome Unknown"),
            ("failed", "Not Delivered"),
        ],
        required=True,
        readonly=True,
    )
    lease_token = fields.Char(readonly=True)
    lease_until = fields.Datetime(readonly=True)
    attempts = fields.Integer(readonly=True)
    server_errors = fields.Integer(readonly=True)
    not_before = fields.Datetime(readonly=True)
    status = fields.Integer(string="HTTP Status", readonly=True)
    answer = fields.Text(readonly=True)
    error_code = fields.Char(readonly=True)
    error_message = fields.Char(readonly=True)
    created_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    answered_at = fields.Datetime(readonly=True)
    publication_ids = fields.Many2many("ats.publication", compute="_compute_publication_ids", string="Rows")

    _open_idx = models.Index("(channel_id, id) WHERE state IN ('prepared', 'unknown')")

    @api.depends("rows")
    def _compute_publication_ids(self):
        for send in self:
            ids = [row[0] for row in send.rows or []]
            send.publication_ids = self.env["ats.publication"].browse(ids).exists()

    @api.autovacuum
    def _gc_sends(self):
        """Delete finished sends after const.SEND_HISTORY_DAYS; open ones are never deleted."""
        self.env.cr.execute(
            """
            DELETE FROM ats_send WHERE id IN (
                SELECT id FROM ats_send
                 WHERE state NOT IN ('prepared', 'unknown')
                   AND answered_at < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                 LIMIT %s)
            """,
            [const.SEND_HISTORY_DAYS, const.VACUUM_ROWS],
        )
        if self.env.cr.rowcount:
            _logger.info("deleted %s sends older than %s days", self.env.cr.rowcount, const.SEND_HISTORY_DAYS)
