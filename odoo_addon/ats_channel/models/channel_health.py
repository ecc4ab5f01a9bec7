# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""How a channel is doing at run time, in a row apart from its configuration.

Publishers write this row with every call. Were these columns on `ats.channel`, a person saving the form would
meet a serialization failure whenever a publisher was at work.
"""

from odoo import api, fields, models

from odoo.addons.ats_inventory.columns import PlainMany2one


class AtsChannelHealth(models.Model):
    _name = "ats.channel.health"
    _description = "Channel Health"
    _rec_name = "channel_id"
    _log_access = False

    channel_id = fields.Many2one("ats.channel", required=True, ondelete="cascade", readonly=True)
    company_id = PlainMany2one("res.company", required=True, index=True, readonly=True)
    pause_code = fields.Char(readonly=True, help="Set: the channel is paused until a person resumes it.")
    pause_message = fields.Char(readonly=True)
    paused_at = fields.Datetime(readonly=True)
    failures = fields.Integer(readonly=True, default=0, help="Calls that failed in a row.")
    not_before = fields.Datetime(readonly=True, help="No call before this time (database clock).")
    error_code = fields.Char(readonly=True)
    error_message = fields.Char(readonly=True)
    lease_token = fields.Char(readonly=True, help="One call at a time: the publisher that holds the channel.")
    lease_until = fields.Datetime(readonly=True)
    last_call_at = fields.Datetime(readonly=True)
    last_success_at = fields.Datetime(readonly=True)

    _channel_uniq = models.UniqueIndex("(channel_id)")

    @api.model
    def _ensure_for(self, channels):
        """Make the missing rows: publishers claim a channel by locking its row, so it exists from the start."""
        known = self.sudo().search([("channel_id", "in", channels.ids)]).channel_id
        self.sudo().create(
            [{"channel_id": channel.id, "company_id": channel.company_id.id} for channel in channels - known]
        )

    @api.model
    def _fail(self, cr, channel_id, code, message, pause_s):
        """Count a failure of the channel and leave it alone for `pause_s` seconds, in the transaction of `cr`."""
        cr.execute(
            """
            UPDATE ats_channel_health
               SET failures = failures + 1, error_code = %s, error_message = %s,
                   lease_token = NULL, lease_until = NULL,
                   not_before = (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %s)
             WHERE channel_id = %s
            """,
            [code, message, pause_s, channel_id],
        )

    @api.model
    def _succeed(self, cr, channel_id):
        cr.execute(
            """
            UPDATE ats_channel_health
               SET failures = 0, error_code = NULL, error_message = NULL, not_before = NULL,
                   lease_token = NULL, lease_until = NULL,
                   last_success_at = (clock_timestamp() AT TIME ZONE 'UTC')
             WHERE channel_id = %s
            """,
            [channel_id],
        )

    @api.model
    def _release(self, cr, channel_id, token):
        """Give the channel back without a verdict, if `token` still holds it."""
        cr.execute(
            """
            UPDATE ats_channel_health SET lease_token = NULL, lease_until = NULL
             WHERE channel_id = %s AND lease_token = %s
            """,
            [channel_id, token],
        )
