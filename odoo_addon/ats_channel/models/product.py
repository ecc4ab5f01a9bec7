# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A deleted product could not be told 0 any more: the shop would go on selling it."""

from odoo import api, models
from odoo.exceptions import UserError

from .. import const


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown_in_shop(self):
        self.with_context(active_test=False).product_variant_ids._unlink_except_shown_in_shop()


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown_in_shop(self):
        shown = self.env["ats.publication"].sudo().search(
            [
                ("listing_id.product_id", "in", self.ids),
                ("listing_id.active", "in", [True, False]),
                ("channel_id.state", "in", const.SENDING_STATES),
                ("acked_quantity", ">", 0),
            ],
            limit=1,
        )
        if shown:
            raise UserError(
                self.env._(
                    "%(product)s is on sale in %(channel)s. Archive it first: the channel is then told 0.",
                    product=shown.listing_id.product_id.display_name,
                    channel=shown.channel_id.name,
                )
            )
