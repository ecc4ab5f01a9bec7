# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Lines of a channel order → lines of a sale order, and the node that ships them."""

from collections import defaultdict
from decimal import Decimal

from odoo import models

from odoo.addons.ats_channel.errors import InboxParked, InboxRejected

from .. import const


class AtsOrder(models.Model):
    _inherit = "ats.order"

    def _import_lines(self, channel, document):
        """Resolve the document's lines, ``[{"product", "quantity", "vals"}, …]``.

        ``quantity`` is a Decimal in the product's own unit of measure, ``vals`` the values of the sale order line.
        """
        rows = document.get("lines") or []
        if not rows:
            raise InboxRejected("no_lines", self.env._("The order has no lines."))
        if len(rows) > const.LINES_MAX:
            message = self.env._(
                "The order has %(count)s lines, the limit is %(limit)s.", count=len(rows), limit=const.LINES_MAX
            )
            raise InboxRejected("too_many_lines", message)
        listings = self._import_listings(channel, [row["sku"] for row in rows])
        return [self._import_line(listings[row["sku"]], row) for row in rows]

    def _import_listings(self, channel, skus):
        """``{sku: listing}`` for all `skus`. Archived listings count: what was on sale may still be ordered."""
        found = defaultdict(self.env["ats.listing"].browse)
        domain = [("channel_id", "=", channel.id), ("external_id", "in", list(set(skus)))]
        for listing in self.env["ats.listing"].with_context(active_test=False).search(domain):
            found[listing.external_id] |= listing
        unknown = sorted({sku for sku in skus if sku not in found})
        if unknown:
            message = self.env._(
                "Not listed on %(channel)s: %(skus)s. Make a listing with this id, then replay.",
                channel=channel.name,
                skus=", ".join(unknown[:10]),
            )
            raise InboxParked("unknown_listing", message)
        return {sku: self._import_one_listing(listings) for sku, listings in found.items()}

    def _import_one_listing(self, listings):
        """The listing meant by an external id: an active one before archived ones; of two products: not to be guessed."""
        listings = listings.filtered("active") or listings
        if len(listings.product_id) > 1:
            message = self.env._(
                "The id “%(sku)s” is listed for several products: %(products)s.",
                sku=listings[0].external_id,
                products=", ".join(listings.product_id.mapped("display_name")[:5]),
            )
            raise InboxParked("ambiguous_listing", message)
        return listings[0]

    def _import_line(self, listing, row):
        sku, sold = row["sku"], row["quantity"]
        product = listing.product_id
        unit = Decimal(str(listing.unit))
        decimals = product.uom_id.ats_decimals
        # A pack is sold whole; what is sold by the measure, in the precision of that measure.
        whole = sold == sold.to_integral_value() if unit != 1 else True
        quantity = sold * unit
        if sold <= 0 or not whole or quantity != round(quantity, decimals):
            message = self.env._(
                "“%(sku)s”: a quantity of %(quantity)s cannot be sold; it must be above zero and fit the unit of sale.",
                sku=sku,
                quantity=format(sold, "f")[:32],
            )
            raise InboxRejected("bad_quantity", message)
        price = row["unit_price"]
        if price < 0:
            raise InboxRejected("bad_price", self.env._("“%(sku)s”: the price is below zero.", sku=sku))
        uom = self._import_uom(product, unit)
        in_uom = uom != product.uom_id
        vals = {
            "product_id": product.id,
            "product_uom_id": uom.id,
            "product_uom_qty": float(sold if in_uom else quantity),
            # The price is the channel's, for one unit of sale: no price list, no discount of ours.
            "price_unit": float(price if in_uom else price / unit),
            "discount": 0.0,
        }
        return {"product": product, "quantity": quantity, "vals": vals}

    def _import_uom(self, product, unit):
        """A unit of measure worth `unit` of the product's own, so that quantity and price stay as sold; else its own."""
        if unit == 1:
            return product.uom_id
        packs = product.uom_id.related_uom_ids.filtered(lambda uom: Decimal(str(uom.relative_factor)) == unit)
        return packs[:1] or product.uom_id

    def _import_node(self, channel, lines):
        """The channel's first node that can supply all lines together, else its first."""
        sources = channel.source_ids.sorted(lambda source: (source.sequence, source.id))
        nodes = sources.node_id.filtered(lambda node: node.active and node.warehouse_id)
        if not nodes:
            message = self.env._("The channel %(channel)s has no node to ship from.", channel=channel.name)
            raise InboxParked("no_node", message)
        needed = defaultdict(Decimal)
        for line in lines:
            # Services and products that are not tracked are never short.
            if line["product"].is_storable:
                needed[line["product"].id] += line["quantity"]
        products = self.env["product.product"].browse(needed)
        free = self.env["ats.refresh"]._free_by_node(channel, products) if products else {}

        def supplies_all(node):
            return all(free.get(product, {}).get(node.id, 0) >= quantity for product, quantity in needed.items())

        return next(filter(supplies_all, nodes), nodes[0])
