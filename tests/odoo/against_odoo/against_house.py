# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The house in which random operations happen: warehouses of different steps, products of every kind, one channel that sees all of it.

Everything is made so that the model and Odoo speak of the same goods (design.md P9): every internal location sellable, every owner allowed, all units
sold with six places, no minimum life, incoming of every kind counted, and removal dates days away from now.
"""

from dataclasses import dataclass, field

#: Far enough that nothing open lies beyond it.
INCOMING_DAYS = 3650
DECIMALS = 6

#: name: (receipt steps, delivery steps, how deliveries are reserved)
WAREHOUSES = {
    "WA": ("one_step", "ship_only", "at_confirm"),
    "WB": ("two_steps", "pick_ship", "at_confirm"),
    "WC": ("three_steps", "pick_pack_ship", "by_date"),
    "WD": ("one_step", "pick_ship", "manual"),
}


@dataclass
class House:
    """Ids of what the operations choose from. Lists keep their order, so that one seed always chooses the same."""

    company: int = 0
    channel: int = 0
    warehouses: list = field(default_factory=list)
    plain: list = field(default_factory=list)
    tracked: list = field(default_factory=list)
    expiring: list = field(default_factory=list)
    made: list = field(default_factory=list)
    kits: list = field(default_factory=list)
    owners: list = field(default_factory=list)
    partner: int = 0
    vendor: int = 0
    shelves: list = field(default_factory=list)
    resupply_route: int = 0
    wrapping: int = 0

    @property
    def stocked(self):
        return self.plain + self.tracked + self.expiring + self.made


def build(env):
    """Make the house in one transaction; the caller commits. Returns a House."""
    house = House(company=env.company.id)
    partners = env["res.partner"].create([{"name": name} for name in ("Customer", "Vendor", "Owner one", "Owner two")])
    house.partner, house.vendor, *house.owners = partners.ids
    _warehouses(env, house)
    _products(env, house)
    _kits(env, house)
    _first_stock(env, house)
    _channel(env, house)
    return house


def _warehouses(env, house):
    for name, (receipt, delivery, reservation) in WAREHOUSES.items():
        warehouse = env["stock.warehouse"].create(
            {"name": name, "code": name, "reception_steps": receipt, "delivery_steps": delivery, "company_id": house.company})
        types = warehouse.out_type_id | warehouse.pick_type_id
        types.reservation_method = reservation
        types.reservation_days_before = 2
        house.warehouses.append(warehouse.id)
        house.shelves += env["stock.location"].create([
            {"name": f"Shelf {number}", "location_id": warehouse.lot_stock_id.id} for number in (1, 2)]).ids
    first, *_others, last = env["stock.warehouse"].browse(house.warehouses)
    last.resupply_wh_ids = first
    house.resupply_route = last.resupply_route_ids.id


def _products(env, house):
    unit, dozen = env.ref("uom.product_uom_unit"), env.ref("uom.product_uom_dozen")
    kilogram = env.ref("uom.product_uom_kgm")

    def product(name, uom=unit, **values):
        values = {"name": name, "is_storable": True, "uom_id": uom.id, "list_price": 10, **values}
        return env["product.product"].create(values).id

    seller = [(0, 0, {"partner_id": house.vendor, "price": 5})]
    mto = env.ref("stock.route_warehouse0_mto")
    mto.active = True
    routes = mto | env.ref("purchase_stock.route_warehouse0_buy")
    house.plain = [product("Lamp"), product("Chair"), product("Eggs", dozen), product("Flour", kilogram), product("Screw")]
    house.plain.append(product("On order", route_ids=[(6, 0, routes.ids)], seller_ids=seller))
    house.tracked = [product("Paint", tracking="lot"), product("Phone", tracking="serial")]
    life = {"tracking": "lot", "use_expiration_date": True, "expiration_time": 30, "removal_time": 5}
    house.expiring = [product("Milk", **life), product("Cheese", kilogram, **life)]
    house.made = [product("Table")]
    env["mrp.bom"].create({
        "product_tmpl_id": env["product.product"].browse(house.made[0]).product_tmpl_id.id, "product_qty": 1, "type": "normal",
        "bom_line_ids": [(0, 0, {"product_id": house.plain[4], "product_qty": 8}), (0, 0, {"product_id": house.plain[1], "product_qty": 1})]})
    fefo = env["product.removal"].search([("method", "=", "fefo")])
    env["product.product"].browse(house.expiring[0]).categ_id = env["product.category"].create({"name": "Fresh", "removal_strategy_id": fefo.id})
    service = env["product.product"].create({"name": "Wrapping", "type": "service"})
    house.wrapping = service.id


def _kits(env, house):
    lamp, chair, eggs, flour, screw = house.plain[:5]
    gram, unit, dozen = env.ref("uom.product_uom_gram"), env.ref("uom.product_uom_unit"), env.ref("uom.product_uom_dozen")

    def kit(name, lines, makes=1):
        product = env["product.product"].create({"name": name, "is_storable": True})
        env["mrp.bom"].create({
            "product_tmpl_id": product.product_tmpl_id.id, "product_qty": makes, "type": "phantom",
            "bom_line_ids": [(0, 0, {"product_id": line, "product_qty": quantity, **({"product_uom_id": uom.id} if uom else {})})
                             for line, quantity, uom in lines]})
        house.kits.append(product.id)
        return product.id

    set_of_two = kit("Set of two", [(lamp, 2, None), (chair, 1, None)])
    kit("Beads", [(screw, 7, None), (lamp, 1, None), (house.wrapping, 1, None)], makes=300)
    kit("Breakfast", [(eggs, 6, unit), (flour, 250, gram), (house.expiring[0], 1, None)])
    kit("Room", [(set_of_two, 2, None), (screw, 1, dozen), (lamp, 1, None)])


def _first_stock(env, house):
    """Some of everything in the first warehouses, as a done move would leave it."""
    quant = env["stock.quant"]
    lots = {product: env["stock.lot"].create({"name": f"first {product}", "product_id": product}) for product in house.tracked[:1] + house.expiring}
    for warehouse in env["stock.warehouse"].browse(house.warehouses[:3]):
        for product in env["product.product"].browse(house.stocked):
            if product.tracking != "serial":
                quant._update_available_quantity(product, warehouse.lot_stock_id, 40, lot_id=lots.get(product.id))


def _channel(env, house):
    """All warehouses of the company, each product of it that is stocked or a kit, nothing held back."""
    warehouses = env["stock.warehouse"].search([("company_id", "=", house.company)])
    env["ats.node"]._ensure_for_warehouses(warehouses)
    nodes = env["ats.node"].search([("company_id", "=", house.company), ("warehouse_id", "!=", False)])
    inside = env["stock.location"].with_context(active_test=False).search(
        [("id", "child_of", warehouses.view_location_id.ids), ("usage", "=", "internal")])
    inside.action_ats_sell()
    units = env["uom.uom"].with_context(active_test=False).search([])
    units.ats_decimals = DECIMALS
    values = {"name": "Everything", "per_node": True, "source_ids": [(0, 0, {"node_id": node.id}) for node in nodes],
              "owner_ids": [(6, 0, env["res.partner"].with_context(active_test=False).search([]).ids)]}
    wanted = {"count_purchase": True, "count_transfer": True, "count_production": True, "count_return": True,
              "incoming_days": INCOMING_DAYS, "incoming_percent": 100}
    values |= {name: value for name, value in wanted.items() if name in env["ats.channel"]._fields}
    channel = env["ats.channel"].create(values)
    house.channel = channel.id
    products = env["product.product"].search([("is_storable", "=", True), ("company_id", "in", [False, house.company])], order="id")
    env["ats.listing"].create([{"channel_id": channel.id, "product_id": product.id} for product in products])
