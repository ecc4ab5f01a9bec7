# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Full verification: a level damaged behind the application's back is found, repaired and reported; nothing else is."""

from decimal import Decimal

import pytest


@pytest.fixture
def verify(stock):
    """Run a whole verification and return its row as a dictionary."""

    def run():
        with stock.committed() as env:
            env["ats.verification"]._run_scheduled(budget_s=60)
        columns = "state, product_total, product_count, level_count, waiting_count, repaired_count, id"
        rows = stock.sql(f"SELECT {columns} FROM ats_verification ORDER BY id DESC LIMIT 1")
        return dict(zip(columns.split(", "), rows[0], strict=True))

    return run


def lines(stock, run):
    return stock.sql("""
        SELECT listing_id, kind, stored, computed FROM ats_verification_line WHERE verification_id = %s ORDER BY id""", run["id"])


def activities(stock, run):
    return stock.sql("SELECT user_id FROM mail_activity WHERE res_model = 'ats.verification' AND res_id = %s", run["id"])


def test_nothing_is_the_normal(stock, verify):
    for number in range(3):
        stock.product(f"Lamp {number}", on_shelf=number)
    stock.refresh()
    run = verify()
    assert (run["state"], run["repaired_count"]) == ("done", 0)
    assert run["product_count"] == run["product_total"] >= 3
    assert run["level_count"] >= 3
    assert activities(stock, run) == []


@pytest.mark.parametrize(("damage", "kind", "was", "becomes"), [
    ("UPDATE ats_level SET quantity = 99 WHERE listing_id = %s", "quantity", "99", "7"),
    # A waterfall is compared by its digest.
    ("UPDATE ats_level SET reasons = '[]', digest = digest + 1 WHERE listing_id = %s", "waterfall", "7", "7"),
    ("DELETE FROM ats_level WHERE listing_id = %s", "missing", None, "7"),
])
def test_a_damaged_level_is_repaired_and_reported(stock, verify, damage, kind, was, becomes):
    _product, listing = stock.product(on_shelf=7)
    stock.product("Bystander", on_shelf=4)
    stock.refresh()
    stock.sql(damage, listing)
    run = verify()
    assert (run["state"], run["repaired_count"]) == ("done", 1)
    assert lines(stock, run) == [(listing, kind, was, becomes)]
    stock.refresh()
    assert stock.level(listing) == Decimal(7)
    assert activities(stock, run), "managers are told"
    assert verify()["repaired_count"] == 0


def test_a_level_that_should_not_be_there(stock, verify):
    _product, listing = stock.product(on_shelf=7)
    stock.refresh()
    stock.sql("UPDATE ats_listing SET active = FALSE WHERE id = %s", listing)
    run = verify()
    assert lines(stock, run) == [(listing, "surplus", "7", None)]
    stock.refresh()
    assert stock.level(listing) is None


def test_a_change_that_waits_is_no_fault(stock, verify):
    product, listing = stock.product(on_shelf=7)
    stock.refresh()
    stock.receive(product, 3)
    assert verify()["repaired_count"] == 0
    stock.refresh()
    assert stock.level(listing) == 10


def test_a_run_is_taken_up_where_it_was_left(stock, verify):
    products = [stock.product(f"Lamp {number}", on_shelf=1)[0] for number in range(3)]
    stock.refresh()
    with stock.committed() as env:
        run_id = env["ats.verification"]._open(env.cr)
    stock.sql("UPDATE ats_verification SET cursor_company = %s, cursor_product = %s", stock.company_id, products[1])
    run = verify()
    later = stock.sql("SELECT count(*) FROM ats_level WHERE (company_id, product_id) > (%s, %s)", stock.company_id, products[1])[0][0]
    assert (run["id"], run["state"], run["product_count"]) == (run_id, "done", later)


def test_what_is_not_done_within_the_budget_is_asked_for_again(stock, verify):
    stock.product(on_shelf=1)
    stock.refresh()
    with stock.committed() as env:
        env["ats.verification"]._run_scheduled(budget_s=0)
    assert stock.sql("SELECT state FROM ats_verification") == [("open",)]
    asked = "SELECT count(*) FROM ir_cron_trigger t JOIN ir_cron c ON c.id = t.cron_id WHERE c.cron_name LIKE %s"
    assert stock.sql(asked, "%verify all%") == [(1,)]
    assert verify()["state"] == "done"


def test_a_passing_fault_stops_it_for_a_minute_only(stock, verify, monkeypatch):
    import psycopg2.errors  # noqa: PLC0415

    def hindered(*_args):
        raise psycopg2.errors.LockNotAvailable

    stock.product(on_shelf=1)
    stock.refresh()
    with stock.committed() as env, monkeypatch.context() as patch:
        patch.setattr(type(env["ats.refresh"]), "_verify", hindered)
        env["ats.verification"]._run_scheduled(budget_s=60)
    assert stock.sql("SELECT state FROM ats_verification") == [("open",)]
    assert stock.sql("""
        SELECT count(*) FROM ir_cron_trigger t JOIN ir_cron c ON c.id = t.cron_id
         WHERE c.cron_name LIKE %s AND t.call_at > now() AT TIME ZONE 'UTC'""", "%verify all%") == [(1,)]
    assert verify()["state"] == "done"


def test_two_workers_at_once_do_nothing_twice(stock, verify):
    stock.product(on_shelf=1)
    stock.refresh()
    with stock.committed() as env:
        run_id = env["ats.verification"]._open(env.cr)
    with stock.registry.cursor() as other:
        other.execute("SELECT 1 FROM ats_verification WHERE id = %s FOR UPDATE", [run_id])
        with stock.committed() as env:
            env["ats.verification"]._run_scheduled(budget_s=60)
        assert stock.sql("SELECT product_count FROM ats_verification") == [(0,)]
    assert verify()["state"] == "done"


def test_the_button_is_for_managers(stock):
    from odoo import api  # noqa: PLC0415
    from odoo.exceptions import AccessError  # noqa: PLC0415

    with stock.committed() as env:
        viewer = env["res.users"].create({
            "name": "V", "login": "verification_viewer", "group_ids": [(6, 0, [env.ref("ats_inventory.group_ats_viewer").id])]}).id
    with stock.registry.cursor() as cr, pytest.raises(AccessError):
        api.Environment(cr, viewer, {})["ats.verification"].action_verify_now()
    with stock.committed(user_id=2) as env:
        action = env["ats.verification"].action_verify_now()
        again = env["ats.verification"].action_verify_now()
    assert action["res_id"] == again["res_id"]
    asked = "SELECT count(*) FROM ir_cron_trigger t JOIN ir_cron c ON c.id = t.cron_id WHERE c.cron_name LIKE %s"
    assert stock.sql(asked, "%verify all%")[0][0] > 0
