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

    def write(self, vals):
        renamed = self.filtered(lambda row: "external_id" in vals and row.external_id != vals["external_id"])
        moved = self.filtered(lambda row: "channel_id" in vals and row.channel_id.id != vals["channel_id"])
        renamed._check_not_shown()
        moved._check_never_published()
        result = super().write(vals)
        if renamed:
            # What was acknowledged was said of another SKU: the channel has to be told under the new one.
            self.flush_recordset()
            self.env["ats.publication"]._forget_acknowledged(self.env.cr, listing_ids=renamed.ids)
            self.env["ats.wake"]._publishers()
        return result

    def _check_not_shown(self):
        """A SKU that the shop sells cannot be taken back under another name."""
        shown = self.env["ats.publication"].sudo().search(
            [
                ("listing_id", "in", self.ids),
                ("channel_id.state", "in", const.SENDING_STATES),
                "|", ("acked_quantity", ">", 0), ("send_id", "!=", False),
            ],
            limit=1,
        )
        if shown:
            raise UserError(
                self.env._(
                    "%(sku)s is on sale in %(channel)s. Archive the listing, so that the channel is told 0, and make"
                    " another one with the new SKU.",
                    sku=shown.listing_id.external_id,
                    channel=shown.channel_id.name,
                )
            )

    def _check_never_published(self):
        """What was said to a channel stays that channel's: a listing does not move with it."""
        known = self.env["ats.publication"].sudo().search([("listing_id", "in", self.ids)], limit=1)
        if known:
            raise UserError(
                self.env._(
                    "%(sku)s has been published on %(channel)s. Make a listing on the other channel instead.",
                    sku=known.listing_id.external_id,
                    channel=known.channel_id.name,
                )
            )

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
