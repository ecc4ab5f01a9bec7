# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The full verification finds, repairs and reports what should not be, and nothing else."""


def verify(stock, cursor=None, **limits):
    with stock.committed() as env:
        return env["ats.refresh"]._verify(cursor=cursor, **limits)


def test_a_quiet_database_has_no_difference(stock):
    for n in range(3):
        stock.product(f"P{n}", on_shelf=n)
    found = verify(stock)
    assert found["cursor"] is None
    assert (found["levels"], found["repaired"], found["differences"]) == (3, 0, [])


def test_what_left_no_mark_is_repaired_and_reported(stock):
    product, listing = stock.product(on_shelf=5)
    _other, other_listing = stock.product("Other", on_shelf=6)
    stock.refresh()
    stock.sql("UPDATE ats_level SET quantity = 9 WHERE listing_id = %s", listing)
    stock.sql("DELETE FROM ats_level WHERE listing_id = %s", other_listing)
    stock.sql("""
        INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, node_id, quantity, generation)
        SELECT company_id, id, channel_id, product_id, %s, 3, 1 FROM ats_listing WHERE id = %s""", stock.node_id, listing)
    found = verify(stock)
    assert found["repaired"] == 3
    key = lambda row: (row["listing_id"], row["node_id"] or 0)  # noqa: E731
    assert sorted(found["differences"], key=key) == sorted([
        {"listing_id": listing, "node_id": None, "stored": "9", "computed": "5"},
        {"listing_id": listing, "node_id": stock.node_id, "stored": "3", "computed": None},
        {"listing_id": other_listing, "node_id": None, "stored": None, "computed": "6"}], key=key)
    assert (stock.level(listing), stock.level(listing, stock.node_id), stock.level(other_listing)) == (5, None, 6)
    assert verify(stock)["repaired"] == 0


def test_a_waterfall_that_was_tampered_with_is_repaired(stock):
    _product, listing = stock.product(on_shelf=5)
    stock.refresh()
    stock.sql("UPDATE ats_level SET reasons = '[]', digest = 1 WHERE listing_id = %s", listing)
    found = verify(stock)
    assert found["differences"] == [{"listing_id": listing, "node_id": None, "stored": "5", "computed": "5"}]
    [(reasons,)] = stock.sql("SELECT reasons FROM ats_level WHERE listing_id = %s", listing)
    assert reasons[0][:2] == ["on_hand", "5"]


def test_work_under_way_is_no_difference(stock, monkeypatch):
    from odoo.addons.ats_inventory import level_store  # noqa: PLC0415

    product, listing = stock.product(on_shelf=5)
    stock.refresh()
    real, calls = level_store.products_of, []

    def sold_meanwhile(*args):
        # Between the comparison and the second look, somebody sells: the mark is there, the level is not yet.
        if not calls:
            stock.receive(product, -1)
        calls.append(1)
        return real(*args) | {product}

    monkeypatch.setattr(level_store, "products_of", sold_meanwhile)
    found = verify(stock)
    assert (found["busy"], found["repaired"]) == (1, 0)
    # The mark was worked off before the next slice, in the normal way.
    assert stock.level(listing) == 4


def test_it_goes_on_where_it_stopped(stock, monkeypatch):
    from odoo.addons.ats_inventory.models import ats_refresh_verify  # noqa: PLC0415

    for n in range(5):
        stock.product(f"P{n}", on_shelf=n)
    stock.refresh()
    monkeypatch.setattr(ats_refresh_verify, "VERIFY_PRODUCTS_MAX", 2)
    clock = iter(range(10**6))
    monkeypatch.setattr(ats_refresh_verify.time, "monotonic", lambda: next(clock))
    cursor, rounds, products = None, 0, 0
    while rounds == 0 or cursor:
        found = verify(stock, cursor, budget_s=2)
        cursor, rounds, products = found["cursor"], rounds + 1, products + found["products"]
        assert rounds < 50
    assert products == 5 and rounds > 1


def test_one_bad_product_stops_no_other(stock):
    bad, _listing = stock.product("Bad", on_shelf=1)
    _good, listing = stock.product("Good", on_shelf=2)
    stock.refresh()
    stock.sql("UPDATE stock_quant SET quantity = 1e20 WHERE product_id = %s", bad)
    stock.sql("UPDATE ats_level SET quantity = 9 WHERE listing_id = %s", listing)
    found = verify(stock)
    assert (found["refused"], found["repaired"]) == (1, 1)
    assert stock.level(listing) == 2
