# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""On a running prefork server nobody calls the refresh: a commit wakes it."""

import time

from harness.waiting import wait_for

#: Seconds within which a level follows a commit when the scheduled action is woken. Without it, it would be up to 60.
FOLLOWS_LIMIT_S = 20


def test_a_receipt_by_rpc_reaches_its_level_without_waiting_for_the_minute(server, stock):
    product, listing = stock.product()
    rpc = server.rpc()
    wait_for(lambda: stock.level(listing) == 0, limit_s=120, what="the first level of a new listing")
    for quantity in (5, 9, 2):
        quant = rpc.execute("stock.quant", "create", [{
            "product_id": product, "location_id": stock.shelf_id, "inventory_quantity": quantity}],
            {"context": {"inventory_mode": True}})
        rpc.execute("stock.quant", "action_apply_inventory", [[quant] if isinstance(quant, int) else quant])
        start = time.monotonic()
        wait_for(lambda expected=quantity: stock.level(listing) == expected, limit_s=FOLLOWS_LIMIT_S, what=f"the level is {quantity}")
        assert time.monotonic() - start < FOLLOWS_LIMIT_S
    rows = stock.sql("SELECT kind, refreshed_at - occurred_at < interval '20 seconds' FROM ats_event WHERE product_id = %s ORDER BY id", product)
    assert rows == [("adjustment", True)] * 3
