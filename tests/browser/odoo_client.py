# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A person at Odoo's web client: the words the browser tests are written in.

Nothing here sleeps: every step waits for what it needs to see, up to LIMIT_MS.
"""

import os
import re
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect, sync_playwright

__all__ = ["browser", "client", "make_user"]

LIMIT_MS = 30_000  # for one step to show its effect
CHROMIUM = os.environ.get("ATS_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# Counts requests that are under way. The network itself is never idle: Odoo keeps a websocket open and tries again without one.
COUNT_REQUESTS = """
window.underWay = 0;
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (...given) {
    window.underWay++;
    this.addEventListener("loadend", () => window.underWay--);
    return send.apply(this, given);
};
const plainFetch = window.fetch;
window.fetch = (...given) => {
    window.underWay++;
    return plainFetch(...given).finally(() => window.underWay--);
};
"""
# Two turns of painting after the last answer: the web client renders its answer in the first.
QUIET = """() => new Promise((done) => {
    if (window.underWay || document.querySelector(".o_blockUI")) { done(false); return; }
    requestAnimationFrame(() => requestAnimationFrame(() => done(window.underWay === 0)));
})"""
# Opening a menu replaces the whole view, also when it is the one that is open.
MARK_OLD_PAGE = "() => document.querySelectorAll('.o_action_manager > *').forEach((node) => (node.dataset.old = '1'))"
NEW_PAGE = "() => !!document.querySelector('.o_action_manager > *:not([data-old])')"
NEW_DIALOG = "() => !!document.querySelector('.modal .o_form_view')"
# Pictures for people: kept in the tree when asked for, else among what tests leave behind.
ROOT = Path(__file__).resolve().parents[2]
PICTURES_DEFAULT = ROOT / ".dev" / "pictures"


def picture_path(name, *, keep):
    """Where the picture `name`.png goes: into the application's description if `keep` and ATS_PICTURES=1, else under .dev."""
    folder = ROOT / "odoo_addon" / "ats" / "static" / "description"
    if not keep or os.environ.get("ATS_PICTURES") != "1":
        folder = PICTURES_DEFAULT if os.access(ROOT / ".dev", os.W_OK) else Path(tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"


class Client:
    """One browser window, logged in to one Odoo."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.console_errors = []
        page.set_default_timeout(LIMIT_MS)
        page.add_init_script(COUNT_REQUESTS)
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))

    # --- getting about ----------------------------------------------------------------------------------------

    def login(self, login, password, database):
        """Log in as somebody, whoever was logged in before."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.url}/web/login?db={database}")
        # The page offers former users by name instead of asking.
        self.page.evaluate("localStorage.clear()")
        self.page.reload()
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form.oe_login_form button[type=submit]").click()
        self.page.locator(".o_main_navbar").wait_for()
        self.settled()

    def open_app(self, menu_xmlid, name):
        self.settled()
        self.page.locator(".o_navbar_apps_menu button").first.click()
        self.page.locator(f'.o_app[data-menu-xmlid="{menu_xmlid}"]').click()
        self.page.locator(".o_menu_brand", has_text=name).wait_for()
        self.settled()

    def open_menu(self, *path, dialog=False):
        """Click through the sections by what is written on them, e.g. ``("Inbox", "Channel orders")``; to a page or a dialog."""
        self.page.evaluate(MARK_OLD_PAGE)
        section, *rest = path
        self.page.locator(".o_menu_sections").get_by_text(section, exact=True).click()
        for name in rest:
            self.page.locator(".o-dropdown--menu").get_by_role("menuitem", name=name, exact=True).click()
        self.page.wait_for_function(NEW_DIALOG if dialog else NEW_PAGE)
        self.settled()

    def new_record(self):
        """Press *New* and wait for the empty form."""
        self.page.locator(".o_control_panel").get_by_role("button", name="New", exact=True).first.click()
        self.page.locator(".o_form_view .o_form_editable").wait_for()
        self.settled()

    def search(self, text):
        """Type into the search bar and take its first suggestion."""
        box = self.page.locator(".o_searchview_input")
        box.fill(text)
        self.page.locator(".o_searchview_autocomplete .dropdown-item, .o_searchview_autocomplete li").first.wait_for()
        box.press("Enter")
        self.page.locator(".o_searchview_facet").wait_for()
        self.settled()

    def menu_paths(self):
        """Every entry of the current application's menu, as paths for `open_menu`."""
        paths = []
        sections = self.page.locator(".o_menu_sections > *")
        for index in range(sections.count()):
            section = sections.nth(index)
            name = section.inner_text().strip()
            if not name:
                continue
            if section.evaluate("node => node.matches('.dropdown-toggle') || !!node.querySelector('.dropdown-toggle')"):
                section.click()
                items = self.page.locator(".o-dropdown--menu [role=menuitem]")
                items.first.wait_for()
                paths += [(name, item.strip()) for item in items.all_inner_texts()]
                self.page.keyboard.press("Escape")
            else:
                paths.append((name,))
        return paths

    def settled(self):
        """Wait until nothing loads; fail at once on an error dialog."""
        self.page.wait_for_function(QUIET)
        self.no_error()

    def no_error(self):
        error = self.page.locator(".o_error_dialog, .o_notification.border-danger")
        if error.count():
            raise AssertionError(f"the web client shows an error: {error.first.inner_text()}")

    # --- forms ------------------------------------------------------------------------------------------------

    def scope(self):
        """The dialog on top, else the page."""
        # One locator for both, so that it follows a dialog that opens or closes while it waits.
        return self.page.locator(
            "body:not(:has(.modal)) .o_action_manager, .modal:not(.o_inactive_modal) .modal-dialog"
        )

    def field(self, name):
        return self.scope().locator(f".o_field_widget[name={name}]").first

    def fill(self, name, value):
        box = self.field(name).locator("input, textarea").first
        box.fill(str(value))
        box.press("Tab")

    def choose(self, name, text):
        """Pick `text` in a selection or many2one field."""
        box = self.field(name).locator("input").first
        box.click()
        box.fill(text)
        option = self.page.locator(".o_select_menu_item, .o-autocomplete--dropdown-item").filter(
            has_text=re.compile(rf"^\s*{re.escape(text)}\s*$")
        )
        option.first.click()

    def tick_radio(self, name, label):
        self.field(name).get_by_label(label, exact=True).check()

    def tab(self, name):
        self.scope().get_by_role("tab", name=name).click()

    def button(self, name):
        return self.scope().get_by_role("button", name=name, exact=True)

    def click(self, name):
        self.button(name).first.click()
        self.settled()

    def save(self):
        self.page.locator(".o_form_button_save").click()
        expect(self.page.locator(".o_form_status_indicator_buttons.invisible")).to_have_count(1, timeout=LIMIT_MS)
        self.no_error()

    def dialog_closed(self):
        expect(self.page.locator(".modal:not(.o_inactive_modal)")).to_have_count(0, timeout=LIMIT_MS)
        self.no_error()

    def picture(self, name, *, keep=False):
        path = picture_path(name, keep=keep)
        self.page.screenshot(path=str(path))
        return path


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def client(browser, server, request):
    """A new window at the server's login page; what it showed last is kept when the test fails."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-US", timezone_id="UTC")
    one = Client(context.new_page(), server.url)
    yield one
    try:
        one.picture(f"last-{request.node.name}")
    except Error:
        pass  # the window is gone: then there is no picture
    context.close()


@pytest.fixture
def make_user(server):
    """``make_user(login, *group xml ids)`` creates an internal user with these groups and no more; its password is its login."""
    admin = server.rpc("admin", "admin")

    def make(login, *groups):
        group_ids = [admin.ref(group) for group in ("base.group_user", *groups)]
        return admin.create(
            "res.users", {"name": login.title(), "login": login, "password": login, "group_ids": [(6, 0, group_ids)]}
        )

    return make
