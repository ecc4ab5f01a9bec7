# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The kits that are read are those that Odoo itself would explode, with quantities that are exact."""

import random
from fractions import Fraction

from odoo import Command
from odoo.tests import TransactionCase, tagged

from ..kits import KIT_USERS_SQL, KITS_SQL

#: Set-ups that one run compares; each is some templates with variants and bills among them.
SETUPS = 25
SEED = 20261121


@tagged('post_install', '-at_install', 'ats')
class TestKits(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Fine enough that Odoo's own rounding of each line does not hide a difference.
        cls.env['decimal.precision'].search([('name', '=', 'Product Unit')]).digits = 9
        cls.piece = cls.env.ref('uom.product_uom_unit')
        cls.dozen = cls.env.ref('uom.product_uom_dozen')
        cls.odd = cls.env['uom.uom'].create({
            'name': "Pack of 0.7", 'relative_factor': 0.7, 'relative_uom_id': cls.piece.id})
        cls.units = cls.piece | cls.dozen | cls.odd

    def read_kits(self, company=None):
        """{product id: (yields, {component id: quantity})} as read; the quantities of equal components added up."""
        self.env.flush_all()
        self.env.cr.execute(KITS_SQL, {'company': (company or self.env.company).id})
        kits = {}
        for product, yields, component, quantity in self.env.cr.fetchall():
            known, lines = kits.setdefault(product, (Fraction(yields), {}))
            self.assertEqual(known, yields, "yields are the same on every line of a kit")
            if component:
                lines[component] = lines.get(component, 0) + Fraction(quantity)
        return kits

    def product(self, name, uom=None, **values):
        return self.env['product.product'].create({
            'name': name, 'is_storable': True, 'uom_id': (uom or self.piece).id, **values})

    def bom(self, product, lines, **values):
        """A bill of a kit of this variant's template; lines are (component, quantity) or (component, quantity, unit)."""
        return self.env['mrp.bom'].create({
            'product_tmpl_id': product.product_tmpl_id.id, 'type': 'phantom', 'product_uom_id': product.uom_id.id,
            'bom_line_ids': [Command.create({
                'product_id': component.id, 'product_qty': quantity,
                'product_uom_id': (unit[0] if unit else component.uom_id).id}) for component, quantity, *unit in lines],
            **values})

    def test_as_odoo_explodes_random_bills(self):
        kits = 0
        for number in range(SETUPS):
            seed = SEED + number
            with self.subTest(seed=seed):
                kits += self._compare(self._random_setup(random.Random(seed)))
        self.assertGreater(kits, 2 * SETUPS, "kits among the products")

    def _random_setup(self, dice):
        """Products with and without variants; bills of both types that only use products made before, so no cycles."""
        products = self.env['product.product']
        for index in range(dice.randint(4, 9)):
            template = self.env['product.template'].create({
                'name': f"P{index}", 'is_storable': True, 'uom_id': dice.choice(self.units).id,
                'attribute_line_ids': self._random_attributes(dice, index)})
            before, variants = products, template.product_variant_ids
            for _bill in range(dice.choice((0, 1, 1, 2, 3)) if before else 0):
                self._random_bill(dice, template, before)
            products |= variants
        return products

    def _random_attributes(self, dice, index):
        lines = []
        for place in range(dice.choice((0, 0, 1, 2))):
            attribute = self.env['product.attribute'].create({
                'name': f"A{index}.{place}", 'create_variant': dice.choice(('always', 'always', 'no_variant')),
                'value_ids': [Command.create({'name': f"V{value}"}) for value in range(dice.randint(1, 3))]})
            lines.append(Command.create({
                'attribute_id': attribute.id, 'value_ids': [Command.set(attribute.value_ids.ids)]}))
        return lines

    def _random_bill(self, dice, template, components):
        variant = dice.choice(template.product_variant_ids) if dice.random() < .3 else None
        values = template.attribute_line_ids.product_template_value_ids
        lines = []
        for _line in range(dice.randint(1, 4)):
            named = [] if variant or not values else dice.sample(values.ids, dice.randint(0, min(2, len(values))))
            lines.append(Command.create({
                'product_id': dice.choice(components).id, 'product_qty': dice.choice((0, 1, 1, 2, 3, 0.5, 1.25, 7)),
                'product_uom_id': dice.choice(self.units).id,
                'bom_product_template_attribute_value_ids': [Command.set(named)]}))
        self.env['mrp.bom'].create({
            'product_tmpl_id': template.id, 'product_id': variant and variant.id,
            'type': dice.choice(('phantom', 'phantom', 'normal')), 'sequence': dice.choice((0, 1, 2)),
            'product_qty': dice.choice((1, 1, 2, 3, 0.5, 12)), 'product_uom_id': dice.choice(self.units).id,
            'active': dice.random() < .9, 'company_id': dice.choice((False, self.env.company.id)),
            'bom_line_ids': lines})

    def _compare(self, products):
        """Compare each product with what Odoo finds; return how many of them are kits."""
        kits = self.read_kits()
        find = self.env['mrp.bom']._bom_find
        for product in products:
            bom = find(product, company_id=self.env.company.id, bom_type='phantom')[product]
            self.assertEqual(product.id in kits, bool(bom), f"whether {product.name} is a kit")
            if not bom:
                continue
            # Odoo: so much of each stocked component for one execution of the bill.
            expected = {}
            for line, data in bom.explode(product, 1)[1]:
                quantity = line.product_uom_id._compute_quantity(data['qty'], line.product_id.uom_id, round=False)
                expected[line.product_id.id] = expected.get(line.product_id.id, 0) + quantity
            made = bom.product_uom_id._compute_quantity(bom.product_qty, product.uom_id, round=False)
            mine = self._explode(kits, product.id)
            expected = {component: quantity / made for component, quantity in expected.items() if quantity}
            self.assertEqual(mine.keys(), expected.keys(), f"components of {product.name}")
            for component, quantity in mine.items():
                self.assertAlmostEqual(float(quantity), expected[component], delta=1e-6 + 1e-6 * expected[component])
        return len(kits.keys() & set(products.ids))

    def _explode(self, kits, product):
        """The stocked components of one kit as the engine explodes it: {component id: exact quantity}."""
        yields, lines = kits[product]
        found = {}
        for component, quantity in lines.items():
            below = self._explode(kits, component) if component in kits else {component: Fraction(1)}
            for stocked, share in below.items():
                found[stocked] = found.get(stocked, 0) + share * quantity / yields
        return found

    def test_units_that_do_not_divide_stay_exact(self):
        """A component kept by the dozen and used by the piece: 10 dozens make 120 kits, not 119."""
        eggs, box = self.product("Eggs", self.dozen), self.product("One egg")
        self.bom(box, [(eggs, 1, self.piece)])
        yields, lines = self.read_kits()[box.id]
        self.assertEqual(lines[eggs.id] / yields, Fraction(1, 12))
        for number in (yields, lines[eggs.id]):
            self.assertEqual(number * 10 ** 6 % 1, 0, "a decimal of six places")

    def test_kit_kept_by_the_dozen(self):
        egg, box = self.product("Egg"), self.product("Box", self.dozen)
        self.bom(box, [(egg, 1)], product_qty=1, product_uom_id=self.piece.id)
        yields, lines = self.read_kits()[box.id]
        self.assertEqual(lines[egg.id] / yields, 12)

    def test_bill_of_the_variant_before_that_of_its_template_and_sequence_before_both(self):
        kit, one, two, three = (self.product(name) for name in ("Kit", "One", "Two", "Three"))
        self.bom(kit, [(one, 1)], sequence=1)
        own = self.bom(kit, [(two, 1)], product_id=kit.id, sequence=1)
        self.assertEqual(list(self.read_kits()[kit.id][1]), [two.id])
        own.sequence = 5
        self.bom(kit, [(three, 1)], sequence=4)
        self.assertEqual(list(self.read_kits()[kit.id][1]), [one.id])

    def test_bill_of_another_company_makes_no_kit_here(self):
        other = self.env['res.company'].create({'name': "Other"})
        kit, part = self.product("Kit"), self.product("Part")
        self.bom(kit, [(part, 1)], company_id=other.id)
        self.assertNotIn(kit.id, self.read_kits())
        self.assertIn(kit.id, self.read_kits(other))

    def test_kit_without_any_line_that_counts_is_still_a_kit(self):
        kit, part = self.product("Kit"), self.product("Part")
        self.bom(kit, [(part, 0)], product_qty=2)
        self.assertEqual(self.read_kits()[kit.id], (2, {}))

    def test_users_of_a_component_are_found(self):
        kit, nested, part = (self.product(name) for name in ("Kit", "Nested", "Part"))
        self.bom(nested, [(part, 1)], product_id=nested.id)
        self.bom(kit, [(nested, 1)])
        self.env.flush_all()
        self.env.cr.execute(f"SELECT * FROM ({KIT_USERS_SQL}) u WHERE component_id = ANY(%s)", [[nested.id, part.id]])
        self.assertEqual(set(self.env.cr.fetchall()), {(part.id, nested.id), (nested.id, kit.id)})
