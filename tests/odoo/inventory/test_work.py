# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Work is claimed, done once, given back, split and parked, whatever happens to the run that claimed it."""

import random
import threading

import pytest


@pytest.fixture
def queue(registry):
    """The module with the statements of the queue."""
    from odoo.addons.ats_inventory import clock, work_queue  # noqa: PLC0415

    class Queue:
        def __getattr__(self, name):
            def call(*arguments, **options):
                with clock.read_committed(registry) as cr:
                    return getattr(work_queue, name)(cr, *arguments, **options)
            return call

    return Queue()


def work_of(stock, product):
    rows = stock.sql("SELECT state, attempts, error_code FROM ats_work WHERE product_id = %s", product)
    return rows[0] if rows else None


def test_a_claim_counts_an_attempt_and_excludes_others(stock, queue):
    product, _listing = stock.product(on_shelf=1)
    queue.absorb_marks()
    claimed = queue.claim()
    assert claimed.product_ids == [product]
    assert work_of(stock, product) == ("due", 1, None)
    assert queue.claim() is None


def test_a_lease_that_ended_is_claimed_again_and_the_late_run_finishes_nothing(stock, queue):
    product, listing = stock.product(on_shelf=1)
    queue.absorb_marks()
    late = queue.claim()
    stock.sql("UPDATE ats_work SET lease_until = now() AT TIME ZONE 'UTC' - interval '1 second'")
    second = queue.claim()
    assert second.product_ids == [product] and second.token != late.token
    queue.finish(late, [product])
    queue.release(late, [product], passing=True)
    queue.park(late, product, "late", "too late")
    assert work_of(stock, product) == ("due", 2, None)
    queue.finish(second, [product])
    assert work_of(stock, product) is None
    assert stock.level(listing) is None


def test_a_mark_that_comes_during_the_work_keeps_it_due(stock, queue):
    product, listing = stock.product(on_shelf=1)
    queue.absorb_marks()
    claimed = queue.claim()
    stock.receive(product, 1)
    queue.absorb_marks()
    queue.finish(claimed, [product])
    assert work_of(stock, product) == ("due", 0, None)
    stock.refresh()
    assert stock.level(listing) == 2


def test_a_product_beyond_the_engine_is_parked_alone_and_comes_back_with_its_next_mark(stock):
    good = [stock.product(f"Good {n}", on_shelf=n + 1) for n in range(4)]
    bad, bad_listing = stock.product("Bad", on_shelf=1)
    stock.sql("UPDATE stock_quant SET quantity = 9000000000000 WHERE product_id = %s", bad)
    stock.sql("INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)"
              " SELECT product_id, %s, company_id, 9000000000000, 0, in_date FROM stock_quant WHERE product_id = %s",
              stock.quality_id, bad)
    stock.refresh()
    assert [stock.level(listing) for _product, listing in good] == [1, 2, 3, 4]
    state, _attempts, code = work_of(stock, bad)
    assert (state, bool(code)) == ("parked", True)
    [(told, message)] = stock.sql("SELECT error_code, error_message FROM ats_product WHERE product_id = %s", bad)
    assert told == code and message
    stock.refresh()
    assert work_of(stock, bad)[0] == "parked"
    stock.sql("UPDATE stock_quant SET quantity = 2 WHERE product_id = %s", bad)
    stock.refresh()
    assert work_of(stock, bad) is None
    assert stock.level(bad_listing) == 2
    assert stock.sql("SELECT error_code FROM ats_product WHERE product_id = %s", bad) == [(None,)]


def test_a_quantity_beyond_sql_is_parked_too(stock):
    good, good_listing = stock.product(on_shelf=1)
    bad, _listing = stock.product()
    stock.sql("INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)"
              " VALUES (%s, %s, %s, 1e30, 0, now())", bad, stock.shelf_id, stock.company_id)
    stock.refresh()
    assert stock.level(good_listing) == 1
    assert work_of(stock, bad) == ("parked", 1, "out_of_range")


def test_whoever_never_comes_back_makes_the_product_alone_then_parked(stock, queue):
    product, listing = stock.product(on_shelf=1)
    queue.absorb_marks()
    for _crash in range(3):
        assert queue.claim().product_ids == [product]
        stock.sql("UPDATE ats_work SET lease_until = now() AT TIME ZONE 'UTC' - interval '1 second'")
    other, other_listing = stock.product("Other", on_shelf=5)
    queue.absorb_marks()
    assert queue.claim().product_ids == [other]
    assert queue.claim(alone=True).product_ids == [product]
    stock.sql("UPDATE ats_work SET lease_until = now() AT TIME ZONE 'UTC' - interval '1 second'")
    assert queue.park_crashed() == 1
    assert work_of(stock, product) == ("parked", 4, "crashed")
    stock.refresh()
    assert (stock.level(listing), stock.level(other_listing)) == (None, 5)
    with stock.committed() as env:
        operator = env["res.users"].create({
            "name": "Operator", "login": "operator",
            "group_ids": [(4, env.ref("ats_inventory.group_ats_operator").id)]})
        env["ats.work"].with_user(operator).search([("product_id", "=", product)]).action_retry()
    stock.refresh()
    assert stock.level(listing) == 1


def test_a_fault_in_our_own_code_is_counted_and_others_go_on(stock, monkeypatch):
    from odoo.addons.ats_inventory import computation  # noqa: PLC0415

    real = computation.compute
    bad, _listing = stock.product("Bad", on_shelf=1)
    _good, good_listing = stock.product("Good", on_shelf=2)

    def fails_with_bad(facts):
        if bad in facts.tables["products"]["id"]:
            raise KeyError("a fault")
        return real(facts)

    monkeypatch.setattr(computation, "compute", fails_with_bad)
    monkeypatch.setattr("odoo.addons.ats_inventory.work_queue.RETRY_DELAY_S", 0)
    monkeypatch.setattr("odoo.addons.ats_inventory.work_queue.release.__defaults__", (0,))
    for _run in range(6):
        stock.refresh()
    assert work_of(stock, bad) == ("parked", 4, "crashed")
    assert stock.level(good_listing) == 2


def test_many_runs_at_once_end_with_the_truth(stock):
    """Four runs and a busy warehouse: the last level written is the one of the last state."""
    listings = [stock.product(f"P{n}", on_shelf=20) for n in range(6)]
    stock.refresh()
    stop, errors = threading.Event(), []

    def run():
        from odoo import api  # noqa: PLC0415
        while not stop.is_set():
            with stock.registry.cursor() as cr:
                api.Environment(cr, 1, {})["ats.refresh"]._run(budget_s=1)

    def guarded(function):
        def call():
            try:
                function()
            except Exception as error:  # noqa: BLE001 - told by the assertion
                errors.append(error)
        return call

    def work():
        dice = random.Random(7)
        for _change in range(150):
            stock.sql("UPDATE stock_quant SET quantity = %s WHERE product_id = %s AND location_id = %s",
                      dice.randrange(100), dice.choice(listings)[0], stock.shelf_id)

    threads = [threading.Thread(target=guarded(run)) for _thread in range(4)]
    for thread in threads:
        thread.start()
    guarded(work)()
    stop.set()
    for thread in threads:
        thread.join(60)
    stock.refresh()
    assert not errors
    for product, listing in listings:
        [(quantity,)] = stock.sql(
            "SELECT sum(quantity) FROM stock_quant WHERE product_id = %s AND location_id = %s", product, stock.shelf_id)
        assert stock.level(listing) == quantity
    assert stock.sql("SELECT count(*) FROM ats_work") == [(0,)]
