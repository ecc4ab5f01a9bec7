# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The main job by clicking, as someone with the manager's group and no more: a channel, a buffer, listings, and why a number is what it is."""

import re

from harness.waiting import wait_for

PRODUCT = "Browser Lamp"
SELLABLE, IN_QUALITY_CONTROL, RESERVED, BUFFER = 40, 12, 6, 5
LEVEL = SELLABLE - RESERVED - BUFFER


def _stocked_product(admin):
    """A product on stock, some of it in quality control, some reserved for a delivery: ``(id, warehouse's name)``."""
    product = admin.create("product.product", {"name": PRODUCT, "default_code": "LAMP-1", "is_storable": True})
    fields = ["name", "lot_stock_id", "wh_qc_stock_loc_id", "out_type_id"]
    warehouse = admin.search_read("stock.warehouse", [], fields, limit=1, order="id")[0]
    control = warehouse["wh_qc_stock_loc_id"][0]
    admin.write("stock.location", control, {"active": True})
    for location, quantity in [(warehouse["lot_stock_id"][0], SELLABLE), (control, IN_QUALITY_CONTROL)]:
        values = {"product_id": product, "location_id": location, "inventory_quantity": quantity}
        admin.execute("stock.quant", "action_apply_inventory", [[admin.create("stock.quant", values)]])
    _reserve(admin, product, warehouse)
    return product, warehouse["name"]


def _reserve(admin, product, warehouse):
    move = {
        "product_id": product,
        "product_uom_qty": RESERVED,
        "location_id": warehouse["lot_stock_id"][0],
        "location_dest_id": admin.ref("stock.stock_location_customers"),
    }
    picking = admin.create("stock.picking", {"picking_type_id": warehouse["out_type_id"][0], "move_ids": [(0, 0, move)]})
    admin.execute("stock.picking", "action_confirm", [[picking]])
    admin.execute("stock.picking", "action_assign", [[picking]])


def test_manager_makes_a_channel_a_rule_and_listings_and_reads_why(client, server, shop, make_user):
    admin = server.rpc("admin", "admin")
    # a shop in one's own network is allowed by the system administrator
    admin.execute("ir.config_parameter", "set_param", ["ats_channel.allowed_hosts", "127.0.0.1"])
    product, warehouse = _stocked_product(admin)
    make_user("mia", "ats_inventory.group_ats_manager")
    client.login("mia", "mia", server.database)
    client.open_app("ats.menu_root", "Available to Sell")

    channel = _make_channel(client, admin, warehouse)
    store = shop("browser", secret=_set_secret(client))
    _go_live(client, admin, channel, store)
    _make_buffer(client, admin, channel)
    _list_all_products(client, admin, channel)

    level = wait_for(
        lambda: admin.search_read(
            "ats.level", [("channel_id", "=", channel), ("product_id", "=", product)], ["quantity", "reasons"]
        ),
        limit_s=120,
        what="the level of the new listing",
        every_s=0.5,
    )[0]
    assert level["quantity"] == LEVEL
    wait_for(lambda: store.quantity("LAMP-1") == LEVEL, limit_s=120, what="the shop shows the level", every_s=0.5)
    _read_why(client)


def _make_channel(client, admin, warehouse):
    client.open_menu("Channels")
    client.new_record()
    client.fill("name", "Browser shop")
    client.choose("code", "Webhook")
    client.tab("Nodes")
    client.scope().get_by_text("Add a line").first.click()
    client.choose("node_id", warehouse)
    client.save()
    rows = admin.search_read("ats.channel", [("name", "=", "Browser shop")], ["code", "state", "source_ids"])
    assert [(row["code"], row["state"], len(row["source_ids"])) for row in rows] == [("webhook", "disabled", 1)]
    return rows[0]["id"]


def _set_secret(client):
    client.tab("Credentials")
    client.click("Set or generate a secret…")
    client.click("Generate")
    client.button("I have copied it").wait_for()
    secret = re.search(r"whsec_\S+", client.field("shown").inner_text()).group()
    client.click("I have copied it")
    client.dialog_closed()
    return secret


def _go_live(client, admin, channel, store):
    client.tab("Configuration")
    client.fill("webhook_live_url", store.webhook_url)
    client.save()
    client.page.locator(".o_statusbar_status").get_by_role("radio", name="Live").click()
    wait_for(lambda: admin.read("ats.channel", channel, ["state"])["state"] == "live", limit_s=30, what="the channel is live")
    client.click("Test connection")
    client.page.locator(".o_notification", has_text="The channel answered with 200").wait_for()


def _make_buffer(client, admin, channel):
    client.open_menu("Rules")
    client.new_record()
    client.fill("name", "Keep five")
    client.tick_radio("kind", "Safety stock of a channel")
    client.choose("channel_id", "Browser shop")
    client.fill("fixed", BUFFER)
    client.save()
    rules = admin.search_read("ats.rule", [("name", "=", "Keep five")], ["kind", "fixed", "channel_id"])
    assert [(rule["kind"], rule["fixed"], rule["channel_id"][0]) for rule in rules] == [("channel_buffer", BUFFER, channel)]


def _list_all_products(client, admin, channel):
    client.open_menu("Listings", "List products", dialog=True)
    client.choose("channel_id", "Browser shop")
    wait_for(lambda: int(client.field("new_count").inner_text().replace(",", "")) > 0, limit_s=30, what="the preview")
    client.click("List products")
    client.page.locator(".o_form_view [name=progress]").wait_for()
    wait_for(
        lambda: admin.search_read("ats.listing.job", [("channel_id", "=", channel), ("state", "=", "done")], ["done_count"]),
        limit_s=120,
        what="the listing job",
        every_s=0.5,
    )
    # The page shows it without a reload.
    client.page.locator(".o_statusbar_status .o_arrow_button_current", has_text="Done").wait_for()
    assert admin.execute("ats.listing", "search_count", [[("channel_id", "=", channel)]]) > 1


def _read_why(client):
    client.open_menu("Listings", "Listings")
    client.search(PRODUCT)
    row = client.page.locator(".o_data_row", has_text=PRODUCT)
    row.wait_for()
    assert row.locator("[name=quantity_text]").inner_text() == str(LEVEL)
    row.get_by_role("button", name="Why this number?").click()
    waterfall = client.page.locator(".o_ats_waterfall")
    waterfall.wait_for()
    client.picture("waterfall", keep=True)
    steps = {
        line.get_attribute("data-code"): line.locator(".o_ats_quantity").inner_text()
        for line in waterfall.locator("tbody tr").all()
    }
    assert steps == {
        "on_hand": f"+{SELLABLE + IN_QUALITY_CONTROL}",
        "withheld_location": f"\u2212{IN_QUALITY_CONTROL}",
        "reserved": f"\u2212{RESERVED}",
        "channel_buffer": f"\u2212{BUFFER}",
    }
    assert waterfall.locator(".o_ats_level").last.inner_text() == str(LEVEL)
    assert client.page.locator(".o_ats_answer").inner_text() == str(LEVEL)
    # The rule behind a step is one click away.
    waterfall.get_by_role("button", name="Safety stock of the channel").click()
    client.page.locator(".o_data_row", has_text="Keep five").wait_for()
    client.no_error()
