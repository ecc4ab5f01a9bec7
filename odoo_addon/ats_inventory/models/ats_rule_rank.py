# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Who wins: the other rules that may apply where a rule applies, in the order of model M6."""
from odoo import api, fields, models
from odoo.fields import Domain

from ..const import RULES_COMPARED_MAX, RULES_SHOWN_MAX


class AtsRule(models.Model):
    _inherit = 'ats.rule'

    validity = fields.Selection(
        [('now', "Now"), ('later', "Later"), ('over', "Over")], "Holds", compute='_compute_validity', search='_search_validity')
    stronger_ids = fields.Many2many(
        'ats.rule', string="Gives way to", compute='_compute_competitors',
        help="Where one of these rules holds too, it holds instead of this one.")
    weaker_ids = fields.Many2many(
        'ats.rule', string="Wins over", compute='_compute_competitors',
        help="Where one of these rules would hold too, this one holds instead.")
    shadowed_by_id = fields.Many2one(
        'ats.rule', compute='_compute_competitors', help="This rule wins wherever and whenever the form's rule could hold.")

    @api.depends('date_from', 'date_until')
    def _compute_validity(self):
        now = fields.Datetime.now()
        for rule in self:
            over = rule.date_until and rule.date_until <= now
            rule.validity = 'over' if over else 'later' if rule.date_from and rule.date_from > now else 'now'

    def _search_validity(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now = fields.Datetime.now()
        over = Domain('date_until', '!=', False) & Domain('date_until', '<=', now)
        later = ~over & Domain('date_from', '!=', False) & Domain('date_from', '>', now)
        domains = {'over': over, 'later': later, 'now': ~over & ~later}
        return Domain.OR(domains[key] for key in value if key in domains)

    @api.depends('kind', 'company_id', 'product_id', 'category_id', 'node_id', 'channel_id', 'sequence', 'date_from',
                 'date_until', 'active')
    def _compute_competitors(self):
        for rule in self:
            stronger = weaker = self.browse()
            for other in rule._rivals():
                if rule._beats(other):
                    weaker |= other
                else:
                    stronger |= other
            rule.shadowed_by_id = next((other for other in stronger if other._covers(rule)), False)
            rule.stronger_ids = stronger[:RULES_SHOWN_MAX]
            rule.weaker_ids = weaker[:RULES_SHOWN_MAX]

    def _rivals(self):
        """The other active rules of the kind that may apply to the same product, place and moment."""
        self.ensure_one()
        if not self.active:
            return self.browse()
        domain = Domain([('kind', '=', self.kind), ('company_id', '=', self.company_id.id), ('id', '!=', self._origin.id)])
        if self.node_id:
            domain &= Domain('node_id', 'in', [False, self.node_id._origin.id])
        if self.channel_id:
            domain &= Domain('channel_id', 'in', [False, self.channel_id._origin.id])
        if self.product_id:
            domain &= Domain('product_id', 'in', [False, self.product_id._origin.id])
        if self.date_until:
            domain &= Domain('date_from', '=', False) | Domain('date_from', '<', self.date_until)
        starts = max(filter(None, (self.date_from, fields.Datetime.now())))
        domain &= Domain('date_until', '=', False) | Domain('date_until', '>', starts)
        found = self.env['ats.rule'].search(domain, limit=RULES_COMPARED_MAX)
        return found.filtered(self._meets)

    def _categories(self):
        """Ids of the category the rule is about and of those around it, the nearest first; none if it names none."""
        category = self.category_id or self.product_id.categ_id
        return [int(part) for part in reversed((category.parent_path or "").split('/')) if part]

    def _meets(self, other):
        """Whether some product can be in the scope of both rules."""
        if not (self.product_id or self.category_id) or not (other.product_id or other.category_id):
            return True
        if self.product_id and other.product_id:
            return self.product_id._origin == other.product_id._origin
        return (other.category_id.id in self._categories() if other.category_id else False) or (
            self.category_id._origin.id in other._categories() if self.category_id else False)

    def _rank(self):
        """The lower one wins among rules that meet (model M6)."""
        depth = 1000 if self.product_id else len(self._categories()) if self.category_id else 0
        # A rule that is not saved yet gets a higher id than all there are.
        return (-depth, not (self.node_id or self.channel_id), self.sequence, self._origin.id or float('inf'))

    def _beats(self, other):
        return self._rank() < other._rank()

    def _covers(self, other):
        """Whether this rule applies wherever and whenever `other` does (which it meets)."""
        wide = not self.product_id or self.product_id == other.product_id._origin
        if self.category_id:
            wide = wide and self.category_id.id in other._categories()
        places = all(not self[field] or self[field] == other[field]._origin for field in ('node_id', 'channel_id'))
        starts = not self.date_from or (other.date_from and self.date_from <= other.date_from) or (
            self.date_from <= fields.Datetime.now())
        ends = not self.date_until or (other.date_until and self.date_until >= other.date_until)
        return bool(wide and places and starts and ends)
