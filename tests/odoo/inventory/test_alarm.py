# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What time alone changes is refreshed at its moment, not at the next full minute."""

from harness.waiting import wait_for

TRIGGERS = """
    SELECT count(*) FROM ir_cron_trigger t JOIN ir_model_data d ON d.res_id = t.cron_id AND d.model = 'ir.cron'
     WHERE d.module = 'ats_inventory' AND d.name = 'ir_cron_ats_refresh'"""


def _next_change_in(stock, product, seconds):
    stock.sql("UPDATE ats_product SET next_change = NULL")
    stock.sql("UPDATE ats_product SET next_change = (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %s)"
              " WHERE product_id = %s", seconds, product)
    stock.sql("DELETE FROM ir_cron_trigger")
    with stock.committed() as env:
        env["ats.refresh"]._set_alarm()


def test_the_refresh_is_woken_at_the_moment(stock):
    product, _listing = stock.product(on_shelf=3)
    stock.refresh()
    _next_change_in(stock, product, 1)
    assert stock.sql(TRIGGERS) == [(0,)]
    wait_for(lambda: stock.sql(TRIGGERS) == [(1,)], limit_s=20, what="the refresh is woken")
    assert stock.sql("SELECT next_change <= clock_timestamp() AT TIME ZONE 'UTC' FROM ats_product WHERE product_id = %s", product) == [(True,)]


def test_an_earlier_moment_replaces_a_later_one_and_not_the_other_way_round(stock, db):
    from odoo.addons.ats_inventory import alarm  # noqa: PLC0415

    product, _listing = stock.product(on_shelf=3)
    stock.refresh()
    _next_change_in(stock, product, 60)
    late = alarm._alarms[db]
    _next_change_in(stock, product, 70)
    assert alarm._alarms[db] == late
    _next_change_in(stock, product, 1)
    assert alarm._alarms[db] != late
    wait_for(lambda: stock.sql(TRIGGERS) == [(1,)], limit_s=20, what="the refresh is woken")


def test_what_is_far_away_is_left_to_the_scheduled_action(stock, db):
    from odoo.addons.ats_inventory import alarm, const  # noqa: PLC0415

    product, _listing = stock.product(on_shelf=3)
    stock.refresh()
    _next_change_in(stock, product, const.ALARM_AHEAD_S + 30)
    assert db not in alarm._alarms
