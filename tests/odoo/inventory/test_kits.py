# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Kits: what changes a component, a promise or a bill reaches every level that depends on it; a bad bill stops nobody."""

import pytest


class Kits:
    def __init__(self, stock):
        self.stock = stock

    def make(self, name, parts, listed=True):
        """A kit of {product id: quantity}. Returns (product id, listing id)."""
        with self.stock.committed() as env:
            kit = env["product.product"].create({"name": name, "is_storable": True})
            listing = env["ats.listing"].create({"channel_id": self.stock.channel_id, "product_id": kit.id}) if listed else None
            env["mrp.bom"].create({
                "product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom", "product_qty": 1,
                "bom_line_ids": [(0, 0, {"product_id": part, "product_qty": quantity}) for part, quantity in parts.items()]})
            return kit.id, listing and listing.id


@pytest.fixture
def kits(stock):
    return Kits(stock)


def test_a_component_moves_the_kits_around_it_however_deep(stock, kits):
    part, part_listing = stock.product("Part", on_shelf=12)
    inner, _listing = kits.make("Inner", {part: 2}, listed=False)
    _outer, listing = kits.make("Outer", {inner: 3})
    stock.refresh()
    assert (stock.level(part_listing), stock.level(listing)) == (12, 2)
    stock.receive(part, 6)
    stock.refresh()
    assert (stock.level(part_listing), stock.level(listing)) == (18, 3)


def test_a_component_that_is_not_listed_moves_its_kits(stock, kits):
    with stock.committed() as env:
        part = env["product.product"].create({"name": "Part", "is_storable": True}).id
    _kit, listing = kits.make("Kit", {part: 1})
    stock.refresh()
    assert stock.level(listing) == 0
    stock.receive(part, 4)
    stock.refresh()
    assert stock.level(listing) == 4
    with stock.committed() as env:
        env["ats.rule"].create({"name": "Keep", "kind": "node_buffer", "fixed": 1, "product_id": part})
    stock.refresh()
    assert stock.level(listing) == 3


def test_a_hold_on_a_kit_binds_its_components_and_their_other_kits(stock, kits):
    part, part_listing = stock.product("Part", on_shelf=10)
    kit, kit_listing = kits.make("Pair", {part: 2})
    _other, other_listing = kits.make("Single", {part: 1})
    stock.refresh()
    with stock.committed() as env:
        hold = env["ats.hold"].create({"product_id": kit, "quantity": 2, "channel_id": stock.channel_id})
    stock.refresh()
    assert [stock.level(one) for one in (part_listing, kit_listing, other_listing)] == [6, 3, 6]
    with stock.committed() as env:
        env["ats.hold"].browse(hold.id).write({"released_at": env.cr.now()})
    stock.refresh()
    assert [stock.level(one) for one in (part_listing, kit_listing, other_listing)] == [10, 5, 10]


def test_a_bill_that_contains_itself_is_parked_and_stops_nobody(stock, kits):
    part, part_listing = stock.product("Part", on_shelf=10)
    good, good_listing = kits.make("Good", {part: 1})
    bad, bad_listing = kits.make("Bad", {part: 1})
    # Odoo refuses such a bill; other software writes it.
    stock.sql("""
        INSERT INTO mrp_bom_line (bom_id, product_id, product_tmpl_id, product_qty, product_uom_id, company_id, sequence)
        SELECT l.bom_id, b.product, p.product_tmpl_id, 1, l.product_uom_id, l.company_id, 1
          FROM mrp_bom_line l JOIN mrp_bom m ON m.id = l.bom_id
          JOIN (SELECT %s::int AS product) b ON TRUE JOIN product_product p ON p.id = b.product
         WHERE m.product_tmpl_id = p.product_tmpl_id""", bad)
    stock.receive(part, 1)
    stock.refresh()
    assert (stock.level(part_listing), stock.level(good_listing), stock.level(bad_listing)) == (11, 11, None)
    assert stock.sql("SELECT state, error_code FROM ats_work WHERE product_id = %s", bad) == [("parked", "kit_cycle")]
    # A promise on it binds nothing that could be computed, and stops nobody either.
    with stock.committed() as env:
        env["ats.hold"].create({"product_id": bad, "quantity": 2, "channel_id": stock.channel_id})
    stock.refresh()
    assert (stock.level(part_listing), stock.level(good_listing)) == (11, 11)


def test_a_kit_without_lines_is_parked_with_a_reason(stock, kits):
    kit, listing = kits.make("Empty", {})
    stock.refresh()
    assert stock.level(listing) is None
    [(code, message)] = stock.sql("SELECT error_code, error_message FROM ats_product WHERE product_id = %s", kit)
    assert code == "kit_no_lines" and "Add its components" in message
