# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Every menu opens for every group without an error; people without our groups see nothing of ours."""

import pytest

GROUPS = ["viewer", "operator", "manager"]
DIALOGS = {"List products"}


def test_every_menu_opens_for_every_group(client, server, make_user):
    for group in GROUPS:
        make_user(f"ats_{group}", f"ats_inventory.group_ats_{group}")
        client.login(f"ats_{group}", f"ats_{group}", server.database)
        client.open_app("ats.menu_root", "Available to Sell")
        paths = client.menu_paths()
        assert len(paths) >= 8, paths
        for path in paths:
            opens_dialog = path[-1] in DIALOGS
            client.open_menu(*path, dialog=opens_dialog)
            if opens_dialog:
                client.click("Discard")
                client.dialog_closed()
        assert not client.console_errors


@pytest.mark.parametrize("groups", [("stock.group_stock_user", "sales_team.group_sale_salesman")])
def test_without_our_groups_there_is_nothing_of_ours(client, server, make_user, groups):
    admin = server.rpc("admin", "admin")
    product = admin.search("product.template", [("is_storable", "=", True)], limit=1)[0]
    make_user("plain", *groups)
    client.login("plain", "plain", server.database)
    client.page.locator(".o_navbar_apps_menu button").first.click()
    client.page.locator(".o_app").first.wait_for()
    assert client.page.locator('.o_app[data-menu-xmlid="ats.menu_root"]').count() == 0
    client.page.goto(f"{server.url}/odoo/product.template/{product}")
    client.page.locator(".o_form_view .o_form_sheet").wait_for()
    client.no_error()
    assert client.page.locator("button[name=action_ats_levels]").count() == 0
