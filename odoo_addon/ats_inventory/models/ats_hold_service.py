# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""How other modules promise goods: a document (a channel's order, a cart) holds products, until it is released or converted.

All of it runs in the caller's transaction and with the rights of the system. When a hold becomes a sale order, `_convert` and
the confirmation of the order belong into one transaction: the refresh then sees either the hold or the transfer, never both or none.
"""
from collections import defaultdict

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..const import HOLD_LINES_MAX, HOLDS_PER_PRODUCT_MAX


class AtsHold(models.Model):
    _inherit = 'ats.hold'

    @api.model
    def _of_document(self, document):
        """The holds of a record that nobody released (live or expired)."""
        document.ensure_one()
        return self.sudo().search([
            ('res_model', '=', document._name), ('res_id', '=', document.id), ('released_at', '=', False)])

    @api.model
    def _hold(self, document, lines, *, kind, channel=None, node=None, expires_at=None, reference=None):
        """Bring what a document holds to `lines`; calling it twice changes nothing.

        A product that the document held and that was released by hand or became an order since stays released:
        a repeated message neither undoes a person's decision nor promises the goods twice.

        :param document: one saved record, what the promise came from
        :param lines: {product id: quantity in the product's unit, above 0}; an empty one releases everything
        :param str kind: see the field
        :param channel: whose promise it is; or None if a node is given
        :param node: the node that is to serve it; None for any of the channel's
        :param expires_at: naive UTC datetime, or None: until it is released
        :param reference: what people call the document; its display name if left out
        :return: the document's holds, sudo
        :raise UserError: neither channel nor node, a quantity not above 0, too many lines, too many holds of a product
        :raise ConcurrencyError: another transaction has just held the same for the document: try again, as Odoo does by
            itself with what a browser or a web service calls
        """
        document.ensure_one()
        place = channel or node
        if not place:
            raise UserError(self.env._("A hold needs a channel or a node."))
        if len(lines) > HOLD_LINES_MAX:
            raise UserError(self.env._("A document can hold %(most)s products at most.", most=HOLD_LINES_MAX))
        if any(quantity <= 0 for quantity in lines.values()):
            raise UserError(self.env._("The quantity to hold must be above zero."))
        values = {
            'channel_id': channel.id if channel else False, 'kind': kind, 'expires_at': expires_at or False,
            'reference': reference or document.display_name,
        }
        settled = set(self.sudo().search([
            ('res_model', '=', document._name), ('res_id', '=', document.id),
            ('release_reason', 'in', ('manual', 'converted'))]).product_id.ids)
        node_id = node.id if node else False
        present, others = {}, self.sudo().browse()
        for hold in self._of_document(document):
            if hold.node_id.id == node_id and hold.product_id.id in lines:
                present[hold.product_id.id] = hold
            else:
                others |= hold
        others._release('replaced')
        kept = self.sudo().browse()
        for product_id, hold in present.items():
            hold._change({**values, 'quantity': lines[product_id]})
            kept |= hold
        missing = {product: lines[product] for product in sorted(lines) if product not in present and product not in settled}
        return kept | self._add(document, missing, {**values, 'node_id': node_id, 'company_id': place.company_id.id})

    def _change(self, values):
        """Write what differs, so that a repeated message marks nothing."""
        self.ensure_one()
        differing = {
            name: value for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value}
        if differing:
            self.write(differing)

    def _add(self, document, quantities, values):
        """Insert holds of a document; whoever comes second with the same product is told to try again."""
        if not quantities:
            return self.sudo().browse()
        self._check_not_too_many(values['company_id'], quantities)
        try:
            with self.env.cr.savepoint():
                return self.sudo().create([
                    {**values, 'product_id': product, 'quantity': quantity, 'res_model': document._name, 'res_id': document.id}
                    for product, quantity in quantities.items()])
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(self.env._(
                "%(document)s is being held by another process.", document=document.display_name)) from error

    def _check_not_too_many(self, company_id, product_ids):
        self.flush_model(['company_id', 'product_id', 'released_at', 'expires_at'])
        self.env.cr.execute("""
            SELECT product_id FROM ats_hold
             WHERE company_id = %s AND product_id = ANY(%s) AND released_at IS NULL
             GROUP BY product_id HAVING count(*) >= %s LIMIT 1
        """, [company_id, list(product_ids), HOLDS_PER_PRODUCT_MAX])
        row = self.env.cr.fetchone()
        if row:
            raise UserError(self.env._(
                "%(product)s has %(most)s holds that nobody released. Release some first.",
                product=self.env['product.product'].sudo().browse(row[0]).display_name, most=HOLDS_PER_PRODUCT_MAX))

    def _release(self, reason, note=None):
        """End these holds now; those released already stay as they are.

        :param str reason: manual, converted, cancelled or replaced (see the field)
        :param note: what took their place, for people
        :return: the holds that were still held
        """
        held = self.sudo().filtered(lambda hold: not hold.released_at)
        if held:
            held.write({
                'released_at': fields.Datetime.now(), 'release_reason': reason, 'release_note': note or False})
        return held

    @api.model
    def _convert(self, document, into):
        """A document became an order: end its holds, in the transaction that confirms the order.

        :param into: the record that took its place (a sale order)
        :return: {product id: quantity} of what was live until now, for the caller to compare with the order
        """
        held = self._of_document(document)
        quantities = defaultdict(float)
        for hold in held.filtered(lambda hold: hold.state == 'live'):
            quantities[hold.product_id.id] += hold.quantity
        held._release('converted', note=into.display_name)
        return dict(quantities)
