# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What happens once, at installation and at uninstallation."""

from odoo.addons.ats_inventory.hooks import release_odoo_tables


def post_init_hook(env):
    """Rows for what was there before this module: its channels, and the levels computed already."""
    env["ats.channel.health"]._ensure_for(env["ats.channel"].with_context(active_test=False).search([]))
    env["ats.publication"]._sync(env.cr)


def uninstall_hook(env):
    """Let go of Odoo's tables before ours are dropped."""
    release_odoo_tables(env, "ats_channel")
