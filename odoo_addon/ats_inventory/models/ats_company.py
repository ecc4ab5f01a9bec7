# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError


class AtsCompany(models.Model):
    """What holds for every channel of a company. A company without a row here has the defaults."""

    _name = 'ats.company'
    _description = "Counting of a Company"
    _rec_name = 'company_id'

    company_id = fields.Many2one(
        'res.company', "Company", required=True, ondelete='cascade', default=lambda self: self.env.company)
    has_demand_horizon = fields.Boolean(
        "Only Deliveries Due Soon Count",
        help="Confirmed deliveries that are due later than the given number of days do not reduce what can be sold.")
    demand_horizon_days = fields.Integer(
        "Days Ahead", default=30, required=True, help="Deliveries due within so many days reduce what can be sold.")

    _company_uniq = models.Constraint('UNIQUE (company_id)', "This company has its settings already.")
    _days_positive = models.Constraint('CHECK (demand_horizon_days >= 0)', "A number of days cannot be below zero.")
    # PostgreSQL knows no time that far away: no product of the company could be computed.
    _days_readable = models.Constraint('CHECK (demand_horizon_days <= 36500)', "At most 36,500 days (100 years) can be looked ahead.")

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.filtered('has_demand_horizon')._mark()
        return rows

    def write(self, vals):
        before = {row: row._horizon() for row in self}
        result = super().write(vals)
        if 'company_id' in vals:
            raise UserError(self.env._("The settings of one company cannot become those of another."))
        self.filtered(lambda row: row._horizon() != before[row])._mark()
        return result

    def unlink(self):
        self.filtered('has_demand_horizon')._mark()
        return super().unlink()

    def _horizon(self):
        """The number of days, or None if every delivery counts."""
        return self.demand_horizon_days if self.has_demand_horizon else None

    def _mark(self):
        """Mark what has confirmed deliveries: nothing else depends on the horizon."""
        for company in self.company_id:
            self.env['ats.refresh']._insert_scope_mark(company.id, open_moves=True)

    @api.model
    def action_open(self):
        """Open the settings of the current company. For managers."""
        self.check_access('write')
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Counting"), 'res_model': self._name,
            'res_id': self._of(self.env.company).id, 'views': [(False, 'form')],
        }

    @api.model
    def _of(self, company):
        """The row of a company, made if it is missing. Trusts its caller."""
        row = self.sudo().search([('company_id', '=', company.id)])
        return row or self.sudo().create({'company_id': company.id})
