# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What happens when the module is uninstalled."""

from odoo.addons.ats_inventory.hooks import release_odoo_tables


def uninstall_hook(env):
    """Let go of Odoo's tables first, so that dropping ours locks none of them."""
    release_odoo_tables(env, "ats_channel_sale")
