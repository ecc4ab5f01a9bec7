# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models

from ..columns import BigInteger, PlainMany2one
from ..const import CLEANUP_ROWS_MAX, EVENT_DAYS_KEPT


class AtsEvent(models.Model):
    """What happened to availability, why, and when the levels knew. Rows are only ever added.

    Events of stock moves are written by the trigger that writes their marks, once per transaction, move and kind;
    those of settings by the ORM. Nothing here has a foreign key: warehouse transactions write this table.
    """

    _name = 'ats.event'
    _inherit = 'ats.loose'
    _description = "Availability Event"
    _order = 'id desc'
    _log_access = False
    _rec_name = 'kind'

    company_id = PlainMany2one('res.company', "Company", readonly=True)
    product_id = PlainMany2one('product.product', "Product", readonly=True)
    kind = fields.Selection([
        ('receipt', "Receipt"),
        ('shipment', "Shipment"),
        ('return', "Return"),
        ('transfer', "Transfer"),
        ('adjustment', "Inventory adjustment"),
        ('scrap', "Scrap"),
        ('production', "Production"),
        ('consumption', "Consumption"),
        ('demand', "Confirmed demand"),
        ('reservation', "Reservation"),
        ('unreservation', "Unreservation"),
        ('cancellation', "Cancellation"),
        ('rule', "Rule changed"),
        ('listing', "Listing changed"),
        ('channel', "Channel changed"),
        ('location', "Location changed"),
        ('hold', "Hold changed"),
    ], "What Happened", required=True, readonly=True)
    quantity = fields.Float("Quantity", digits=(16, 6), readonly=True, aggregator=None)
    move_id = fields.Integer("Stock Move", readonly=True, aggregator=None)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Integer("Document Id", readonly=True, aggregator=None)
    document = fields.Char("Document", compute='_compute_document')
    node_id = PlainMany2one('ats.node', "Node", readonly=True)
    user_id = PlainMany2one('res.users', "User", readonly=True)
    txid = BigInteger("Transaction", required=True, readonly=True, aggregator=None)
    occurred_at = fields.Datetime("When", required=True, readonly=True)
    refreshed_at = fields.Datetime("Refreshed", readonly=True, help="When the levels took it into account.")
    latency = fields.Float(
        "Delay (s)", compute='_compute_latency', digits=(12, 3), help="Seconds from the event to the refresh.")

    _move_uniq = models.UniqueIndex("(txid, move_id, kind) WHERE move_id IS NOT NULL")
    _open_idx = models.Index("(product_id, company_id) WHERE refreshed_at IS NULL AND product_id IS NOT NULL")
    _occurred_idx = models.Index("(occurred_at)")

    def init(self):
        """Make the id one of 8 bytes: events are written for years."""
        _widen_id(self)

    @api.depends('move_id', 'res_model', 'res_id')
    def _compute_document(self):
        moves = self.env['stock.move'].sudo().browse(self.filtered('move_id').mapped('move_id')).exists()
        names = {
            move.id: move.picking_id.name or move.reference or move.origin or move.display_name
            for move in moves
        }
        for event in self:
            if event.move_id:
                event.document = names.get(event.move_id, "")
            elif event.res_model in self.env and event.res_id:
                event.document = self.env[event.res_model].sudo().browse(event.res_id).exists().display_name or ""
            else:
                event.document = ""

    @api.depends('occurred_at', 'refreshed_at')
    def _compute_latency(self):
        for event in self:
            event.latency = (
                (event.refreshed_at - event.occurred_at).total_seconds() if event.refreshed_at else 0.0)

    def action_open_document(self):
        """Open the transfer, move or setting that the event is about (with the user's own rights)."""
        self.ensure_one()
        model, res_id = self.res_model, self.res_id
        if self.move_id:
            picking = self.env['stock.move'].browse(self.move_id).exists().picking_id
            model, res_id = ('stock.picking', picking.id) if picking else ('stock.move', self.move_id)
        if not model or not self.env[model].browse(res_id).exists():
            return False
        return {'type': 'ir.actions.act_window', 'res_model': model, 'res_id': res_id, 'views': [(False, 'form')]}

    @api.model
    def _record(self, kind, record, product=None):
        """Add the event that `record` (a rule, listing, channel or location) was changed by the current user."""
        company = record.company_id if 'company_id' in record._fields else self.env.company
        self.env.cr.execute("""
            INSERT INTO ats_event (company_id, product_id, kind, res_model, res_id, user_id, txid, occurred_at)
            VALUES (%s, %s, %s, %s, %s, %s, txid_current(), clock_timestamp() AT TIME ZONE 'UTC')
        """, [company.id or None, product.id if product else None, kind, record._name, record.id, self.env.uid])

    @api.autovacuum
    def _gc_events(self):
        """Delete events older than EVENT_DAYS_KEPT days."""
        self.env.cr.execute("""
            DELETE FROM ats_event WHERE id IN (SELECT id FROM ats_event WHERE occurred_at < %s LIMIT %s)
        """, [fields.Datetime.now() - timedelta(days=EVENT_DAYS_KEPT), CLEANUP_ROWS_MAX])
        return self.env.cr.rowcount, self.env.cr.rowcount == CLEANUP_ROWS_MAX


def _widen_id(model):
    """Turn the id of a (then still empty) table of ours into a bigint. Does nothing where it is one already."""
    model.env.cr.execute("""
        SELECT 1 FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = %s AND column_name = 'id' AND data_type = 'integer'
    """, [model._table])
    if model.env.cr.rowcount:
        model.env.cr.execute(f"""
            ALTER TABLE {model._table} ALTER COLUMN id TYPE bigint;
            ALTER SEQUENCE {model._table}_id_seq AS bigint""")
