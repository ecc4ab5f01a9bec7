# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Random operations on orders, productions, counts and scraps, and the quirks of quants that are legal in Odoo. See against_moves for the form."""

from datetime import timedelta

from against_moves import pick, quantity_and_unit, some_products, warehouse

from odoo import fields


def sell(env, house, rng):
    """A sale order, confirmed; it may hold kits, and goods that are bought for it."""
    place = warehouse(env, house, rng)
    lines = []
    for product in some_products(env, house, rng, house.stocked + house.kits):
        quantity, uom = quantity_and_unit(env, rng, product)
        lines.append((0, 0, {"product_id": product.id, "product_uom_qty": quantity, "product_uom_id": uom.id}))
    order = env["sale.order"].create({"partner_id": house.partner, "warehouse_id": place.id, "order_line": lines,
                                      "commitment_date": fields.Datetime.now() + timedelta(days=rng.randint(0, 10), hours=1)})
    order.action_confirm()
    goods = ", ".join(f"{line.product_uom_qty:g} {line.product_uom_id.name} {line.product_id.name}" for line in order.order_line)
    return f"sale {order.name} from {place.code}: {goods}"


def _sales(env, house):
    return env["sale.order"].search([("state", "=", "sale"), ("warehouse_id", "in", house.warehouses)], order="id")


def change_sale(env, house, rng):
    order = pick(rng, _sales(env, house))
    line = order and pick(rng, order.order_line)
    if not line:
        return None
    before = line.product_uom_qty
    line.product_uom_qty = max(rng.randint(1, 12), line.qty_delivered)
    return f"{order.name}: {line.product_id.name} from {before:g} to {line.product_uom_qty:g}"


def cancel_sale(env, house, rng):
    order = pick(rng, _sales(env, house))
    if not order:
        return None
    order.with_context(disable_cancel_warning=True).action_cancel()
    return f"cancelled {order.name}"


def buy(env, house, rng):
    place = warehouse(env, house, rng)
    day = fields.Datetime.now() + timedelta(days=rng.randint(1, 9))
    lines = []
    for product in some_products(env, house, rng):
        quantity, uom = quantity_and_unit(env, rng, product)
        line = {"product_id": product.id, "product_qty": quantity, "product_uom_id": uom.id, "price_unit": 3, "date_planned": day}
        lines.append((0, 0, line))
    order = env["purchase.order"].create({"partner_id": house.vendor, "picking_type_id": place.in_type_id.id, "order_line": lines})
    order.button_confirm()
    return f"purchase {order.name} for {place.code} of {', '.join(order.order_line.product_id.mapped('name'))}"


def confirm_purchase(env, house, rng):
    """Confirm a request for quotation that something made to order asked for."""
    order = pick(rng, env["purchase.order"].search([("state", "=", "draft"), ("partner_id", "=", house.vendor)], order="id"))
    if not order:
        return None
    order.button_confirm()
    return f"confirmed {order.name}"


def cancel_purchase(env, house, rng):
    order = pick(rng, env["purchase.order"].search([("state", "in", ("draft", "purchase")), ("partner_id", "=", house.vendor)], order="id"))
    if not order:
        return None
    order.button_cancel()
    return f"cancelled {order.name}"


def _productions(env, house, states):
    return env["mrp.production"].search([("state", "in", states), ("product_id", "in", house.made)], order="id")


def plan_production(env, house, rng):
    place = warehouse(env, house, rng)
    production = env["mrp.production"].create({
        "product_id": house.made[0], "product_qty": rng.randint(1, 4), "picking_type_id": place.manu_type_id.id,
        "date_start": fields.Datetime.now() + timedelta(days=rng.randint(1, 5))})
    production.action_confirm()
    if rng.random() < 0.5:
        production.action_assign()
    return f"production {production.name} of {production.product_qty:g} in {place.code}: {production.reservation_state}"


def produce(env, house, rng):
    production = pick(rng, _productions(env, house, ("confirmed", "progress", "to_close")))
    if not production:
        return None
    production.qty_producing = rng.randint(1, int(production.product_qty))
    production._set_qty_producing()
    production.with_context(skip_backorder=True, skip_consumption=True, skip_immediate=True, skip_expired=True).button_mark_done()
    return f"produced {production.qty_producing:g} by {production.name}: {production.state}"


def cancel_production(env, house, rng):
    production = pick(rng, _productions(env, house, ("confirmed", "progress")))
    if not production:
        return None
    production.action_cancel()
    return f"cancelled {production.name}"


def _quants(env, house):
    return env["stock.quant"].search([
        ("product_id", "in", house.stocked), ("location_id.usage", "=", "internal"),
        ("location_id.warehouse_id", "in", house.warehouses)], order="id")


def count(env, house, rng):
    """An inventory adjustment of what lies somewhere, or of something that nobody knew to lie there."""
    quant = pick(rng, _quants(env, house), newest=200)
    if not quant or rng.random() < 0.3:
        [product] = some_products(env, house, rng, house.plain, at_most=1)
        shelf = env["stock.location"].browse(rng.choice(house.shelves))
        quant = env["stock.quant"].with_context(inventory_mode=True).create(
            {"product_id": product.id, "location_id": shelf.id, "inventory_quantity": rng.randint(0, 30)})
    else:
        quant.inventory_quantity = rng.randint(0, 1) if quant.product_id.tracking == "serial" else rng.randint(0, 60)
    wanted = quant.inventory_quantity
    quant.action_apply_inventory()
    return f"counted {wanted:g} {quant.product_id.name} in {quant.location_id.complete_name}"


def scrap(env, house, rng):
    quant = pick(rng, _quants(env, house).filtered(lambda quant: quant.quantity >= 1), newest=200)
    if not quant:
        return None
    amount = 1 if quant.product_id.tracking == "serial" else rng.randint(1, int(quant.quantity))
    record = env["stock.scrap"].create({
        "product_id": quant.product_id.id, "scrap_qty": amount, "location_id": quant.location_id.id, "lot_id": quant.lot_id.id,
        "owner_id": quant.owner_id.id, "package_id": quant.package_id.id})
    record.action_validate()
    return f"scrapped {amount} {quant.product_id.name} in {quant.location_id.complete_name}: {record.state}"


def date_lot(env, house, rng):
    """A lot's removal date moves across now, but never to today."""
    lot = pick(rng, env["stock.lot"].search([("product_id", "in", house.expiring)], order="id"))
    if not lot:
        return None
    days = rng.choice([-30, -3, 3, 30])
    lot.removal_date = fields.Datetime.now() + timedelta(days=days)
    return f"lot {lot.name} of {lot.product_id.name} to be removed in {days} days"


def split_quant(env, house, rng):
    """Move stock while another transaction holds the quant: Odoo writes the difference into a second row, which may be negative."""
    quant = pick(rng, _quants(env, house), newest=200)
    if not quant:
        return None
    amount = rng.choice([-1, 1]) * (1 if quant.product_id.tracking == "serial" else rng.randint(1, 8))
    with env.registry.cursor() as other:
        other.execute("SELECT id FROM stock_quant WHERE product_id = %s FOR UPDATE", [quant.product_id.id])
        env["stock.quant"]._update_available_quantity(
            quant.product_id, quant.location_id, amount, lot_id=quant.lot_id, package_id=quant.package_id, owner_id=quant.owner_id)
        other.rollback()
    return f"{amount:+} {quant.product_id.name} in {quant.location_id.complete_name} beside a lock"


def go_negative(env, house, rng):
    """Take more than there is."""
    [product] = some_products(env, house, rng, house.plain, at_most=1)
    shelf = env["stock.location"].browse(rng.choice(house.shelves))
    env["stock.quant"]._update_available_quantity(product, shelf, -rng.randint(1, 9))
    return f"took {product.name} from {shelf.complete_name} whatever lies there"


def tidy_quants(env, _house, rng):
    """What Odoo does when somebody opens the inventory: rows merged by raw SQL, reservations cleaned, empty rows gone."""
    how = rng.choice(["_quant_tasks", "_merge_quants", "_clean_reservations", "_unlink_zero_quants"])
    getattr(env["stock.quant"], how)()
    return how


def schedule(env, _house, _rng):
    """The part of Odoo's scheduler that reserves what is due."""
    moves = env["stock.move"].search(env["stock.rule"]._get_moves_to_assign_domain(env.company.id), order="reservation_date, priority desc, date, id")
    moves._action_assign()
    return f"scheduler looked at {len(moves)} moves"


def archive(env, house, rng):
    """Archive a product, or bring back one that is archived."""
    products = env["product.product"].with_context(active_test=False).browse(house.plain[:3] + house.tracked[:1])
    product = products.browse(rng.choice(products.ids))
    product.active = not product.active
    return f"{product.name} is {'active' if product.active else 'archived'}"


def change_method(env, house, rng):
    """Another way to reserve for an operation type."""
    place = warehouse(env, house, rng)
    kind = rng.choice([place.out_type_id, place.pick_type_id, place.int_type_id])
    kind.reservation_method = rng.choice(["at_confirm", "manual", "by_date"])
    return f"{kind.display_name} reserves {kind.reservation_method}"


#: operation: how often
OPERATIONS = {
    sell: 8, change_sale: 3, cancel_sale: 2, buy: 4, confirm_purchase: 1, cancel_purchase: 1, plan_production: 2, produce: 2, cancel_production: 1,
    count: 7, scrap: 4, date_lot: 3, split_quant: 4, go_negative: 1, tidy_quants: 2, schedule: 2, archive: 1, change_method: 1,
}
