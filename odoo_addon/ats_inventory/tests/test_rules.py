# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Rules refuse what the engine would refuse, in words; and they mark exactly what they reach."""
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestRules(InventoryCase):

    def rule(self, **values):
        return self.env['ats.rule'].create({'name': "Rule", 'kind': 'channel_buffer', 'fixed': 1, **values})

    def test_a_percentage_is_for_safety_stocks_only(self):
        for kind in ('stop_sell', 'cap'):
            with self.assertRaisesRegex(ValidationError, "only a safety stock can be a percentage"):
                self.rule(kind=kind, amount_type='percent', percent=10)
        self.rule(kind='node_buffer', amount_type='percent', percent=10)

    def test_a_product_and_a_category_exclude_each_other(self):
        with self.assertRaisesRegex(ValidationError, "not both"):
            self.rule(product_id=self.product.id, category_id=self.env['product.category'].create({'name': "C"}).id)

    def test_a_node_and_a_channel_are_named_only_where_they_act(self):
        with self.assertRaisesRegex(ValidationError, "can name a node"):
            self.rule(kind='cap', node_id=self.node.id)
        with self.assertRaisesRegex(ValidationError, "cannot name one"):
            self.rule(kind='node_buffer', channel_id=self.channel.id)

    @mute_logger('odoo.sql_db')
    def test_numbers_and_dates_outside_their_range_are_refused(self):
        now = fields.Datetime.now()
        for values in ({'fixed': -1}, {'fixed': 10 ** 13}, {'amount_type': 'percent', 'percent': 101},
                       {'amount_type': 'percent', 'percent': -1}, {'date_from': now, 'date_until': now}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.rule(**values)

    @mute_logger('odoo.sql_db')
    def test_units_overrides_and_decimals_outside_their_range_are_refused(self):
        uom = self.product.uom_id
        for model, values in (
                ('ats.listing', {'channel_id': self.channel.id, 'product_id': self.product.id, 'unit': 0}),
                ('ats.listing', {'channel_id': self.channel.id, 'product_id': self.product.id, 'override_quantity': -1}),
                ('ats.uom', {'uom_id': uom.id, 'decimals': 7}),
                ('ats.channel', {'name': "C", 'share_percent': 101}),
                ('ats.channel.source', {'channel_id': self.channel.id, 'node_id': self.node.id})):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env[model].create(values)

    def test_the_rule_of_the_product_wins(self):
        self.put(20)
        self.rule(fixed=1)
        self.assertEqual(self.fresh(), 19)
        self.rule(fixed=2, category_id=self.product.categ_id.id or self.env['product.category'].create({'name': "C"}).id)
        self.product.categ_id = self.env['ats.rule'].search([], limit=1, order='id desc').category_id
        self.assertEqual(self.fresh(), 18)
        self.rule(fixed=3, product_id=self.product.id)
        self.assertEqual(self.fresh(), 17)
        self.rule(fixed=4, product_id=self.product.id, channel_id=self.channel.id)
        self.assertEqual(self.fresh(), 16)

    def test_a_deleted_category_takes_its_rules_and_marks_what_they_held_for(self):
        category = self.env['product.category'].create({'name': "Going"})
        rule = self.rule(fixed=2, category_id=category.id)
        self.product.categ_id = category
        self.env.cr.execute("DELETE FROM ats_mark")
        category.unlink()
        self.assertFalse(rule.exists())
        self.env.cr.execute("SELECT DISTINCT product_id FROM ats_mark WHERE company_id = %s", [self.env.company.id])
        self.assertEqual(self.env.cr.fetchall(), [(self.product.id,)])

    def test_a_rule_of_another_time_does_not_hold(self):
        self.put(20)
        self.rule(fixed=5, date_from=fields.Datetime.add(fields.Datetime.now(), days=1))
        self.rule(fixed=5, date_until=fields.Datetime.subtract(fields.Datetime.now(), days=1))
        self.rule(fixed=5, active=False)
        self.assertEqual(self.fresh(), 20)

    def test_stop_and_cap(self):
        self.put(20)
        cap = self.rule(kind='cap', fixed=15)
        self.assertEqual(self.fresh(), 15)
        cap.unlink()
        self.rule(kind='stop_sell', fixed=20)
        self.assertEqual(self.fresh(), 0)
