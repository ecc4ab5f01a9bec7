# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A channel's order and the sale order it became: at most one for each channel and external id."""

from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.ats_channel.errors import InboxParked, InboxRejected

from .. import const


class AtsOrder(models.Model):
    _name = "ats.order"
    _description = "Channel Order"
    _order = "id desc"
    _rec_name = "external_id"
    _check_company_auto = True

    channel_id = fields.Many2one("ats.channel", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    external_id = fields.Char("Order id at the channel", required=True, readonly=True)
    number = fields.Char("Order number", readonly=True, help="The number the buyer knows, as the channel sent it.")
    placed_at = fields.Datetime("Placed", readonly=True)
    sale_order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null", index="btree_not_null")
    sale_state = fields.Selection(related="sale_order_id.state", string="Sale order state")
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="set null", index="btree_not_null")
    node_id = fields.Many2one("ats.node", "Shipped from", readonly=True, ondelete="set null")
    inbox_count = fields.Integer("Received documents", compute="_compute_inbox_count")

    _channel_external_uniq = models.UniqueIndex(
        "(channel_id, external_id)", "This order of the channel has been imported already."
    )

    def _compute_inbox_count(self):
        groups = self.env["ats.inbox"]._read_group(
            [("result_model", "=", "ats.order"), ("result_id", "in", self.ids)], ["result_id"], ["__count"]
        )
        counts = dict(groups)
        for order in self:
            order.inbox_count = counts.get(order.id, 0)

    @api.model
    def _import(self, inbox, document):
        """Make the confirmed sale order for a canonical order `document` received as `inbox`; return the `ats.order`.

        Idempotent: the same channel and ``document["id"]`` give the order that is there. Runs in the caller's
        transaction, commits nothing. Serialization failures pass through to be repeated by the caller.

        :raises InboxRejected: no_lines, bad_quantity, bad_price, bad_document, too_many_lines
        :raises InboxParked: unknown_listing, ambiguous_listing, unknown_currency, unknown_country, no_node,
            odoo_refused: put it right here, then replay
        """
        channel = inbox.channel_id
        company = channel.company_id
        # Superuser has no company of its own and no record rules: pin both to the channel's company.
        self = self.with_context(allowed_company_ids=company.ids).with_company(company)
        channel = channel.with_env(self.env)
        order, is_new = self._import_claim(channel, document)
        if is_new:
            try:
                order._import_sale_order(channel, document)
                self.env.flush_all()
            except (UserError, ValidationError) as error:
                raise InboxParked("odoo_refused", str(error)[: const.MESSAGE_LENGTH_MAX]) from error
        return order

    def _import_claim(self, channel, document):
        """Insert the order's row, or find the one that is there: ``(order, is_new)``.

        ON CONFLICT DO NOTHING in Odoo's REPEATABLE READ is what makes a race safe: a row committed after our snapshot
        raises 40001, which the importer repeats; a row in an open transaction is waited for.
        """
        external_id = document["id"]
        if not external_id or len(external_id) > const.EXTERNAL_ID_LENGTH_MAX:
            message = self.env._("An order id has 1 to %(limit)s characters.", limit=const.EXTERNAL_ID_LENGTH_MAX)
            raise InboxRejected("bad_document", message)
        self.env.cr.execute(
            """
            INSERT INTO ats_order (channel_id, company_id, external_id, number, placed_at,
                                   create_uid, create_date, write_uid, write_date)
                 VALUES (%(channel)s, %(company)s, %(external)s, %(number)s, %(placed)s,
                         %(uid)s, now() at time zone 'UTC', %(uid)s, now() at time zone 'UTC')
            ON CONFLICT (channel_id, external_id) DO NOTHING
              RETURNING id
            """,
            {
                "channel": channel.id,
                "company": channel.company_id.id,
                "external": external_id,
                "number": document.get("number") or external_id,
                "placed": self._placed_at(document.get("placed_at")),
                "uid": self.env.uid,
            },
            log_exceptions=False,
        )
        row = self.env.cr.fetchone()
        if row:
            return self.browse(row[0]), True
        return self.search([("channel_id", "=", channel.id), ("external_id", "=", external_id)]), False

    def _placed_at(self, text):
        """The channel's ISO 8601 time as naive UTC; None if it sent none. A time without zone is taken as UTC."""
        if not text:
            return None
        try:
            # Python 3.10 does not read the suffix Z.
            placed = datetime.fromisoformat(text.replace("Z", "+00:00"))
            return placed.astimezone(timezone.utc).replace(tzinfo=None) if placed.tzinfo else placed
        except (ValueError, OverflowError) as error:
            message = self.env._("“%(time)s” is not a time in ISO 8601.", time=text[:64])
            raise InboxRejected("bad_document", message) from error

    def _import_sale_order(self, channel, document):
        """Create and confirm the sale order of this new row."""
        self.ensure_one()
        lines = self._import_lines(channel, document)
        node = self._import_node(channel, lines)
        partner, delivery = self._import_partner(channel, document)
        sale = self.env["sale.order"].create(
            {
                "company_id": channel.company_id.id,
                "partner_id": partner.id,
                "partner_invoice_id": partner.id,
                "partner_shipping_id": delivery.id,
                "client_order_ref": document.get("number") or document["id"],
                "origin": f"{channel.name} {document['id']}",
                "warehouse_id": node.warehouse_id.id,
                "pricelist_id": self._import_pricelist(channel, document).id,
                "user_id": False,
                "require_signature": False,
                "require_payment": False,
                "note": document.get("note") or False,
                "order_line": [fields.Command.create(line["vals"]) for line in lines],
            }
        )
        self.write({"sale_order_id": sale.id, "partner_id": partner.id, "node_id": node.id})
        sale.action_confirm()

    def _import_pricelist(self, channel, document):
        """An empty price list in the order's currency; none for the company's own, which needs no list.

        Prices come from the channel: the list only carries the currency, so one without rules of its own is used.
        """
        code = document.get("currency") or channel.company_id.currency_id.name
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code.upper())], limit=1)
        if not currency.active:
            message = self.env._("The currency “%(code)s” is unknown or not active in Odoo.", code=code[:16])
            raise InboxParked("unknown_currency", message)
        pricelists = self.env["product.pricelist"]
        if currency == channel.company_id.currency_id:
            return pricelists
        company = channel.company_id
        name = self.env._("Channel orders in %(currency)s", currency=currency.name)
        known = [("company_id", "=", company.id), ("currency_id", "=", currency.id), ("item_ids", "=", False)]
        return pricelists.search([*known, ("name", "=", name)], limit=1) or pricelists.create(
            {"name": name, "company_id": company.id, "currency_id": currency.id, "sequence": 1000}
        )

    def action_inbox(self):
        """Open the documents this order was received in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ats_channel.ats_inbox_action")
        action["domain"] = [("result_model", "=", "ats.order"), ("result_id", "=", self.id)]
        return action

    def action_sale_order(self):
        """Open the sale order of this channel order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "views": [(False, "form")],
        }
