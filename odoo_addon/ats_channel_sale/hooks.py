# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What happens when the module is uninstalled."""

from odoo.addons.ats_inventory.hooks import release_odoo_tables


def uninstall_hook(env):
    """Let go of Odoo's tables first, so that dropping ours locks none of them."""
    release_odoo_tables(env, "ats_channel_sale")
    # Nobody knows any more which transfers came from a channel: they use up no quota, and a horizon leaves them out.
    env.cr.execute("SELECT DISTINCT company_id FROM ats_order")
    for (company_id,) in env.cr.fetchall():
        env["ats.refresh"]._mark_scope("global", env["res.company"].browse(company_id))
