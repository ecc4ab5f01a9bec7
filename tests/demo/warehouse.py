# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What people do in a warehouse and in sales, over Odoo's external interface."""


def receive(here, product, warehouse, quantity):
    """Receives goods from a vendor and validates the receipt. Returns the picking's id."""
    rpc = here.rpc
    kind_id = rpc.read("stock.warehouse", here.warehouses[warehouse], ["in_type_id"])["in_type_id"][0]
    kind = rpc.read("stock.picking.type", kind_id, ["default_location_src_id", "default_location_dest_id"])
    places = {"location_id": rpc.ref("stock.stock_location_suppliers"), "location_dest_id": kind["default_location_dest_id"][0]}
    move = {"product_id": product["id"], "product_uom_qty": quantity, **places}
    picking = rpc.create("stock.picking", {"picking_type_id": kind_id, **places, "move_ids": [(0, 0, move)]})
    rpc.execute("stock.picking", "action_confirm", [[picking]])
    return validate(rpc, picking)


def validate(rpc, picking):
    """Takes all that was asked for and validates. Returns the picking's id."""
    rpc.execute("stock.picking", "action_assign", [[picking]])
    for move in rpc.search_read("stock.move", [("picking_id", "=", picking)], ["product_uom_qty"]):
        rpc.write("stock.move", move["id"], {"quantity": move["product_uom_qty"], "picked": True})
    rpc.execute("stock.picking", "button_validate", [[picking]])
    state = rpc.read("stock.picking", picking, ["state"])["state"]
    assert state == "done", f"the transfer is {state}"
    return picking


def validate_next(rpc, picking):
    """Validates the transfer that moves on what `picking` brought. Returns its id."""
    following = rpc.search_read("stock.move", [("move_orig_ids.picking_id", "=", picking)], ["picking_id"])
    assert following, "no transfer follows"
    return validate(rpc, following[0]["picking_id"][0])


def sell(here, product, quantity):
    """Sells to a customer from the main warehouse and confirms. Returns the sale order's id."""
    rpc = here.rpc
    partner = rpc.create("res.partner", {"name": "Walk-in Customer"})
    line = {"product_id": product["id"], "product_uom_qty": quantity}
    order = rpc.create("sale.order", {"partner_id": partner, "warehouse_id": here.warehouses["San Francisco"], "order_line": [(0, 0, line)]})
    rpc.execute("sale.order", "action_confirm", [[order]])
    return order
