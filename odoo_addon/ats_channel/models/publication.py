# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.ats_inventory.columns import BigInteger, PlainMany2one

from .. import const

# One row per (listing, node); its key also gives the one order in which several rows are locked.
SYNC_SQL = """
    INSERT INTO ats_publication
           (company_id, channel_id, listing_id, level_id, node_id, desired_generation, desired_quantity,
            lane, state, attempts, withdrawn, desired_at)
    SELECT level.company_id, level.channel_id, level.listing_id, level.id, level.node_id,
           level.generation, level.quantity,
           CASE WHEN level.quantity <= 0 THEN 0 ELSE 2 END, 'due', 0, FALSE, (clock_timestamp() AT TIME ZONE 'UTC')
      FROM ats_level AS level
     WHERE {condition}
     ORDER BY level.listing_id, COALESCE(level.node_id, 0)
    ON CONFLICT (listing_id, (COALESCE(node_id, 0))) DO UPDATE
       SET level_id = EXCLUDED.level_id,
           withdrawn = FALSE,
           desired_generation = EXCLUDED.desired_generation,
           desired_quantity = EXCLUDED.desired_quantity,
           desired_at = EXCLUDED.desired_at,
           lane = CASE
                  WHEN EXCLUDED.desired_quantity <= 0 THEN 0
                  WHEN EXCLUDED.desired_quantity < ats_publication.acked_quantity THEN 1
                  ELSE 2 END,
           not_before = CASE WHEN ats_publication.state = 'parked'
                        THEN (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => {parked_retry})
                        ELSE ats_publication.not_before END,
           state = CASE
                  WHEN ats_publication.state = 'sending' THEN 'sending'
                  WHEN EXCLUDED.desired_generation = ats_publication.acked_generation THEN 'done'
                  ELSE 'due' END
     WHERE ats_publication.desired_generation < EXCLUDED.desired_generation
        OR ats_publication.level_id IS DISTINCT FROM EXCLUDED.level_id
"""


class AtsPublication(models.Model):
    """What a channel shall show for one level, what it was last sent and what it acknowledged: state, not messages.

    A burst of changes overwrites `desired_*` and is sent once, with the newest value. The rows are written by SQL
    in the transaction that writes the levels, and by the publishers.
    """

    _name = "ats.publication"
    _description = "Publication"
    _order = "lane, id"
    _rec_name = "listing_id"
    _log_access = False

    company_id = PlainMany2one("res.company", required=True, index=True, readonly=True)
    channel_id = fields.Many2one("ats.channel", required=True, index=True, readonly=True, ondelete="cascade")
    listing_id = fields.Many2one("ats.listing", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one(related="listing_id.product_id")
    external_id = fields.Char(related="listing_id.external_id")
    level_id = PlainMany2one("ats.level", readonly=True, index=True)
    node_id = fields.Many2one("ats.node", readonly=True, ondelete="cascade")
    desired_generation = BigInteger(readonly=True, aggregator=None)
    desired_quantity = fields.Float(string="Desired", digits=(16, 6), readonly=True)
    desired_at = fields.Datetime(string="Desired Since", readonly=True)
    acked_generation = BigInteger(readonly=True, aggregator=None)
    acked_quantity = fields.Float(string="In the Shop", digits=(16, 6), readonly=True)
    acked_at = fields.Datetime(string="Acknowledged", readonly=True)
    withdrawn = fields.Boolean(readonly=True, help="Its level is gone; the row goes once the channel knows the 0.")
    send_id = fields.Many2one("ats.send", readonly=True, ondelete="set null", index="btree_not_null")
    state = fields.Selection(
        [("due", "Due"), ("sending", "Sending"), ("parked", "Parked"), ("done", "Done")],
        required=True,
        readonly=True,
        default="due",
        index=True,
    )
    lane = fields.Integer(readonly=True, help="0: to zero, 1: less, 2: more. Lower lanes go first.")
    attempts = fields.Integer(readonly=True)
    not_before = fields.Datetime(readonly=True)
    batch_limit = fields.Integer(readonly=True, help="Largest batch this row may be part of, after a refused batch.")
    error_code = fields.Char(readonly=True)
    error_message = fields.Char(readonly=True)

    _level_uniq = models.UniqueIndex("(listing_id, (COALESCE(node_id, 0)))")
    _due_idx = models.Index("(channel_id, lane, id) WHERE state = 'due'")

    # --- following the levels ---------------------------------------------------------------------------------

    @api.model
    def _levels_written(self, cr, level_ids):
        """Follow levels that were inserted or whose quantity changed, in their transaction (`cr`)."""
        sql = SYNC_SQL.format(condition="level.id = ANY(%s)", parked_retry=const.PARKED_RETRY_S)
        cr.execute(sql, [list(level_ids)])

    @api.model
    def _sync(self, cr, channel_ids=None):
        """Follow all levels (of these channels): whatever is missing or older than its level is brought up."""
        # Rows that need nothing are left out beforehand: ON CONFLICT would lock each of them.
        condition = """(%(channels)s::int[] IS NULL OR level.channel_id = ANY(%(channels)s))
            AND NOT EXISTS (
                SELECT 1 FROM ats_publication AS known
                 WHERE known.listing_id = level.listing_id
                   AND COALESCE(known.node_id, 0) = COALESCE(level.node_id, 0)
                   AND known.level_id = level.id AND known.desired_generation >= level.generation)"""
        sql = SYNC_SQL.format(condition=condition, parked_retry=const.PARKED_RETRY_S)
        cr.execute(sql, {"channels": channel_ids})
        self.invalidate_model()

    @api.model
    def _levels_removed(self, cr, level_ids):
        """Levels are about to be deleted: tell the channel 0 where it shows something, forget the others."""
        ids = list(level_ids)
        cr.execute(
            """
            DELETE FROM ats_publication
             WHERE level_id = ANY(%s) AND send_id IS NULL AND COALESCE(acked_quantity, 0) = 0
            """,
            [ids],
        )
        cr.execute(
            """
            UPDATE ats_publication AS p
               SET level_id = NULL, withdrawn = TRUE, desired_quantity = 0, lane = 0,
                   desired_generation = nextval('ats_generation_seq'),
                   desired_at = (clock_timestamp() AT TIME ZONE 'UTC'),
                   state = CASE WHEN p.state = 'sending' THEN 'sending' ELSE 'due' END
              FROM (SELECT id FROM ats_publication WHERE level_id = ANY(%s)
                     ORDER BY listing_id, COALESCE(node_id, 0) FOR NO KEY UPDATE) AS locked
             WHERE p.id = locked.id
            """,
            [ids],
        )

    @api.model
    def _forget_acknowledged(self, cr, channel_ids=None, listing_ids=None):
        """Make everything of these channels or listings due: what was acknowledged held for another state or SKU.

        The quantity stays as the last thing known of the shop: until it is told anew, it may still sell that.
        """
        cr.execute(
            """
            UPDATE ats_publication AS p
               SET acked_generation = NULL, acked_at = NULL, attempts = 0, not_before = NULL,
                   error_code = NULL, error_message = NULL, batch_limit = NULL,
                   lane = CASE WHEN desired_quantity <= 0 THEN 0 ELSE 2 END,
                   state = CASE WHEN p.state = 'sending' THEN 'sending' ELSE 'due' END
              FROM (SELECT id FROM ats_publication WHERE channel_id = ANY(%s) OR listing_id = ANY(%s)
                     ORDER BY listing_id, COALESCE(node_id, 0) FOR NO KEY UPDATE) AS locked
             WHERE p.id = locked.id
            """,
            [list(channel_ids or ()), list(listing_ids or ())],
        )
        self.invalidate_model()

    # --- for operators ----------------------------------------------------------------------------------------

    def write(self, vals):
        """Refused to people: their right to write is for the buttons below, which change nothing else."""
        if not self.env.su:
            raise AccessError(self.env._("Publications follow the levels; nobody writes them by hand."))
        return super().write(vals)

    def action_retry(self):
        """Send parked rows again with their newest value, each in a batch of its own."""
        self.check_access("write")
        self.env.cr.execute(
            """
            UPDATE ats_publication
               SET state = 'due', attempts = 0, not_before = NULL, batch_limit = 1
             WHERE id = ANY(%s) AND state = 'parked'
            """,
            [self.ids],
        )
        self.invalidate_model()
        self.env["ats.wake"]._publishers()

    def action_open_send(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ats.send",
            "res_id": self.send_id.id,
            "view_mode": "form",
        }
