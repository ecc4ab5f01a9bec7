# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The buyer of a channel order as a contact of the channel's company, and where the goods go."""

from odoo import models
from odoo.tools.mail import email_normalize

from odoo.addons.ats_channel.errors import InboxParked

ADDRESS_FIELDS = ("name", "street", "street2", "zip", "city", "state_id", "country_id")


class AtsOrder(models.Model):
    _inherit = "ats.order"

    def _import_partner(self, channel, document):
        """Find or make the buyer: ``(partner, delivery address)``.

        A buyer is known by e-mail among those this channel brought before, in the channel's company: an address typed
        into a shop must never attach an order to somebody else's contact, nor to another company's.
        """
        customer = document.get("customer") or {}
        address = self._import_address(customer, document.get("shipping_address") or {})
        partner = self._import_known_partner(channel, customer.get("email"))
        if not partner:
            partner = self.env["res.partner"].create(
                {
                    **address,
                    "name": customer.get("name") or address.get("name") or self.env._("Buyer on %s", channel.name),
                    "email": customer.get("email") or False,
                    "phone": customer.get("phone") or False,
                    "company_id": channel.company_id.id,
                }
            )
        return partner, self._import_delivery(partner, address)

    def _import_known_partner(self, channel, email):
        normalized = email_normalize(email or "")
        if not normalized:
            return self.env["res.partner"]
        domain = [
            ("channel_id", "=", channel.id),
            ("company_id", "=", channel.company_id.id),
            ("partner_id.email_normalized", "=", normalized),
        ]
        return self.search(domain, limit=1).partner_id

    def _import_address(self, customer, given):
        """Values of a contact for the document's shipping address; empty if it has none."""
        if not any(given.get(key) for key in ("street", "city", "zip", "country")):
            return {}
        country = self.env["res.country"]
        if given.get("country"):
            country = country.search([("code", "=", given["country"].upper())], limit=1)
            if not country:
                message = self.env._("The country code “%(code)s” is unknown.", code=given["country"][:8])
                raise InboxParked("unknown_country", message)
        street2 = given.get("street2") or ""
        state = self._import_state(country, given.get("state"))
        if given.get("state") and not state:
            # Not one of Odoo's states: kept as text, the parcel must still arrive.
            street2 = ", ".join(filter(None, [street2, given["state"]]))
        return {
            "name": given.get("name") or customer.get("name") or False,
            "street": given.get("street") or False,
            "street2": street2 or False,
            "zip": given.get("zip") or False,
            "city": given.get("city") or False,
            "state_id": state.id,
            "country_id": country.id,
        }

    def _import_state(self, country, text):
        states = self.env["res.country.state"]
        if not text or not country:
            return states
        of_country = [("country_id", "=", country.id)]
        return states.search([*of_country, ("code", "=ilike", text)], limit=1) or states.search(
            [*of_country, ("name", "=ilike", text)], limit=1
        )

    def _import_delivery(self, partner, address):
        """The contact of `partner` with this address: itself, one of its delivery addresses, or a new one."""
        if not address:
            return partner

        def same(contact):
            own = {name: contact[name] for name in ADDRESS_FIELDS}
            own.update(state_id=contact.state_id.id, country_id=contact.country_id.id)
            return all((own[name] or False) == (address[name] or False) for name in ADDRESS_FIELDS)

        known = (partner | partner.child_ids.filtered(lambda child: child.type == "delivery")).filtered(same)
        return known[:1] or partner.create(
            {
                **address,
                "name": address["name"] or partner.name,
                "type": "delivery",
                "parent_id": partner.id,
                "company_id": partner.company_id.id,
            }
        )
