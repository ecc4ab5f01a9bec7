# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The words of *Why this number?*: what a step is called and what it means for this level."""

from odoo import models

from .explain import plain


class AtsLevel(models.Model):
    _inherit = "ats.level"

    def _explain_label(self, code):
        _ = self.env._
        labels = {
            "on_hand": _("On hand"),
            "withheld_location": _("Withheld: location not sellable"),
            "withheld_blocked": _("Withheld: lot blocked"),
            "withheld_expired": _("Withheld: expired or too short a life"),
            "withheld_owner": _("Withheld: belongs to someone else"),
            "reserved": _("Reserved for transfers"),
            "demand": _("Demand not reserved yet"),
            "node_hold": _("Held at the node"),
            "incoming": _("Incoming counted"),
            "node_buffer": _("Safety stock of the node"),
            "node_floor": _("Nodes below zero count as zero"),
            "kit_components": _("Kits the components make"),
            "kit_empty": _("Kit without stocked components"),
            "pool_commitment": _("Promised elsewhere"),
            "overcommitted": _("More promised than there is"),
            "share": _("Channel's share"),
            "channel_buffer": _("Safety stock of the channel"),
            "unit": _("Counted in units of sale"),
            "rounding": _("Rounded down to whole units"),
            "stop_sell": _("Stop selling: too few left"),
            "cap": _("Never show more than the cap"),
            "override": _("Set by hand"),
            "blocked": _("Listing blocked"),
        }
        return labels.get(code, code)

    def _explain_help(self, code, scope):
        """One sentence on what the step is, with this level's own settings in it."""
        _ = self.env._
        channel, listing = scope.channel, self.listing_id
        sentences = {
            "on_hand": _("Everything in the locations of %(nodes)s.", nodes=", ".join(scope.nodes.mapped("name"))),
            "withheld_location": _("Input, quality control, packing, output, scrap… are not offered."),
            "withheld_blocked": _("Their lot is marked as not for sale."),
            "withheld_expired": _("Expired, or expiring within the channel's minimum life."),
            "withheld_owner": _("Consigned stock of an owner this channel does not list."),
            "reserved": _("Already promised to a transfer."),
            "demand": _("Confirmed deliveries that no reservation covers."),
            "incoming": _(
                "Goods on their way that this channel may sell ahead: %(percent)s %% of what comes within %(days)s days.",
                percent=plain(channel.incoming_percent), days=channel.incoming_days),
            "node_hold": _("Promised to somebody out of this very place."),
            "node_buffer": _("Kept back at the node in case the count is wrong."),
            "kit_components": _("A kit ships whole from one node, as often as its scarcest component there allows."),
            "kit_empty": _("None of the components of this kit is tracked in stock, so none can be sold."),
            "pool_commitment": _(
                "Promised to others without saying from where, or set aside for other channels: what these nodes may have to serve."),
            "overcommitted": _("More is promised from these nodes than they can supply. Restock, or release some of it."),
            "channel_buffer": _("Kept back from this channel, because its orders reach us with a delay."),
            "rounding": _("Parts of what is sold as one are not offered."),
            "stop_sell": _("What is left is so little that this channel stops selling."),
            "cap": _("This channel never shows more."),
            "node_floor": _("One node cannot ship what another one lacks."),
            "share": _("This channel shows %(share)s %% of the pool.", share=plain(channel.share_percent)),
            "unit": _("One sold unit is %(unit)s %(uom)s.", unit=plain(listing.unit), uom=scope.product.uom_id.name),
            "override": _("The listing shows this quantity whatever the stock says."),
            "blocked": _("The listing is blocked: 0 goes out."),
        }
        return sentences.get(code, "")
