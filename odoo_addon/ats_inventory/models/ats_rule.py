# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import LANE_MARK, LANE_SCOPE, LISTINGS_FAST_MAX

#: Kinds whose value may be a percentage.
PERCENT_KINDS = ('node_buffer', 'channel_buffer')


class AtsRule(models.Model):
    """What is held back from a channel or a node. Of all rules of a kind exactly one wins; they never add up."""

    _name = 'ats.rule'
    _description = "Availability Rule"
    _order = 'kind, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        'res.company', "Company", required=True, index=True, default=lambda self: self.env.company)
    kind = fields.Selection([
        ('node_buffer', "Safety stock of a node"),
        ('channel_buffer', "Safety stock of a channel"),
        ('stop_sell', "Stop selling at"),
        ('cap', "Never show more than"),
        ('quota', "Set aside for a channel"),
    ], required=True, default='channel_buffer')
    product_id = fields.Many2one(
        'product.product', "Product", ondelete='cascade', index='btree_not_null', check_company=True)
    category_id = fields.Many2one('product.category', "Product Category", ondelete='cascade', index='btree_not_null')
    node_id = fields.Many2one('ats.node', "Node", ondelete='cascade', index='btree_not_null', check_company=True)
    channel_id = fields.Many2one(
        'ats.channel', "Channel", ondelete='cascade', index='btree_not_null', check_company=True)
    amount_type = fields.Selection(
        [('fixed', "Quantity"), ('percent', "Percentage")], "Value", required=True, default='fixed')
    fixed = fields.Float(
        "Quantity", digits=(16, 6),
        help="In the product's own unit; in units of sale for 'Stop selling at' and 'Never show more than'.")
    percent = fields.Float("Percentage", digits=(9, 6))
    sequence = fields.Integer(default=10, help="Among equally narrow rules the lower one wins.")
    date_from = fields.Datetime("From", help="Empty: holds already.")
    date_until = fields.Datetime("Until", help="Empty: holds for ever. At this very moment it no longer holds.")
    active = fields.Boolean(default=True)
    note = fields.Text()

    _fixed_positive = models.Constraint(
        'CHECK (fixed IS NULL OR fixed >= 0)', "The quantity of a rule cannot be below zero.")
    # The engine refuses larger numbers, and a rule is part of the facts of every product of its company.
    _fixed_readable = models.Constraint(
        'CHECK (fixed IS NULL OR fixed < 1000000000000)', "The quantity of a rule must be below 1,000,000,000,000.")
    _percent_range = models.Constraint(
        'CHECK (percent IS NULL OR (percent >= 0 AND percent <= 100))', "A percentage must be between 0 and 100.")
    _dates_ordered = models.Constraint(
        'CHECK (date_from IS NULL OR date_until IS NULL OR date_from < date_until)',
        "A rule must start before it ends.")

    @api.onchange('kind')
    def _onchange_kind(self):
        """Empty what the kind cannot have, so that nothing hidden is in the way of saving."""
        if self.kind not in PERCENT_KINDS:
            self.amount_type = 'fixed'
        if self.kind == 'node_buffer':
            self.channel_id = False
        else:
            self.node_id = False
        if self.kind == 'quota':
            self.category_id = False

    @api.constrains('kind', 'amount_type')
    def _check_amount_type(self):
        for rule in self:
            if rule.amount_type == 'percent' and rule.kind not in PERCENT_KINDS:
                raise ValidationError(self.env._(
                    "Rule %(rule)s: only a safety stock can be a percentage. Enter a quantity.", rule=rule.name))

    @api.constrains('product_id', 'category_id')
    def _check_one_product_scope(self):
        for rule in self:
            if rule.product_id and rule.category_id:
                raise ValidationError(self.env._(
                    "Rule %(rule)s: name a product or a category, not both.", rule=rule.name))

    @api.constrains('kind', 'node_id', 'channel_id')
    def _check_place(self):
        for rule in self:
            if rule.node_id and rule.kind != 'node_buffer':
                raise ValidationError(self.env._(
                    "Rule %(rule)s: only the safety stock of a node can name a node.", rule=rule.name))
            if rule.channel_id and rule.kind == 'node_buffer':
                raise ValidationError(self.env._(
                    "Rule %(rule)s: the safety stock of a node holds for every channel and cannot name one.",
                    rule=rule.name))

    @api.constrains('kind', 'product_id', 'channel_id')
    def _check_quota(self):
        for rule in self:
            if rule.kind == 'quota' and not (rule.product_id and rule.channel_id):
                raise ValidationError(self.env._(
                    "Rule %(rule)s: what is set aside names one product and the channel that may sell it.", rule=rule.name))

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._mark(rules._scopes())
        return rules

    def write(self, vals):
        if not vals.keys() - {'name', 'note'}:
            return super().write(vals)
        before = self._scopes()
        result = super().write(vals)
        self._mark(before | self._scopes())
        return result

    def unlink(self):
        self._mark(self._scopes())
        return super().unlink()

    def _scopes(self):
        """What these rules reach: a set of (kind, company, product, category, node, channel), each as narrow as the rule."""
        return {
            (rule.kind, rule.company_id.id, rule.product_id.id, rule.category_id.id, rule.node_id.id, rule.channel_id.id)
            for rule in self
        }

    def _mark(self, scopes):
        """Mark what the scopes reach, products that are named at once and the rest by a scope mark; record one event a rule."""
        refresh = self.env['ats.refresh']
        named = defaultdict(set)
        for kind, company, product, category, node, channel in scopes:
            if product and kind == 'quota':
                # Set aside is what all other channels are not offered, of a kit's components too.
                named[company].update(refresh._with_components(company, [product]))
            elif product:
                named[company].add(product)
            else:
                # Only what is held back in a node is felt by the kits made of it; a kit has its own channel rules.
                refresh._insert_scope_mark(
                    company, components=kind == 'node_buffer', category_id=category, node_id=node, channel_id=channel)
                if kind == 'node_buffer' and node:
                    # It serves no promise either, which channels feel that do not sell from the node.
                    refresh._mark_promised(self.env['ats.node'].browse(node)._channels(), category)
        for company, products in named.items():
            lane = LANE_MARK if len(products) <= LISTINGS_FAST_MAX else LANE_SCOPE
            refresh._mark_products(company, sorted(products), lane=lane)
        for rule in self:
            self.env['ats.event']._record('rule', rule, product=rule.product_id)
