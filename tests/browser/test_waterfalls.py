# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Why a kit, a product promised to several channels and a lot past its date show what they show: each step names its cause,
and what is behind it is one click away. And what a rule would change, before it is saved."""

import datetime

import pytest
from odoo_client import MARK_OLD_PAGE, NEW_PAGE

from harness.waiting import wait_for

MINUS = "\u2212"


class Shopkeeper:
    """Makes products and stock as an administrator and looks at them as a manager of availability."""

    def __init__(self, admin, client):
        self.admin, self.client = admin, client
        fields = ["name", "lot_stock_id", "company_id"]
        self.warehouse = admin.search_read("stock.warehouse", [], fields, limit=1, order="id")[0]
        self.node = admin.search("ats.node", [("warehouse_id", "=", self.warehouse["id"])])[0]

    def channel(self, name):
        return self.admin.create("ats.channel", {"name": name, "source_ids": [(0, 0, {"node_id": self.node})]})

    def product(self, name, channels=(), **values):
        product = self.admin.create("product.product", {"name": name, "default_code": name, "is_storable": True, **values})
        for channel in channels:
            self.admin.create("ats.listing", {"channel_id": channel, "product_id": product})
        return product

    def stock(self, product, quantity, **values):
        quant = self.admin.create("stock.quant", {
            "product_id": product, "location_id": self.warehouse["lot_stock_id"][0], "inventory_quantity": quantity, **values})
        self.admin.execute("stock.quant", "action_apply_inventory", [[quant]])

    def wait_for_level(self, product, channel, quantity):
        domain = [("product_id", "=", product), ("channel_id", "=", channel), ("quantity", "=", quantity)]
        wait_for(lambda: self.admin.search("ats.level", domain), limit_s=120, what=f"a level of {quantity}", every_s=0.5)

    def read_why(self, name, channel="Shop A"):
        """Open the waterfall of a product on a channel: {code of a step: (quantity, rows of its table)}."""
        client = self.client
        client.open_menu("Listings", "Levels")
        client.search(name)
        client.page.locator(".o_data_row", has_text=channel).get_by_role("button", name="Why this number?").click()
        client.page.locator(".o_ats_waterfall").wait_for()
        client.settled()
        rows = client.page.locator(".o_ats_waterfall_table > tbody > tr")
        return {
            row.get_attribute("data-code"): (
                row.locator(".o_ats_quantity").inner_text(),
                [line.locator("td").all_inner_texts() for line in row.locator(".o_ats_detail tbody tr").all()])
            for row in rows.all()
        }

    def follow(self, text):
        """Follow a link inside the waterfall to the list behind it."""
        page = self.client.page
        # The list of levels is still there, under the dialog.
        page.evaluate(MARK_OLD_PAGE)
        page.locator(".o_ats_waterfall_table").get_by_role("button", name=text).first.click()
        page.wait_for_function(NEW_PAGE)
        page.locator(".o_list_view .o_data_row").first.wait_for()
        self.client.settled()


@pytest.fixture
def keeper(client, server, make_user):
    one = Shopkeeper(server.rpc("admin", "admin"), client)
    make_user("mia", "ats_inventory.group_ats_manager", "stock.group_stock_user", "stock.group_production_lot")
    client.login("mia", "mia", server.database)
    client.open_app("ats.menu_root", "Available to Sell")
    return one


def test_a_kit_names_the_component_it_runs_out_of(keeper):
    channel = keeper.channel("Shop A")
    frame, wheel = keeper.product("Frame"), keeper.product("Wheel")
    bike = keeper.product("Bike", [channel])
    keeper.stock(frame, 3)
    keeper.stock(wheel, 10)
    template = keeper.admin.read("product.product", bike, ["product_tmpl_id"])["product_tmpl_id"][0]
    keeper.admin.create("mrp.bom", {
        "product_tmpl_id": template, "type": "phantom",
        "bom_line_ids": [(0, 0, {"product_id": frame, "product_qty": 1}), (0, 0, {"product_id": wheel, "product_qty": 2})]})
    keeper.wait_for_level(bike, channel, 3)
    steps = keeper.read_why("Bike")
    keeper.client.picture("waterfall-kit")
    assert steps == {"kit_components": ("+3", [[keeper.warehouse["name"], "[Frame] Frame", "3"]])}
    keeper.follow(keeper.warehouse["name"])
    assert keeper.client.page.locator(".o_data_row").first.locator("[name=product_id]").inner_text() == "[Frame] Frame"


def test_a_pool_names_the_holds_and_the_quota_that_took_of_it(keeper):
    first, second = keeper.channel("Shop A"), keeper.channel("Shop B")
    lamp = keeper.product("Pool lamp", [first, second])
    keeper.stock(lamp, 20)
    company = keeper.warehouse["company_id"][0]
    for quantity in (2, 3):
        keeper.admin.create("ats.hold", {
            "product_id": lamp, "channel_id": second, "company_id": company, "quantity": quantity, "kind": "cart"})
    keeper.admin.create("ats.rule", {
        "name": "For fans", "kind": "quota", "product_id": lamp, "channel_id": second, "amount_type": "fixed", "fixed": 9})
    keeper.wait_for_level(lamp, first, 11)
    steps = keeper.read_why("Pool lamp")
    keeper.client.picture("waterfall-pool")
    name = "[Pool lamp] Pool lamp"
    assert steps == {"on_hand": ("+20", []), "pool_commitment": (f"{MINUS}9", [
        ["Shop B, 2 holds", name, "5"], ["Shop B, set aside by rule For fans", name, "4"]])}
    keeper.follow("Shop B, 2 holds")
    assert keeper.client.page.locator(".o_data_row").count() == 2


def test_an_expired_lot_is_named(keeper):
    channel = keeper.channel("Shop A")
    food = keeper.product("Cheese", [channel], tracking="lot", use_expiration_date=True, expiration_time=30)
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    for name, quantity, days in (("FRESH", 8, 20), ("OLD", 5, -2)):
        lot = keeper.admin.create("stock.lot", {"name": name, "product_id": food})
        removed = (now + datetime.timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        keeper.admin.write("stock.lot", lot, {"removal_date": removed})
        keeper.stock(food, quantity, lot_id=lot)
    keeper.wait_for_level(food, channel, 8)
    steps = keeper.read_why("Cheese")
    keeper.client.picture("waterfall-expired")
    assert steps["on_hand"] == ("+13", [])
    quantity, [[lot, _place, of_lot]] = steps["withheld_expired"]
    assert (quantity, of_lot) == (f"{MINUS}5", "5")
    assert lot.startswith("OLD, to be removed on ")
    keeper.follow("OLD")
    assert keeper.client.page.locator(".o_data_row").count() == 1


def test_what_a_rule_would_change_is_shown_before_it_is_saved(keeper):
    channel = keeper.channel("Shop A")
    lamp, desk = keeper.product("Rule lamp", [channel]), keeper.product("Rule desk", [channel])
    keeper.stock(lamp, 20)
    keeper.stock(desk, 3)
    keeper.wait_for_level(lamp, channel, 20)
    keeper.wait_for_level(desk, channel, 3)
    client = keeper.client
    client.open_menu("Rules")
    client.new_record()
    client.fill("name", "Keep five")
    client.tick_radio("kind", "Safety stock of a channel")
    client.choose("channel_id", "Shop A")
    client.fill("fixed", 5)
    client.click("What would this change?")
    table = client.page.locator(".o_ats_compare_table tbody tr")
    table.first.wait_for()
    client.picture("rule-compare")
    assert [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in table.all()] == [
        ["[Rule desk] Rule desk", "Shop A", "3", "0", f"{MINUS}3"], ["[Rule lamp] Rule lamp", "Shop A", "20", "15", f"{MINUS}5"]]
    assert client.page.locator(".o_ats_to_zero").inner_text() == "1"
    client.page.locator(".o_ats_compare_search").fill("lamp")
    client.page.locator(".o_ats_compare_table tbody tr:only-child", has_text="Rule lamp").wait_for()
    assert keeper.admin.search("ats.rule", [("name", "=", "Keep five")]) == []
