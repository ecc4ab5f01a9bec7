# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import HOLD_DAYS_DEFAULT


class AtsHoldExtend(models.TransientModel):
    """Asks until when some holds are to last."""

    _name = 'ats.hold.extend'
    _description = "Extend Holds"

    hold_ids = fields.Many2many('ats.hold', string="Holds", required=True)
    expires_at = fields.Datetime(
        "Until", default=lambda self: fields.Datetime.now() + timedelta(days=HOLD_DAYS_DEFAULT),
        help="Empty: until somebody releases them.")
    expired_count = fields.Integer(compute='_compute_expired_count')

    @api.depends('hold_ids')
    def _compute_expired_count(self):
        for wizard in self:
            wizard.expired_count = len(wizard.hold_ids.filtered(lambda hold: hold.state == 'expired'))

    def action_apply(self):
        """Give the holds their new end. An expired one is live again.

        :raise UserError: the end lies in the past
        """
        self.ensure_one()
        if self.expires_at and self.expires_at <= fields.Datetime.now():
            raise UserError(self.env._("Choose a moment in the future. To end a hold now, release it."))
        self.hold_ids.write({'expires_at': self.expires_at})
        return {'type': 'ir.actions.act_window_close'}
