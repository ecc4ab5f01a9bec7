# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Whoever changes stock, by whatever way, leaves a mark in the same transaction."""

import threading


def test_a_quant_updated_by_raw_sql_is_marked(stock):
    product, _listing = stock.product(on_shelf=5)
    stock.refresh()
    assert stock.marks(product) == 0
    stock.sql("UPDATE stock_quant SET quantity = 7 WHERE product_id = %s", product)
    assert stock.marks(product) == 1


def test_a_column_that_no_level_depends_on_is_not_marked(stock):
    product, _listing = stock.product(on_shelf=5)
    stock.refresh()
    stock.sql("UPDATE stock_quant SET in_date = now(), user_id = 1, quantity = quantity WHERE product_id = %s", product)
    assert stock.marks(product) == 0


def test_inserted_and_deleted_quants_are_marked(stock):
    product, _listing = stock.product()
    stock.refresh()
    stock.sql("""INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
                 VALUES (%s, %s, %s, 3, 0, now())""", product, stock.shelf_id, stock.company_id)
    assert stock.marks(product) == 1
    stock.sql("DELETE FROM stock_quant WHERE product_id = %s", product)
    assert stock.marks(product) == 2


def test_a_quant_without_company_inside_a_warehouse_is_marked(stock):
    product, _listing = stock.product()
    stock.refresh()
    stock.sql("""INSERT INTO stock_quant (product_id, location_id, quantity, reserved_quantity, in_date)
                 VALUES (%s, %s, 3, 0, now())""", product, stock.shelf_id)
    assert stock.marks(product) == 1


def test_a_merge_of_quants_by_odoo_is_marked_and_keeps_the_level(stock):
    product, listing = stock.product(on_shelf=5)
    stock.sql("""INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
                 SELECT product_id, location_id, company_id, 4, 0, in_date FROM stock_quant WHERE product_id = %s""", product)
    stock.refresh()
    assert stock.level(listing) == 9
    with stock.committed() as env:
        env["stock.quant"]._merge_quants()
    assert stock.marks(product) > 0
    stock.refresh()
    assert stock.level(listing) == 9
    assert stock.sql("SELECT count(*) FROM stock_quant WHERE product_id = %s AND location_id = %s",
                     product, stock.shelf_id) == [(1,)]


def test_two_transactions_that_mark_one_product_do_not_meet(stock):
    """REPEATABLE READ transactions of the warehouse must never fail because of our marks."""
    product, _listing = stock.product(on_shelf=5)
    second, _listing = stock.product(on_shelf=5)
    stock.refresh()
    with stock.registry.cursor() as one, stock.registry.cursor() as two:
        for cr in (one, two):
            cr.execute("SELECT count(*) FROM stock_quant")
        one.execute("INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)"
                    " VALUES (%s, %s, %s, 1, 0, now())", [product, stock.shelf_id, stock.company_id])
        two.execute("INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)"
                    " VALUES (%s, %s, %s, 1, 0, now())", [product, stock.shelf_id, stock.company_id])
        one.commit()
        two.commit()
    assert stock.marks(product) == 2
    assert stock.marks(second) == 0


def test_events_tell_what_happened_once_for_each_move(stock):
    product, _listing = stock.product(on_shelf=10)
    with stock.committed() as env:
        move = stock.delivery(env, product, 4)
        move._action_assign()
        move_id = move.id
    with stock.committed() as env:
        move = env["stock.move"].browse(move_id)
        move.picked = True
        move._action_done()
    kinds = stock.sql("SELECT kind, quantity FROM ats_event WHERE move_id = %s ORDER BY id", move_id)
    assert kinds == [("demand", 4), ("reservation", 4), ("shipment", 4)]
    stock.refresh()
    assert stock.sql("SELECT count(*) FROM ats_event WHERE move_id = %s AND refreshed_at IS NULL", move_id) == [(0,)]
    with stock.committed() as env:
        event = env["ats.event"].search([("move_id", "=", move_id), ("kind", "=", "shipment")])
        assert event.document == env["stock.move"].browse(move_id).picking_id.name
        assert event.node_id.id == stock.node_id
        assert event.latency >= 0
        assert event.action_open_document()["res_model"] == "stock.picking"


def test_a_cancelled_move_and_an_unreservation_are_events(stock):
    product, _listing = stock.product(on_shelf=10)
    with stock.committed() as env:
        move = stock.delivery(env, product, 4)
        move._action_assign()
        move_id = move.id
    with stock.committed() as env:
        env["stock.move"].browse(move_id)._do_unreserve()
    with stock.committed() as env:
        env["stock.move"].browse(move_id)._action_cancel()
    kinds = [kind for kind, in stock.sql("SELECT kind FROM ats_event WHERE move_id = %s ORDER BY id", move_id)]
    assert kinds == ["demand", "reservation", "unreservation", "cancellation"]


def test_a_moved_location_writes_a_scope_mark(stock):
    stock.sql("UPDATE stock_location SET usage = 'transit' WHERE id = %s", stock.shelf_id)
    assert stock.sql("SELECT location_id FROM ats_scope_mark WHERE location_id IS NOT NULL") == [(stock.shelf_id,)]
    stock.sql("UPDATE stock_location SET name = 'Somewhere' WHERE id = %s", stock.shelf_id)
    assert stock.sql("SELECT count(*) FROM ats_scope_mark WHERE location_id IS NOT NULL") == [(1,)]


def test_a_rule_writes_one_scope_mark_as_narrow_as_itself(stock):
    columns = "company_id, product_id, category_id, node_id, channel_id"
    with stock.committed() as env:
        category = env["product.category"].create({"name": "Lamps"})
        rule = env["ats.rule"].create({
            "name": "Keep some", "kind": "channel_buffer", "fixed": 2, "channel_id": stock.channel_id,
            "category_id": category.id})
        rule_id, category_id = rule.id, category.id
    mark = (stock.company_id, None, category_id, None, stock.channel_id)
    assert stock.sql(f"SELECT {columns} FROM ats_scope_mark") == [mark]
    with stock.committed() as env:
        env["ats.rule"].browse(rule_id).write({"fixed": 3, "sequence": 5})
    assert stock.sql(f"SELECT {columns} FROM ats_scope_mark") == [mark, mark]
    with stock.committed() as env:
        env["ats.rule"].browse(rule_id).note = "Nothing of a level depends on this"
    assert stock.sql("SELECT count(*) FROM ats_scope_mark") == [(2,)]


def test_waking_asks_once_for_each_transaction_and_cannot_fail_it(stock, monkeypatch):
    product, _listing = stock.product()
    stock.sql("DELETE FROM ir_cron_trigger")
    with stock.committed() as env:
        lamp = env["product.product"].browse(product)
        for _time in range(3):
            stock.put(env, lamp, 1)
            env.flush_all()
    count = """SELECT count(*) FROM ir_cron_trigger t JOIN ir_model_data d ON d.res_id = t.cron_id AND d.model = 'ir.cron'
                WHERE d.module = 'ats_inventory' AND d.name = 'ir_cron_ats_refresh'"""
    assert stock.sql(count) == [(1,)]
    # As in a worker that has not yet heard of our uninstallation: the action is gone.
    stock.sql("UPDATE ir_model_data SET name = 'gone' WHERE module = 'ats_inventory' AND name = 'ir_cron_ats_refresh'")
    stock.receive(product, 1)
    monkeypatch.setattr("odoo.addons.ats_inventory.models.ats_refresh.read_committed", None)
    stock.receive(product, 1)
    assert stock.sql("SELECT sum(quantity) FROM stock_quant WHERE product_id = %s", product) == [(5,)]


def test_marks_of_many_threads_are_all_there(stock):
    product, listing = stock.product()
    stock.refresh()
    errors = []

    def insert():
        try:
            for _time in range(10):
                stock.sql("INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)"
                          " VALUES (%s, %s, %s, 1, 0, now())", product, stock.shelf_id, stock.company_id)
        except Exception as error:  # noqa: BLE001 - told by the assertion
            errors.append(error)

    threads = [threading.Thread(target=insert) for _thread in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    stock.refresh()
    assert stock.level(listing) == 50
