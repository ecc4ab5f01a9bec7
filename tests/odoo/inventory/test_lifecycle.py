# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Install, upgrade and uninstall on a running prefork server while pickings are validated without pause: not one fails."""

import threading
import time

import pytest

from harness.rpc import Rpc, RpcError
from harness.waiting import wait_for

#: Seconds that one module operation may take under load.
OPERATION_LIMIT_S = 240
#: Pickings that have to be validated in each phase, so that the load is real.
PICKINGS_MIN = 5
ROOT_MODULE = "ats_inventory"


class Warehouse:
    """Somebody who makes, reserves and validates deliveries through RPC without pause, in `threads` sessions."""

    def __init__(self, server, database, threads=2):
        self.done, self.failures = 0, []
        self._stop = threading.Event()
        rpc = Rpc(server.url, database, "admin", "admin")
        self._type = rpc.search_read("stock.picking.type", [("code", "=", "outgoing")], ["default_location_src_id"], limit=1)[0]
        self._customers = rpc.ref("stock.stock_location_customers")
        self._products = [
            rpc.create("product.product", {"name": f"Busy {number}", "is_storable": True}) for number in range(threads)]
        for product in self._products:
            quant = rpc.execute("stock.quant", "create", [{
                "product_id": product, "location_id": self._type["default_location_src_id"][0],
                "inventory_quantity": 100000}], {"context": {"inventory_mode": True}})
            rpc.execute("stock.quant", "action_apply_inventory", [[quant] if isinstance(quant, int) else quant])
        self._threads = [threading.Thread(target=self._work, args=(server.url, database, product)) for product in self._products]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc):
        self._stop.set()
        for thread in self._threads:
            thread.join(120)

    def _work(self, url, database, product):
        rpc = Rpc(url, database, "admin", "admin")
        while not self._stop.is_set():
            try:
                self._deliver(rpc, product)
                self.done += 1
            except Exception as error:  # noqa: BLE001 - every failure is what the test is about
                self.failures.append(f"{type(error).__name__}: {getattr(error, 'debug', '') or error}")

    def _deliver(self, rpc, product):
        source = self._type["default_location_src_id"][0]
        picking = rpc.create("stock.picking", {
            "picking_type_id": self._type["id"], "location_id": source, "location_dest_id": self._customers,
            "move_ids": [(0, 0, {"product_id": product, "product_uom_qty": 1,
                                 "location_id": source, "location_dest_id": self._customers})]})
        rpc.execute("stock.picking", "action_confirm", [[picking]])
        rpc.execute("stock.picking", "action_assign", [[picking]])
        rpc.execute("stock.picking", "button_validate", [[picking]], {"context": {"skip_backorder": True}})
        state = rpc.read("stock.picking", picking, ["state"])["state"]
        assert state == "done", f"picking {picking} is {state}"

    def goes_on(self, what):
        """Wait until some more pickings are validated."""
        target = self.done + PICKINGS_MIN
        wait_for(lambda: self.done >= target, limit_s=120, what=f"pickings go on after {what}; failures: {self.failures[:3]}")


def change_module(rpc, name, method):
    """Click Install, Upgrade or Uninstall; again while Odoo says that a scheduled action is in the way."""
    [module] = rpc.search("ir.module.module", [("name", "=", name)])
    until = time.monotonic() + OPERATION_LIMIT_S
    while True:
        try:
            return rpc.execute("ir.module.module", method, [[module]])
        except RpcError as error:
            busy = "currently processing" in str(error)
            if not busy or time.monotonic() > until:
                raise
            # Odoo refuses at once instead of waiting; its own message asks to try again.
            threading.Event().wait(0.5)


@pytest.fixture
def sql(registry, db):
    """Run one statement on the database. `registry` is only asked for because it prepares Odoo in this process."""

    def run(query):
        from odoo.sql_db import db_connect  # noqa: PLC0415

        with db_connect(db).cursor() as cr:
            cr.execute(query)
            return cr.fetchall()

    return run


def left_behind(sql):
    """Names of anything of ours in the database."""
    return [name for name, in sql("""
        SELECT relname FROM pg_class WHERE starts_with(relname, 'ats_') AND relnamespace = 'public'::regnamespace
        UNION ALL SELECT tgname FROM pg_trigger WHERE starts_with(tgname, 'ats_')
        UNION ALL SELECT proname FROM pg_proc WHERE starts_with(proname, 'ats_')
        UNION ALL SELECT conname FROM pg_constraint WHERE starts_with(conname, 'ats_')
        UNION ALL SELECT table_name || '.' || column_name FROM information_schema.columns
                   WHERE table_schema = 'public' AND (column_name LIKE 'ats\\_%' OR column_name LIKE 'x\\_ats\\_%')
        UNION ALL SELECT model FROM ir_model WHERE model LIKE 'ats.%'
        UNION ALL SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Available to Sell%'""")]


def test_no_picking_fails_while_the_modules_come_and_go(server, db, sql):
    rpc = server.rpc()
    installed = rpc.search_read("ir.module.module", [("name", "=like", "ats%"), ("state", "=", "installed")], ["name"])
    from odoo.addons.ats_inventory import triggers  # noqa: PLC0415

    complete = len(triggers.names())
    everything = "ats" if any(module["name"] == "ats" for module in installed) else ROOT_MODULE
    with Warehouse(server, db) as warehouse:
        warehouse.goes_on("the start")
        change_module(rpc, ROOT_MODULE, "button_immediate_uninstall")
        warehouse.goes_on("the first uninstallation")
        assert left_behind(sql) == []
        change_module(rpc, everything, "button_immediate_install")
        wait_for(lambda: len(sql("SELECT 1 FROM pg_trigger WHERE starts_with(tgname, 'ats_')")) == complete, limit_s=60,
                 what="the triggers are there after the installation")
        warehouse.goes_on("the installation")
        change_module(rpc, ROOT_MODULE, "button_immediate_upgrade")
        warehouse.goes_on("the upgrade")
        assert len(sql("SELECT 1 FROM pg_trigger WHERE starts_with(tgname, 'ats_')")) == complete
        change_module(rpc, ROOT_MODULE, "button_immediate_uninstall")
        warehouse.goes_on("the uninstallation")
    assert warehouse.failures == []
    assert left_behind(sql) == []
