# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Who wins as the form of a rule says it, and what is left of a quota."""
from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from odoo.addons.ats_inventory.const import RULES_SHOWN_MAX

from .common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestRuleRank(InventoryCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ats.rule'].search([]).unlink()
        Category = cls.env['product.category']
        cls.around = Category.create({'name': "Around"})
        cls.near = Category.create({'name': "Near", 'parent_id': cls.around.id})
        cls.apart = Category.create({'name': "Apart"})
        cls.product.categ_id = cls.near

    def rule(self, **values):
        return self.env['ats.rule'].create({'name': "Rule", 'kind': 'channel_buffer', 'fixed': 1, **values})

    def test_the_order_of_the_model(self):
        """Narrowest first: each wins over all after it, and says so on both sides."""
        ranked = [
            self.rule(product_id=self.product.id, channel_id=self.channel.id, sequence=30),
            self.rule(product_id=self.product.id, sequence=1),
            self.rule(category_id=self.near.id, channel_id=self.channel.id),
            self.rule(category_id=self.near.id),
            self.rule(category_id=self.around.id),
            self.rule(channel_id=self.channel.id),
            self.rule(sequence=3),
            self.rule(sequence=7),
            self.rule(sequence=7),
        ]
        for index, rule in enumerate(ranked):
            self.assertEqual(set(rule.stronger_ids.ids), {other.id for other in ranked[:index]}, index)
            self.assertEqual(set(rule.weaker_ids.ids), {other.id for other in ranked[index + 1:]}, index)
        self.assertEqual([rule.shadowed_by_id.id for rule in ranked],
                         [False, False, False, False, False, False, False, ranked[6].id, ranked[6].id])

    def test_rules_that_never_meet_are_not_named(self):
        now = fields.Datetime.now()
        other = self.env['ats.channel'].create({'name': "Other shop"})
        rule = self.rule(product_id=self.product.id, channel_id=self.channel.id, date_until=now + timedelta(days=2))
        for values in ({'kind': 'cap'}, {'channel_id': other.id}, {'category_id': self.apart.id}, {'active': False},
                       {'date_from': now + timedelta(days=2)}, {'date_until': now - timedelta(days=1)}):
            self.rule(**values)
        self.assertFalse(rule.stronger_ids | rule.weaker_ids)

    def test_the_form_warns_before_saving(self):
        first = self.rule(channel_id=self.channel.id, sequence=1)
        form = Form(self.env['ats.rule'])
        form.name = "Second"
        form.kind = 'channel_buffer'
        form.channel_id = self.channel
        form.fixed = 2
        self.assertEqual(form.shadowed_by_id, first)
        form.sequence = 0
        self.assertFalse(form.shadowed_by_id)

    def test_the_form_empties_what_a_kind_cannot_have(self):
        form = Form(self.env['ats.rule'])
        form.kind = 'channel_buffer'
        form.amount_type = 'percent'
        form.kind = 'cap'
        self.assertEqual(form.amount_type, 'fixed')

    def test_few_of_many_are_shown(self):
        for _time in range(RULES_SHOWN_MAX + 1):
            self.rule()
        self.assertEqual(len(self.rule(product_id=self.product.id).weaker_ids), RULES_SHOWN_MAX)

    def test_a_rule_says_whether_it_holds(self):
        now = fields.Datetime.now()
        rules = {
            'now': self.rule(date_from=now - timedelta(days=1), date_until=now + timedelta(days=1)),
            'later': self.rule(date_from=now + timedelta(days=1)),
            'over': self.rule(date_until=now - timedelta(days=1)),
        }
        for validity, rule in rules.items():
            self.assertEqual(rule.validity, validity)
            self.assertEqual(self.env['ats.rule'].search([('validity', '=', validity)]), rule)

    def test_a_quota_names_product_and_channel(self):
        for values in ({}, {'product_id': self.product.id}, {'channel_id': self.channel.id}):
            with self.assertRaisesRegex(ValidationError, "names one product and the channel"):
                self.rule(kind='quota', **values)

    def test_live_holds_use_up_a_quota(self):
        quota = self.rule(kind='quota', fixed=10, product_id=self.product.id, channel_id=self.channel.id)
        other = self.env['ats.channel'].create({'name': "Other shop"})
        Hold = self.env['ats.hold']
        values = {'product_id': self.product.id, 'channel_id': self.channel.id, 'quantity': 4}
        Hold.create([values, {**values, 'expires_at': '2020-01-01'}, {**values, 'channel_id': other.id}])
        self.assertEqual((quota.quota_held, quota.quota_used, quota.quota_left), (4, 4, 6))
        self.assertEqual(Hold.search_count(quota.action_open_quota_holds()['domain'] + [('state', '=', 'live')]), 1)
        Hold.create({**values, 'quantity': 40})
        quota.invalidate_recordset()
        self.assertEqual((quota.quota_used, quota.quota_left), (44, 0))
