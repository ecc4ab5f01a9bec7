# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Triggers come last and go first, give way to the warehouse, and are put right by themselves."""

import threading
import time

import pytest

OURS = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'ats%' ORDER BY 1"


@pytest.fixture
def triggers(registry):
    from odoo.addons.ats_inventory import triggers  # noqa: PLC0415

    return triggers


def test_they_are_there_once_the_module_is_installed(stock, triggers, db):
    assert len(stock.sql(OURS)) == len(triggers.names())
    assert triggers.ensure(db) is False


def test_a_missing_or_changed_trigger_is_put_right_and_everything_is_looked_at_once(stock, triggers, db):
    _product, listing = stock.product(on_shelf=3)
    stock.refresh()
    stock.sql("DROP TRIGGER ats_mark_quant_update ON stock_quant")
    stock.sql("UPDATE stock_quant SET quantity = 8 WHERE location_id = %s", stock.shelf_id)
    stock.sql("COMMENT ON FUNCTION ats_mark_move() IS 'of an older version'")
    stock.refresh()
    assert len(stock.sql(OURS)) == len(triggers.names())
    assert triggers.ensure(db) is False
    assert stock.level(listing) == 8


def test_none_is_made_while_the_module_is_not_installed(stock, triggers, db):
    triggers.drop(db)
    stock.sql("UPDATE ir_module_module SET state = 'to remove' WHERE name = 'ats_inventory'")
    assert triggers.ensure(db) is False
    assert stock.sql(OURS) == []
    assert stock.sql("SELECT proname FROM pg_proc WHERE proname LIKE 'ats%'") == []


def test_making_one_gives_way_to_a_busy_table(stock, triggers, db):
    """A transaction that holds stock_quant for two seconds: we wait for it, and nobody waits long for us."""
    product, _listing = stock.product(on_shelf=3)
    stock.sql("DROP TRIGGER ats_mark_quant_update ON stock_quant")
    longest = 0.0
    with stock.registry.cursor() as holder:
        holder.execute("UPDATE stock_quant SET quantity = 4 WHERE product_id = %s", [product])
        maker = threading.Thread(target=triggers.ensure, args=[db])
        maker.start()
        until = time.monotonic() + 2
        while time.monotonic() < until:
            start = time.monotonic()
            stock.sql("INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)"
                      " VALUES (%s, %s, %s, 1, 0, now())", product, stock.quality_id, stock.company_id)
            longest = max(longest, time.monotonic() - start)
        assert maker.is_alive()
        holder.commit()
    maker.join(30)
    assert not maker.is_alive()
    assert longest < 1
    assert len(stock.sql(OURS)) == len(triggers.names())


def test_two_processes_at_once_make_them_once(stock, triggers, db):
    triggers.drop(db)
    errors = []

    def make():
        try:
            triggers.ensure(db)
        except Exception as error:  # noqa: BLE001 - told by the assertion
            errors.append(error)

    makers = [threading.Thread(target=make) for _thread in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(60)
    assert not errors
    assert len(stock.sql(OURS)) == len(triggers.names())


def test_only_our_own_tables_lose_their_foreign_keys(stock, db):
    from odoo.addons.ats_inventory import hooks  # noqa: PLC0415

    odoo_keys = """SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                    WHERE k.contype = 'f' AND NOT starts_with(c.relname, 'ats_')"""
    ours = """SELECT k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                JOIN pg_class o ON o.oid = k.confrelid
               WHERE k.contype = 'f' AND c.relname = ANY(%s) AND NOT starts_with(o.relname, 'ats_')"""
    with stock.committed() as env:
        tables = [env[name]._table for name in env if env[name]._original_module == "ats_inventory"] + ["ats_channel_owner_rel"]
    before = stock.sql(odoo_keys)
    assert stock.sql(ours, tables)
    with stock.committed() as env:
        hooks.release_odoo_tables(env, "ats_inventory")
    assert stock.sql(ours, tables) == []
    assert stock.sql(odoo_keys) == before
