# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A database of the version that landed before, with data and open work in it, under this version. The tests go on in the order of the file."""

import re
from contextlib import contextmanager
from decimal import Decimal

import pytest

from harness import postgres, template, upgrade
from harness.waiting import wait_for

WORK_LIMIT_S = 120
# what is rewritten by the work that goes on, and columns of Odoo's that say when
COMPUTED = {"ats_level", "ats_publication", "ats_product", "ats_mark", "ats_scope_mark", "ats_work", "ats_channel_health"}
PASSING = {"write_date", "write_uid"}
SCHEMA = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
                   WHERE table_schema = 'public' AND table_name LIKE 'ats\\_%' ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'ats\\_%' ORDER BY 1, 2",
    "constraints": """SELECT r.relname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
                       WHERE r.relname LIKE 'ats\\_%' ORDER BY 1, 2""",
    "triggers": """SELECT r.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
                    WHERE NOT t.tgisinternal AND t.tgname LIKE 'ats\\_%' ORDER BY 1, 2""",
    "functions": "SELECT proname, md5(prosrc) FROM pg_proc WHERE proname LIKE 'ats\\_%' ORDER BY 1",
    "modules": "SELECT name, state, latest_version FROM ir_module_module WHERE name LIKE 'ats%' ORDER BY 1",
    "actions": "SELECT cron_name, active, interval_number, interval_type FROM ir_cron WHERE cron_name LIKE 'Available to Sell%' ORDER BY 1",
    "access": """SELECT m.model, g.name->>'en_US', a.perm_read, a.perm_write, a.perm_create, a.perm_unlink FROM ir_model_access a
                   JOIN ir_model m ON m.id = a.model_id LEFT JOIN res_groups g ON g.id = a.group_id
                  WHERE m.model LIKE 'ats.%' ORDER BY 1, 2""",
}


@contextmanager
def committed(registry):
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        yield env
        env.flush_all()


def test_the_version_before_left_data_and_open_work(upgraded):
    empty = {name for name in ("ats_channel", "ats_listing", "ats_rule", "ats_level", "ats_publication", "ats_send", "ats_inbox", "ats_order",
                               "ats_mark", "ats_scope_mark", "ats_work", "ats_event", "ats_location") if not upgraded.before.get(name)}
    assert not empty, empty
    inbox = {row["external_id"]: row["state"] for row in upgraded.before["ats_inbox"].values()}
    assert [inbox[upgraded.made[f"order_{name}"]] for name in ("imported", "parked", "waiting")] == ["imported", "parked", "received"]
    assert {row["state"] for row in upgraded.before["ats_work"].values()} == {"due", "parked"}
    assert "due" in {row["state"] for row in upgraded.before["ats_publication"].values()}


def test_the_engine_of_the_version_before_is_refused_by_name(upgraded):
    database = template.copy(upgrade.base_template(), "test_old_engine")
    code, said = upgrade.with_old_engine(["-d", database, "-u", "ats_inventory", "--stop-after-init", "--max-cron-threads=0", "--workers=0"])
    template.drop(database)
    assert code != 0
    assert re.search(r'Unable to (install|upgrade) module "ats_inventory".*ats_engine', said, re.DOTALL), said[-2000:]


def test_nothing_is_lost_by_the_upgrade(upgraded):
    lost = []
    for table, before in upgraded.before.items():
        after = upgraded.after.get(table, {})
        for row_id, old in before.items():
            new = after.get(row_id)
            if new is None:
                lost.append(f"{table} {row_id}: {old}")
            elif table not in COMPUTED:
                changed = {name: (old[name], new[name]) for name in old if name in new and name not in PASSING and old[name] != new[name]}
                lost += [f"{table} {row_id}: {changed}"] if changed else []
    assert not lost, "\n".join(lost)


def test_levels_still_say_what_they_said_when_the_upgrade_ends(upgraded):
    def quantities(tables):
        return {row["id"]: (row["listing_id"], row["node_id"], Decimal(str(row["quantity"]))) for row in tables["ats_level"].values()}

    assert quantities(upgraded.after) == quantities(upgraded.before)


@pytest.mark.parametrize("name", SCHEMA)
def test_the_database_is_that_of_a_fresh_installation(upgraded, upgraded_registry, template_db, name):
    """Nothing of the version before stays, and nothing of this one is missing: triggers among them."""
    fresh = {tuple(row) for row in postgres.sql(SCHEMA[name], template_db)}
    here = {tuple(row) for row in postgres.sql(SCHEMA[name], upgraded.name)}
    assert fresh
    assert {"missing": fresh - here, "left over": here - fresh} == {"missing": set(), "left over": set()}


def test_the_work_left_open_is_worked_off_and_levels_equal_a_fresh_computation(upgraded, upgraded_registry):
    def idle():
        with committed(upgraded_registry) as env:
            env["ats.refresh"]._run()
        return not postgres.sql("SELECT 1 FROM ats_mark UNION ALL SELECT 1 FROM ats_scope_mark UNION ALL SELECT 1 FROM ats_work", upgraded.name)

    wait_for(idle, limit_s=WORK_LIMIT_S, what="all marks and work are done, that of the parked product too")
    with committed(upgraded_registry) as env:
        fresh = {}
        for company in env["res.company"].search([]):
            for level in env["ats.refresh"]._fresh(company):
                fresh[level["listing_id"], level["node_id"] or None] = Decimal(level["quantity"])
        env.cr.execute("SELECT listing_id, node_id, quantity FROM ats_level")
        stored = {(listing, node): Decimal(quantity) for listing, node, quantity in env.cr.fetchall()}
    assert len(stored) >= len(upgraded.made["listings"])
    assert stored == fresh


def test_the_order_that_waited_becomes_a_sale_order_and_the_parked_one_stays(upgraded, upgraded_registry):
    with committed(upgraded_registry) as env:
        env["ats.inbox"]._run_import()
    with committed(upgraded_registry) as env:
        rows = {row.external_id: row for row in env["ats.inbox"].search([])}
        assert rows[upgraded.made["order_waiting"]].state == "imported"
        assert rows[upgraded.made["order_waiting"]].sale_order_id.state == "sale"
        assert rows[upgraded.made["order_parked"]].state == "parked"
        assert rows[upgraded.made["order_imported"]].sale_order_id.state == "sale"


def test_what_was_due_is_published(upgraded, upgraded_registry):
    def published():
        with committed(upgraded_registry) as env:
            env["ats.refresh"]._run()
            env["ats.publisher"]._run()
            due = env["ats.publication"].search_count([("channel_id", "=", upgraded.made["demo"]), ("state", "=", "due")])
        return due == 0

    wait_for(published, limit_s=WORK_LIMIT_S, what="nothing is due on the demo channel")


def test_marks_work_in_the_upgraded_database(upgraded, upgraded_registry):
    product = upgraded.made["products"][11]
    with committed(upgraded_registry) as env:
        shelf = env["stock.location"].browse(upgraded.made["shelf"])
        env["stock.quant"]._update_available_quantity(env["product.product"].browse(product), shelf, 100)
    assert postgres.sql(f"SELECT 1 FROM ats_mark WHERE product_id = {product}", upgraded.name)
