# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class AtsListing(models.Model):
    _inherit = "ats.listing"

    external_id = fields.Char(
        string="Channel SKU",
        compute="_compute_external_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="What the channel calls this product. Default: the internal reference, else the product's number.",
    )
    publication_ids = fields.One2many("ats.publication", "listing_id", string="Publications", readonly=True)

    _external_id_uniq = models.UniqueIndex(
        "(channel_id, external_id)", "This channel already has a listing with this SKU."
    )
    _product_external_id_uniq = models.UniqueIndex("(channel_id, product_id, external_id)")

    @api.depends("product_id")
    def _compute_external_id(self):
        for listing in self:
            if not listing.external_id and listing.product_id:
                listing.external_id = listing.product_id.default_code or str(listing.product_id.id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown_in_shop(self):
        """A deleted listing could not be told 0 any more: the shop would go on selling it."""
        shown = self.env["ats.publication"].sudo().search(
            [
                ("listing_id", "in", self.ids),
                ("channel_id.state", "in", const.SENDING_STATES),
                ("acked_quantity", ">", 0),
            ],
            limit=1,
        )
        if shown:
            raise UserError(
                self.env._(
                    "%(sku)s is on sale in %(channel)s. Archive the listing first: the channel is then told 0.",
                    sku=shown.listing_id.external_id,
                    channel=shown.channel_id.name,
                )
            )
