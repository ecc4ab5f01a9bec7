# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Unit tests of our JavaScript (static/tests), run by Odoo's own runner in the browser."""

from odoo_client import LIMIT_MS

RUNNER = "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&filter=@ats_inventory"
PASSED, FAILED = "Test suite succeeded", "Test suite failed"


def test_javascript_units(client, server):
    client.login("admin", "admin", server.database)
    client.page.set_viewport_size({"width": 1366, "height": 768})
    said = []
    client.page.on("console", lambda message: said.append(message.text))
    # Compiling the bundle of all unit tests of Odoo takes most of this.
    with client.page.expect_console_message(
        lambda message: PASSED in message.text or FAILED in message.text, timeout=6 * LIMIT_MS
    ) as verdict:
        client.page.goto(server.url + RUNNER, timeout=4 * LIMIT_MS)
    lines = "\n".join(said)
    assert PASSED in verdict.value.text, lines
    assert "waterfall_geometry" in lines, "our tests did not run"
