# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A change of a bill of materials marks the kit and what it is made of, and nothing else."""

import pytest


class Kits:
    """A kit of a frame and a nested kit of two bulbs; a product that has nothing to do with them."""

    def __init__(self, stock):
        self.stock = stock
        with stock.committed() as env:
            made = env["product.product"].create([{"name": name, "is_storable": True} for name in ("kit", "nested", "frame", "bulb", "other")])
            self.kit, self.nested, self.frame, self.bulb, self.other = made.ids
            self.bill(env, self.nested, {self.bulb: 2})
            self.bom_id = self.bill(env, self.kit, {self.frame: 1, self.nested: 1}).id
        self.clear()

    def bill(self, env, product_id, lines, **values):
        product = env["product.product"].browse(product_id)
        return env["mrp.bom"].create({
            "product_tmpl_id": product.product_tmpl_id.id, "type": "phantom", "company_id": self.stock.company_id,
            "bom_line_ids": [(0, 0, {"product_id": component, "product_qty": quantity}) for component, quantity in lines.items()],
            **values})

    def clear(self):
        self.stock.sql("DELETE FROM ats_mark")
        self.stock.sql("DELETE FROM ats_scope_mark")

    def marked(self):
        """The names of the marked products; marks of other companies than ours would be a surprise."""
        rows = self.stock.sql("SELECT DISTINCT product_id, company_id FROM ats_mark")
        assert all(company == self.stock.company_id for _product, company in rows)
        names = {getattr(self, name): name for name in ("kit", "nested", "frame", "bulb", "other")}
        self.clear()
        return {names[product] for product, _company in rows}


@pytest.fixture
def kits(stock):
    return Kits(stock)


WHOLE = {"kit", "nested", "frame", "bulb"}


@pytest.mark.parametrize("values", [
    {"type": "normal"}, {"active": False}, {"product_qty": 2}, {"sequence": 7}, {"product_uom_id": "dozen"}, {"code": "no matter"}])
def test_bill(stock, kits, values):
    with stock.committed() as env:
        if "product_uom_id" in values:
            values = {"product_uom_id": env.ref("uom.product_uom_dozen").id}
        env["mrp.bom"].browse(kits.bom_id).write(values)
    assert kits.marked() == (set() if "code" in values else WHOLE)


def test_bill_made_and_deleted(stock, kits):
    with stock.committed() as env:
        bom = kits.bill(env, kits.other, {kits.bulb: 1}).id
    assert kits.marked() == {"other", "bulb"}
    with stock.committed() as env:
        env["mrp.bom"].browse(bom).unlink()
    assert kits.marked() == {"other", "bulb"}


def test_manufacturing_bill_is_nothing_to_us(stock, kits):
    with stock.committed() as env:
        bom = kits.bill(env, kits.other, {kits.bulb: 1}, type="normal")
        bom.product_qty = 5
        bom.bom_line_ids.product_qty = 3
        bom.unlink()
    # Its line is gone together with it, and nobody can tell any more of which type it was.
    assert kits.marked() <= {"bulb"}


def test_line(stock, kits):
    with stock.committed() as env:
        line = env["mrp.bom"].browse(kits.bom_id).bom_line_ids.filtered(lambda one: one.product_id.id == kits.frame)
        line.product_qty = 2
    assert kits.marked() == WHOLE
    with stock.committed() as env:
        env["mrp.bom.line"].browse(line.id).product_id = kits.other
    assert kits.marked() == WHOLE | {"other"}
    with stock.committed() as env:
        env["mrp.bom.line"].browse(line.id).unlink()
    assert kits.marked() == WHOLE - {"frame"} | {"other"}


def test_bill_below_marks_downwards_and_leaves_the_way_up_to_the_refresh(stock, kits):
    with stock.committed() as env:
        env["mrp.bom"].search([("product_tmpl_id.product_variant_ids", "in", kits.nested)]).product_qty = 3
    assert kits.marked() == {"nested", "bulb"}


def test_unit_of_measure_of_a_component(stock, kits):
    with stock.committed() as env:
        box = env["uom.uom"].create({"name": "Box of 10", "relative_factor": 10, "relative_uom_id": env.ref("uom.product_uom_unit").id})
        env["mrp.bom"].browse(kits.bom_id).bom_line_ids[0].product_uom_id = box
    kits.clear()
    with stock.committed() as env:
        env["uom.uom"].browse(box.id).relative_factor = 12
    assert kits.marked() == WHOLE


def test_triggers_of_other_modules_come_and_go_with_them(stock, db):
    from odoo.addons.ats_inventory import triggers  # noqa: PLC0415

    ours = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'ats_mark_bom%%' OR tgname LIKE 'ats_mark_kit%%'"
    assert stock.sql(ours) == [(8,)]
    stock.sql("UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'ats_mrp'")
    assert triggers.ensure(db) is False
    assert stock.sql(ours) == [(8,)]
    stock.sql("UPDATE ir_module_module SET state = 'to remove' WHERE name = 'ats_mrp'")
    triggers.drop(db, "ats_mrp")
    assert triggers.ensure(db) is False
    assert stock.sql(ours) == [(0,)]
    assert stock.sql("SELECT proname FROM pg_proc WHERE proname LIKE 'ats_mark_bom%%'") == []
    assert stock.sql("SELECT count(*) FROM pg_trigger WHERE tgname = 'ats_mark_quant_change'") == [(1,)]


def test_a_lots_date_marks_the_products_it_affects(stock):
    with stock.committed() as env:
        food, other = env["product.product"].create([
            {"name": name, "is_storable": True, "tracking": "lot", "use_expiration_date": True, "expiration_time": 30}
            for name in ("Food", "Other food")])
        lots = env["stock.lot"].create([
            {"name": f"L-{product.id}", "product_id": product.id} for product in (food, other)])
        shelf = env["stock.location"].browse(stock.shelf_id)
        for product, lot in zip((food, other), lots, strict=True):
            env["stock.quant"]._update_available_quantity(product, shelf, 5, lot_id=lot)
        empty = env["stock.lot"].create({"name": "Nowhere", "product_id": food.id})
    stock.sql("DELETE FROM ats_mark")
    with stock.committed() as env:
        env["stock.lot"].browse(lots[0].id).removal_date = "2030-01-01"
    assert stock.sql("SELECT DISTINCT company_id, product_id FROM ats_mark") == [(stock.company_id, food.id)]
    stock.sql("DELETE FROM ats_mark")
    with stock.committed() as env:
        env["stock.lot"].browse(empty.id).removal_date = "2030-01-01"
        env["stock.lot"].browse(lots[0].id).note = "no matter"
    assert stock.sql("SELECT product_id FROM ats_mark") == []


def test_without_the_module_a_kit_is_a_product_like_any_other(stock, kits, db):
    from odoo.modules.registry import Registry  # noqa: PLC0415

    with stock.committed() as env:
        listing = env["ats.listing"].create({"channel_id": stock.channel_id, "product_id": kits.kit}).id
        for product, quantity in ((kits.frame, 3), (kits.bulb, 10)):
            stock.put(env, env["product.product"].browse(product), quantity)
    stock.refresh()
    assert stock.level(listing) == 3
    with stock.committed() as env:
        env["ir.module.module"].search([("name", "=", "ats_mrp")]).button_immediate_uninstall()
    stock.registry = Registry(db)
    assert stock.sql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'ats_mark_bom%%' OR tgname LIKE 'ats_mark_kit%%'") == [(0,)]
    stock.refresh()
    # It has no stock of its own.
    assert stock.level(listing) == 0
