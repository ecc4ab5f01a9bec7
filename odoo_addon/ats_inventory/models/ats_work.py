# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..columns import PlainMany2one
from ..const import CLEANUP_ROWS_MAX


class AtsWork(models.Model):
    """A product that is to be computed: at most one row for each company and product.

    Invariants: a row with a `lease_until` in the future belongs to the run that knows its `lease_token`;
    `dirty` grows with each mark, and a run deletes the row only if it has not grown since the claim.
    """

    _name = 'ats.work'
    _inherit = 'ats.loose'
    _description = "Refresh Work"
    _log_access = False
    _order = 'state desc, lane, due_at'
    _rec_name = 'product_id'

    company_id = PlainMany2one('res.company', "Company", required=True, readonly=True)
    product_id = PlainMany2one('product.product', "Product", required=True, readonly=True)
    lane = fields.Integer(required=True, readonly=True, aggregator=None)
    dirty = fields.Integer(required=True, readonly=True, aggregator=None)
    attempts = fields.Integer(required=True, readonly=True, aggregator=None)
    lease_token = fields.Char(readonly=True)
    lease_until = fields.Datetime("Claimed Until", readonly=True)
    due_at = fields.Datetime("Due", required=True, readonly=True)
    state = fields.Selection([('due', "Due"), ('parked', "Parked")], required=True, readonly=True)
    error_code = fields.Char("Error", readonly=True)
    error_message = fields.Char("Explanation", readonly=True)

    _product_uniq = models.UniqueIndex("(company_id, product_id)")
    _due_idx = models.Index("(lane, due_at) WHERE state = 'due'")

    def init(self):
        """Let PostgreSQL clean the table early: it is a queue."""
        self.env.cr.execute("""
            ALTER TABLE ats_work SET (
                fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)""")

    def write(self, vals):
        """Refused to people: their right to write is for the button below, which changes nothing else."""
        if not self.env.su:
            raise AccessError(self.env._("The refresh keeps its work; nobody writes it by hand."))
        return super().write(vals)

    def action_retry(self):
        """Compute the chosen parked products again. For operators."""
        self.check_access('write')
        self.env.cr.execute("""
            UPDATE ats_work
               SET state = 'due', attempts = 0, lane = 0, due_at = clock_timestamp() AT TIME ZONE 'UTC',
                   error_code = NULL, error_message = NULL, lease_token = NULL, lease_until = NULL
             WHERE id = ANY(%s) AND state = 'parked'""", [self.ids])
        self.invalidate_recordset()
        self.env['ats.refresh']._wake()
        return True


class AtsProduct(models.Model):
    """What the refresh knows about a product in a company. The row is the lock of its levels."""

    _name = 'ats.product'
    _inherit = 'ats.loose'
    _description = "Refreshed Product"
    _log_access = False
    _rec_name = 'product_id'

    company_id = PlainMany2one('res.company', "Company", required=True, readonly=True)
    product_id = PlainMany2one('product.product', "Product", required=True, readonly=True)
    next_change = fields.Datetime("Next Change", readonly=True, help="When time alone may change a level.")
    refreshed_at = fields.Datetime("Refreshed", readonly=True)
    error_code = fields.Char("Error", readonly=True)
    error_message = fields.Char("Explanation", readonly=True)

    _product_uniq = models.UniqueIndex("(company_id, product_id)")
    _next_change_idx = models.Index("(next_change) WHERE next_change IS NOT NULL")

    @api.autovacuum
    def _gc_products(self):
        """Delete the rows of products that are no longer listed and have no work."""
        self.env.cr.execute("""
            DELETE FROM ats_product WHERE id IN (
                SELECT p.id FROM ats_product p
                 WHERE NOT EXISTS (
                       SELECT 1 FROM ats_listing l WHERE l.product_id = p.product_id AND l.company_id = p.company_id)
                   AND NOT EXISTS (
                       SELECT 1 FROM ats_work w WHERE w.product_id = p.product_id AND w.company_id = p.company_id)
                 LIMIT %s FOR UPDATE SKIP LOCKED)""", [CLEANUP_ROWS_MAX])
        return self.env.cr.rowcount, self.env.cr.rowcount == CLEANUP_ROWS_MAX
