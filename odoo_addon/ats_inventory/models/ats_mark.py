# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..columns import BigInteger
from .ats_event import _widen_id


class AtsMark(models.Model):
    """A product whose availability may have changed. Written by triggers, taken away by the refresh.

    Rows are only inserted and deleted, nothing is unique and nothing refers to another table:
    marking can neither block nor fail the transaction that does it.
    """

    _name = 'ats.mark'
    _description = "Mark"
    _log_access = False
    _order = 'id'

    company_id = fields.Integer(required=True)
    product_id = fields.Integer(required=True)
    lane = fields.Integer(required=True)
    txid = BigInteger(required=True)
    created = fields.Datetime(required=True)

    def init(self):
        """Make the id one of 8 bytes, and let PostgreSQL clean the table early: it is a queue."""
        _widen_id(self)
        self.env.cr.execute("""
            ALTER TABLE ats_mark SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)""")


class AtsScopeMark(models.Model):
    """A change that reaches many products, as one row. The refresh expands it in slices of the slow lane.

    Each filled column narrows the scope; none filled means every listed product of the company,
    and no company means all of them. `components` false: the change reaches the listings of the products themselves, not
    the kits that are made of them. `cursor` is the last product expanded. See scope_marks.
    """

    _name = 'ats.scope.mark'
    _description = "Scope Mark"
    _log_access = False
    _order = 'id'

    company_id = fields.Integer()
    product_id = fields.Integer()
    category_id = fields.Integer()
    node_id = fields.Integer()
    channel_id = fields.Integer()
    location_id = fields.Integer()
    uom_id = fields.Integer()
    picking_type_id = fields.Integer()
    open_moves = fields.Boolean()
    components = fields.Boolean(default=True)
    cursor = fields.Integer(required=True, default=0)
    created = fields.Datetime(required=True)

    def init(self):
        """Make the id one of 8 bytes."""
        _widen_id(self)
