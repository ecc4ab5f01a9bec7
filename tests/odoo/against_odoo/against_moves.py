# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Random operations on transfers, through Odoo's own models. Each is called with (env, house, rng), changes something in the caller's transaction and
returns a sentence for the log, or None when there is nothing it could be done to."""

from datetime import timedelta

from odoo import fields

TO_DO = ("draft", "waiting", "confirmed", "assigned")


def pick(rng, records, newest=25):
    """One record, chosen among the newest; None of an empty set."""
    ids = sorted(records.ids)[-newest:]
    return records.browse(rng.choice(ids)) if ids else None


def warehouse(env, house, rng):
    return env["stock.warehouse"].browse(rng.choice(house.warehouses))


def some_products(env, house, rng, among=None, at_most=3):
    among = among or house.stocked
    return env["product.product"].browse(rng.sample(among, rng.randint(1, min(at_most, len(among)))))


def quantity_and_unit(env, rng, product):
    """A quantity and the unit it is told in, which may be another than the product's."""
    if product.tracking == "serial":
        return rng.randint(1, 3), product.uom_id
    kilogram, dozen, unit = (env.ref(f"uom.product_uom_{name}") for name in ("kgm", "dozen", "unit"))
    if product.uom_id == kilogram:
        uom = rng.choice([kilogram, env.ref("uom.product_uom_gram")])
        return (rng.randint(1, 900) / 100, uom) if uom == kilogram else (rng.randint(1, 40) * 100, uom)
    uom = rng.choice([product.uom_id, product.uom_id, dozen, unit])
    return (rng.randint(1, 3) if uom == dozen else rng.randint(1, 12)), uom


def transfer(env, rng, kind, products, source, dest, **values):
    """A transfer in draft."""
    day = fields.Datetime.now() + timedelta(days=rng.randint(-3, 12), hours=1)
    moves = []
    for product in products:
        quantity, uom = quantity_and_unit(env, rng, product)
        moves.append((0, 0, {"product_id": product.id, "product_uom_qty": quantity, "product_uom": uom.id,
                             "location_id": source.id, "location_dest_id": dest.id, "date": day}))
    return env["stock.picking"].create({
        "picking_type_id": kind.id, "location_id": source.id, "location_dest_id": dest.id, "scheduled_date": day, "move_ids": moves, **values})


def told(picking):
    goods = ", ".join(f"{move.product_uom_qty:g} {move.product_uom.name} {move.product_id.name}" for move in picking.move_ids)
    return f"{picking.name} {picking.location_id.complete_name} > {picking.location_dest_id.complete_name}: {goods}"


def receive(env, house, rng):
    """A receipt by the warehouse's own steps; now and then of goods that belong to somebody else."""
    place = warehouse(env, house, rng)
    values = {"owner_id": rng.choice(house.owners)} if rng.random() < 0.2 else {}
    picking = transfer(env, rng, place.in_type_id, some_products(env, house, rng), env.ref("stock.stock_location_suppliers"),
                       place.in_type_id.default_location_dest_id, partner_id=house.vendor, **values)
    picking.action_confirm()
    return f"receipt {told(picking)}{' of an owner' if values else ''}"


def deliver(env, house, rng):
    """A delivery straight from stock, by the warehouse's first or last operation type."""
    place = warehouse(env, house, rng)
    products = some_products(env, house, rng, house.stocked + house.kits)
    picking = transfer(env, rng, place.out_type_id, products, place.lot_stock_id, env.ref("stock.stock_location_customers"),
                       partner_id=house.partner, priority=rng.choice("01"))
    picking.action_confirm()
    return f"delivery {told(picking)}"


def order_to_customer(env, house, rng):
    """Goods asked for by procurement: the route of the warehouse decides how many transfers that takes."""
    place = warehouse(env, house, rng)
    [product] = some_products(env, house, rng, house.stocked + house.kits, at_most=1)
    quantity, uom = quantity_and_unit(env, rng, product)
    _procure(env, product, quantity, uom, env.ref("stock.stock_location_customers"), {"warehouse_id": place})
    return f"procurement of {quantity:g} {uom.name} {product.name} from {place.code} to customers"


def resupply(env, house, rng):
    """The last warehouse asks the first: a chain of two transfers through transit."""
    place = env["stock.warehouse"].browse(house.warehouses[-1])
    [product] = some_products(env, house, rng, at_most=1)
    quantity, uom = quantity_and_unit(env, rng, product)
    route = env["stock.route"].browse(house.resupply_route)
    _procure(env, product, quantity, uom, place.lot_stock_id, {"warehouse_id": place, "route_ids": route})
    return f"resupply of {quantity:g} {uom.name} {product.name} to {place.code}"


def _procure(env, product, quantity, uom, location, values):
    rule = env["stock.rule"]
    values = {"date_planned": fields.Datetime.now() + timedelta(days=3), "date_deadline": fields.Datetime.now() + timedelta(days=3), **values}
    rule.run([rule.Procurement(product, quantity, uom, location, "random", "random", env.company, values)])


def move_inside(env, house, rng):
    """An internal transfer between two places of a warehouse."""
    place = warehouse(env, house, rng)
    inside = env["stock.location"].search([("id", "child_of", place.view_location_id.id), ("usage", "=", "internal")], order="id")
    source, dest = (env["stock.location"].browse(each) for each in rng.sample(inside.ids, 2))
    picking = transfer(env, rng, place.int_type_id, some_products(env, house, rng, at_most=2), source, dest)
    picking.action_confirm()
    return f"internal {told(picking)}"


def move_between(env, house, rng):
    """An internal transfer from one warehouse straight into another."""
    source, dest = (env["stock.warehouse"].browse(each) for each in rng.sample(house.warehouses, 2))
    picking = transfer(env, rng, source.int_type_id, some_products(env, house, rng, at_most=2), source.lot_stock_id, dest.lot_stock_id)
    picking.action_confirm()
    return f"between warehouses {told(picking)}"


def draft(env, house, rng):
    """A transfer that nobody has confirmed."""
    place = warehouse(env, house, rng)
    picking = transfer(env, rng, place.out_type_id, some_products(env, house, rng), place.lot_stock_id, env.ref("stock.stock_location_customers"))
    return f"draft {told(picking)}"


def open_pickings(env, house, states=TO_DO):
    types = env["stock.picking.type"].search([("warehouse_id", "in", house.warehouses)])
    return env["stock.picking"].search([("state", "in", states), ("picking_type_id", "in", types.ids)], order="id")


def validate(env, house, rng):
    """Do a transfer: whole, in part with or without back order, or by force with what is not there."""
    picking = pick(rng, open_pickings(env, house, ("confirmed", "assigned")), newest=40)
    if not picking:
        return None
    how = rng.choices(["whole", "back order", "no back order", "force"], [6, 3, 2, 2])[0]
    if not any(picking.move_ids.mapped("quantity")):
        picking.action_assign()
    for move in picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel")).sorted("id"):
        if how == "force" and move.product_id.tracking == "none":
            move.quantity = move.product_uom_qty
        elif how in ("back order", "no back order") and move.quantity > 1:
            move.quantity = rng.randint(0, int(move.quantity))
        _name_lots(env, rng, move)
        move.picked = True
    others = {"picking_ids_not_to_backorder": picking.ids} if how == "no back order" else {}
    picking.with_context(skip_backorder=True, skip_expired=True, skip_sms=True, **others).button_validate()
    return f"validated ({how}) {picking.name} {picking.location_id.complete_name} > {picking.location_dest_id.complete_name}: {picking.state}"


def _name_lots(env, rng, move):
    """Give the lines of a receipt lots: a new serial number each, an old or a new lot otherwise."""
    product = move.product_id
    if product.tracking == "none":
        return
    for line in move.move_line_ids.filtered(lambda line: not line.lot_id).sorted("id"):
        lots = env["stock.lot"].search([("product_id", "=", product.id)], order="id")
        if product.tracking == "lot" and lots and rng.random() < 0.6:
            line.lot_id = pick(rng, lots)
        else:
            line.lot_id = env["stock.lot"].create({"name": f"{product.id}-{len(lots)}-{line.id}", "product_id": product.id})
            if product.use_expiration_date:
                line.lot_id.removal_date = fields.Datetime.now() + timedelta(days=rng.choice([-20, -2, 2, 15, 60]))


def reserve(env, house, rng):
    picking = pick(rng, open_pickings(env, house, ("waiting", "confirmed", "assigned")))
    if not picking:
        return None
    picking.action_assign()
    return f"reserved {picking.name}: {picking.state}"


def unreserve(env, house, rng):
    picking = pick(rng, open_pickings(env, house, ("assigned", "confirmed")))
    if not picking:
        return None
    picking.do_unreserve()
    return f"unreserved {picking.name}: {picking.state}"


def cancel(env, house, rng):
    """Cancel a transfer; of a chain, what hangs on it too."""
    picking = pick(rng, open_pickings(env, house))
    if not picking:
        return None
    picking.action_cancel()
    return f"cancelled {picking.name}"


def delete(env, house, rng):
    picking = pick(rng, open_pickings(env, house, ("draft", "cancel")))
    if not picking:
        return None
    name = picking.name
    picking.unlink()
    return f"deleted {name}"


def confirm(env, house, rng):
    picking = pick(rng, open_pickings(env, house, ("draft",)))
    if not picking:
        return None
    picking.action_confirm()
    return f"confirmed {picking.name}: {picking.state}"


def give_back(env, house, rng):
    """Return some of what a transfer moved."""
    picking = pick(rng, open_pickings(env, house, ("done",)), newest=60)
    if not picking:
        return None
    wizard = env["stock.return.picking"].with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking").create({})
    for line in wizard.product_return_moves:
        line.quantity = rng.randint(1, int(line.move_id.quantity)) if line.move_id.quantity >= 1 else line.move_id.quantity
    back = env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
    return f"return of {picking.name}: {told(back)}"


def reschedule(env, house, rng):
    """Another date, in the past or the future: it decides what is reserved by date and what is still awaited."""
    picking = pick(rng, open_pickings(env, house))
    if not picking:
        return None
    days = rng.randint(-5, 20)
    picking.scheduled_date = fields.Datetime.now() + timedelta(days=days, hours=1)
    return f"{picking.name} rescheduled by {days} days"


def pack(env, house, rng):
    picking = pick(rng, open_pickings(env, house, ("assigned",)))
    if not picking:
        return None
    picking.action_put_in_pack()
    return f"packed {picking.name}"


def change_demand(env, house, rng):
    """Ask for more or less of something in a transfer that is under way."""
    picking = pick(rng, open_pickings(env, house, ("confirmed", "assigned", "waiting")))
    move = picking and pick(rng, picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel")))
    if not move:
        return None
    before = move.product_uom_qty
    move.product_uom_qty = rng.randint(1, 15)
    return f"{picking.name}: {move.product_id.name} from {before:g} to {move.product_uom_qty:g}"


#: operation: how often
OPERATIONS = {
    receive: 10, deliver: 9, order_to_customer: 9, resupply: 3, move_inside: 5, move_between: 3, draft: 1, validate: 30, reserve: 5, unreserve: 4,
    cancel: 3, delete: 1, confirm: 1, give_back: 4, reschedule: 2, pack: 2, change_demand: 3,
}
