# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""From a committed change to the right level, end to end with the real engine."""

from datetime import datetime, timedelta, timezone


def utc(**delta):
    return (datetime.now(timezone.utc) + timedelta(**delta)).replace(tzinfo=None, microsecond=0)


def test_goods_on_the_shelf_can_be_sold_and_elsewhere_not(stock):
    product, listing = stock.product(on_shelf=12)
    stock.receive(product, 5, stock.quality_id)
    stock.receive(product, 7, stock.output_id)
    stock.refresh()
    assert stock.level(listing) == 12
    [(reasons,)] = stock.sql("SELECT reasons FROM ats_level WHERE listing_id = %s", listing)
    assert [row[:2] for row in reasons] == [["on_hand", "24"], ["withheld_location", "-12"]]


def test_demand_counts_before_its_reservation_and_once(stock):
    product, listing = stock.product(on_shelf=10)
    with stock.committed() as env:
        env["stock.warehouse"].browse(stock.warehouse_id).out_type_id.reservation_method = "manual"
    with stock.committed() as env:
        move_id = stock.delivery(env, product, 4).id
    stock.refresh()
    assert stock.sql("SELECT state, quantity FROM stock_move WHERE id = %s", move_id) == [("confirmed", 0)]
    assert stock.level(listing) == 6
    with stock.committed() as env:
        env["stock.move"].browse(move_id)._action_assign()
    stock.refresh()
    assert stock.level(listing) == 6


def test_what_is_reserved_in_part_is_not_counted_twice(stock):
    product, listing = stock.product(on_shelf=3)
    with stock.committed() as env:
        move = stock.delivery(env, product, 5)
        move._action_assign()
        assert move.state == "partially_available"
    stock.receive(product, 10)
    stock.refresh()
    assert stock.level(listing) == 8


def test_a_delivery_in_three_steps_is_subtracted_once(stock):
    with stock.committed() as env:
        env["stock.warehouse"].browse(stock.warehouse_id).delivery_steps = "pick_pack_ship"
    product, listing = stock.product(on_shelf=10)
    with stock.committed() as env:
        pick = stock.delivery(env, product, 4, dest_id=stock.output_id)
        ship = stock.delivery(env, product, 4, source_id=stock.output_id)
        ship.move_orig_ids = pick
        pick_id = pick.id
    stock.refresh()
    assert stock.level(listing) == 6
    with stock.committed() as env:
        move = env["stock.move"].browse(pick_id)
        move._action_assign()
        move.picked = True
        move._action_done()
    stock.refresh()
    assert stock.level(listing) == 6


def test_a_transfer_between_shelves_of_a_node_is_no_demand(stock):
    product, listing = stock.product(on_shelf=10)
    with stock.committed() as env:
        other = env["stock.location"].create({"name": "Shelf X", "location_id": stock.shelf_id})
        env["stock.warehouse"].browse(stock.warehouse_id).out_type_id.reservation_method = "manual"
        stock.delivery(env, product, 4, dest_id=other.id)
    stock.refresh()
    assert stock.level(listing) == 10


def test_the_generation_grows_only_with_the_quantity(stock):
    product, listing = stock.product(on_shelf=5)
    stock.refresh()
    [(first,)] = stock.sql("SELECT generation FROM ats_level WHERE listing_id = %s", listing)
    stock.receive(product, 3, stock.quality_id)
    stock.refresh()
    [(second, reasons)] = stock.sql("SELECT generation, reasons FROM ats_level WHERE listing_id = %s", listing)
    assert (second, len(reasons)) == (first, 2)
    stock.receive(product, 1)
    stock.refresh()
    [(third,)] = stock.sql("SELECT generation FROM ats_level WHERE listing_id = %s", listing)
    assert third > second


def test_rules_shares_and_flags_reach_their_levels(stock):
    product, listing = stock.product(on_shelf=20)
    stock.refresh()
    with stock.committed() as env:
        env["ats.rule"].create({"name": "Keep", "kind": "channel_buffer", "fixed": 5, "channel_id": stock.channel_id})
    stock.refresh()
    assert stock.level(listing) == 15
    with stock.committed() as env:
        env["ats.rule"].create({"name": "Keep", "kind": "node_buffer", "amount_type": "percent", "percent": 10})
    stock.refresh()
    assert stock.level(listing) == 13
    with stock.committed() as env:
        env["ats.channel"].browse(stock.channel_id).share_percent = 50
    stock.refresh()
    assert stock.level(listing) == 4
    with stock.committed() as env:
        env["ats.listing"].browse(listing).blocked = True
    stock.refresh()
    assert stock.level(listing) == 0
    with stock.committed() as env:
        env["ats.listing"].browse(listing).blocked = False
        env["stock.location"].browse(stock.shelf_id).action_ats_do_not_sell()
    stock.refresh()
    assert stock.level(listing) == 0
    with stock.committed() as env:
        env["stock.location"].browse(stock.shelf_id).action_ats_sellable_default()
        env["uom.uom"].browse(env["product.product"].browse(product).uom_id.id).ats_decimals = 1
    stock.refresh()
    assert stock.level(listing) == 4
    stock.sql("UPDATE stock_quant SET quantity = 20.2 WHERE product_id = %s", product)
    stock.refresh()
    assert str(stock.level(listing).normalize()) == "4"  # 20.2 - 2.1 = 18.1, half of it 9, less 5


def test_a_blocked_lot_and_a_foreign_owner_are_not_sold(stock):
    product, listing = stock.product()
    with stock.committed() as env:
        lamp = env["product.product"].browse(product)
        lamp.tracking = "lot"
        lot = env["stock.lot"].create({"name": "L1", "product_id": product})
        shelf = env["stock.location"].browse(stock.shelf_id)
        owner = env["res.partner"].create({"name": "Consignor"})
        env["stock.quant"]._update_available_quantity(lamp, shelf, 4, lot_id=lot)
        env["stock.quant"]._update_available_quantity(lamp, shelf, 6, owner_id=owner)
        lot_id, owner_id = lot.id, owner.id
    stock.refresh()
    assert stock.level(listing) == 4
    with stock.committed() as env:
        env["ats.channel"].browse(stock.channel_id).owner_ids = [(4, owner_id)]
    stock.refresh()
    assert stock.level(listing) == 10
    with stock.committed() as env:
        env["stock.lot"].browse(lot_id).action_ats_block()
    stock.refresh()
    assert stock.level(listing) == 6


def test_expired_goods_are_not_sold_and_the_moment_is_known(stock):
    product, listing = stock.product(on_shelf=4)
    stock.sql("UPDATE stock_quant SET removal_date = %s WHERE product_id = %s", utc(days=1), product)
    stock.refresh()
    assert stock.level(listing) == 4
    [(next_change,)] = stock.sql("SELECT next_change FROM ats_product WHERE product_id = %s", product)
    assert abs(next_change - utc(days=1)) < timedelta(minutes=1)
    stock.sql("UPDATE stock_quant SET removal_date = %s WHERE product_id = %s", utc(seconds=-1), product)
    stock.refresh()
    assert stock.level(listing) == 0


def test_what_time_alone_changes_is_refreshed_without_a_mark(stock):
    _product, listing = stock.product(
        on_shelf=9, has_override=True, override_quantity=2, override_until=utc(hours=1))
    stock.refresh()
    assert stock.level(listing) == 2
    # An hour later, as the database tells it.
    stock.sql("UPDATE ats_listing SET override_until = %s WHERE id = %s", utc(seconds=-2), listing)
    stock.sql("UPDATE ats_product SET next_change = %s WHERE next_change IS NOT NULL", utc(seconds=-1))
    stock.refresh()
    assert stock.level(listing) == 9


def test_a_channel_that_stocks_by_location_has_a_level_for_each_node(stock):
    with stock.committed() as env:
        second = env["stock.warehouse"].create({"name": "Second", "code": "W2"})
        node = env["ats.node"].search([("warehouse_id", "=", second.id)])
        channel = stock.channel(env, "By location", per_node=True)
        env["ats.channel.source"].create({"channel_id": channel.id, "node_id": node.id, "sequence": 20})
        channel_id, node_id, second_shelf = channel.id, node.id, second.lot_stock_id.id
    product, listing = stock.product(on_shelf=3, channel_id=channel_id)
    stock.receive(product, 8, second_shelf)
    stock.refresh()
    assert (stock.level(listing, stock.node_id), stock.level(listing, node_id), stock.level(listing)) == (3, 8, None)
    with stock.committed() as env:
        free = env["ats.refresh"]._free_by_node(env["ats.channel"].browse(channel_id), env["product.product"].browse(product))
        assert free == {product: {stock.node_id: 3, node_id: 8}}
        env["ats.channel"].browse(channel_id).per_node = False
    stock.refresh()
    assert (stock.level(listing, stock.node_id), stock.level(listing)) == (None, 11)


def test_levels_go_with_their_listing(stock):
    product, listing = stock.product(on_shelf=3)
    _product, other = stock.product(on_shelf=3)
    stock.refresh()
    with stock.committed() as env:
        env["ats.listing"].browse(listing).active = False
        env["ats.listing"].browse(other).unlink()
    stock.refresh()
    assert (stock.level(listing), stock.level(other)) == (None, None)
    with stock.committed() as env:
        env["ats.listing"].browse(listing).active = True
    stock.refresh()
    assert stock.level(listing) == 3
    with stock.committed() as env:
        env["product.product"].browse(product).is_storable = False
    stock.refresh()
    assert stock.level(listing) is None


def test_fresh_levels_are_computed_beside_the_stored_ones(stock):
    product, listing = stock.product(on_shelf=3)
    stock.refresh()
    with stock.committed() as env:
        stock.put(env, env["product.product"].browse(product), 4)
        row = {"listing": listing, "channel": stock.channel_id, "product": product, "node": None, "stored": "3", "fresh": "7"}
        assert env["ats.level"].fresh_levels([stock.channel_id]) == [row]
    assert stock.level(listing) == 3


def test_a_wide_change_does_not_delay_a_mark(stock, monkeypatch):
    monkeypatch.setattr("odoo.addons.ats_inventory.scope_marks.SCOPE_SLICE_PRODUCTS_MAX", 5)
    monkeypatch.setattr("odoo.addons.ats_inventory.work_queue.BATCH_PRODUCTS_MAX", 5)
    with stock.committed() as env:
        products = env["product.product"].create([{"name": f"P{n}", "is_storable": True} for n in range(40)])
        env["ats.listing"].create([{"channel_id": stock.channel_id, "product_id": p.id} for p in products])
        for product in products:
            stock.put(env, product, 10)
        last = products[-1]
        last_id, listing = last.id, env["ats.listing"].search([("product_id", "=", last.id)]).id
    stock.refresh()
    with stock.committed() as env:
        env["ats.rule"].create({"name": "Everything", "kind": "channel_buffer", "fixed": 1})
    with stock.committed() as env:
        refresh = env["ats.refresh"]
        refresh._step()
        stock.sql("UPDATE stock_quant SET quantity = 0 WHERE product_id = %s", last_id)
        refresh._step()
        waiting = stock.sql("SELECT (SELECT count(*) FROM ats_scope_mark), (SELECT count(*) FROM ats_level WHERE quantity = 10)")
        assert stock.level(listing) == 0
        assert waiting[0][0] == 1 and waiting[0][1] > 20
    stock.refresh()
    assert stock.sql("SELECT count(*) FROM ats_level WHERE quantity = 9") == [(39,)]
    assert stock.sql("SELECT count(*) FROM ats_scope_mark") == [(0,)]
