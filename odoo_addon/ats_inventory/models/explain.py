# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""*Why this number?*: a level's stored waterfall in words, with links to the records behind each step.

Nothing is computed again here: the steps are those the engine returned when the level was written
(model page M8), so the page always explains the very number that was published. Quantities are decimal strings
from end to end, so that no binary float can make the steps add up to something else than the level.
"""

from dataclasses import dataclass
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import MissingError

# The reasons of M8 by their place in the waterfall. A code that is not here is shown as it is, never dropped.
STEP_CODES = (
    "on_hand",
    "withheld_location",
    "withheld_blocked",
    "withheld_expired",
    "withheld_owner",
    "reserved",
    "demand",
    "node_hold",
    "incoming",
    "node_buffer",
    "node_floor",
    "kit_components",
    "kit_empty",
    "pool_commitment",
    "overcommitted",
    "share",
    "channel_buffer",
    "unit",
    "rounding",
    "stop_sell",
    "cap",
    "override",
    "blocked",
)
# Steps that are marks, not amounts: always shown, quantity 0.
FLAG_CODES = frozenset({"kit_empty", "overcommitted"})
RULE_CODES = frozenset({"node_buffer", "channel_buffer", "stop_sell", "cap"})
LISTING_CODES = frozenset({"unit", "override", "blocked"})
OPEN_MOVE_STATES = ("waiting", "confirmed", "partially_available", "assigned")


def plain(quantity):
    """A quantity (Decimal, float of Odoo or text) as people write it: at most 6 decimals, no exponent, no ``-0``."""
    # str() of a float is the shortest text that means it; six decimals are all our quantities have (M2).
    text = format(Decimal(str(quantity)).quantize(Decimal("0.000001")), "f").rstrip("0").rstrip(".")
    return "0" if text in ("", "-0", "-") else text


@dataclass(frozen=True)
class Scope:
    """What the links of one level's steps are narrowed to."""

    level: models.BaseModel
    product: models.BaseModel
    channel: models.BaseModel
    nodes: models.BaseModel
    view_location_ids: list

    @property
    def inside(self):
        """Domain of the locations of the level's nodes, for models with ``location_id``."""
        return [("product_id", "=", self.product.id), ("location_id", "child_of", self.view_location_ids)]


class AtsLevel(models.Model):
    _inherit = "ats.level"

    def action_explain(self):
        """Open the waterfall of this level in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "ats_waterfall",
            "name": self.env._("Why this number?"),
            "target": "new",
            "params": {"level_id": self.id},
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def explain(self, level_id):
        """Return the waterfall of level `level_id` for the page *Why this number?*.

        Needs read access to the level (viewer's group, own companies). Quantities are plain decimal strings;
        ``total`` is the running total after the step; times are UTC, ``YYYY-MM-DD HH:MM:SS``. A step's ``link`` is
        ``{name, res_model, domain, list_view}`` or False where there are no records behind it or the reader may not open them.

        :raises MissingError: the level is gone (its listing was removed meanwhile)
        :raises AccessError: the reader may not see the level
        """
        level = self.browse(level_id).exists()
        if not level:
            raise MissingError(self.env._("This level does not exist any more: its listing was removed."))
        level.check_access("read")
        scope = level._explain_scope()
        steps = []
        total = Decimal(0)
        for row in level.reasons or []:
            code, quantity, rule_id, node_id, component_id = (list(row) + [None] * 5)[:5]
            amount = Decimal(quantity)
            total += amount
            steps.append(
                {
                    "code": code,
                    "label": level._explain_label(code),
                    "help": level._explain_help(code, scope),
                    "flag": code in FLAG_CODES,
                    "quantity": plain(amount),
                    "total": plain(total),
                    "rule": level._explain_name("ats.rule", rule_id),
                    "node": level._explain_name("ats.node", node_id),
                    "component": level._explain_name("product.product", component_id),
                    "link": level._explain_link(code, scope, rule_id, component_id),
                }
            )
        return {**level._explain_header(scope), "steps": steps, "adds_up": total == Decimal(plain(level.quantity))}

    # --- header -------------------------------------------------------------------------------------------------

    def _explain_header(self, scope):
        """What stands above the waterfall; channel modules add what the shop has been told."""
        self.ensure_one()
        listing = self.listing_id
        state = self.env["ats.product"].sudo().search(
            [("company_id", "=", self.company_id.id), ("product_id", "=", self.product_id.id)], limit=1
        )
        return {
            "level_id": self.id,
            "product": self._explain_ref(scope.product),
            "channel": self._explain_ref(scope.channel),
            "listing": self._explain_ref(listing),
            "node": self._explain_ref(self.node_id) if self.node_id else False,
            "nodes": [self._explain_ref(node) for node in scope.nodes],
            "unit": plain(listing.unit),
            "uom": scope.product.uom_id.display_name,
            "quantity": plain(self.quantity),
            "generation": self.generation,
            "computed_at": fields.Datetime.to_string(self.computed_at) if self.computed_at else False,
            "changed_at": fields.Datetime.to_string(self.changed_at) if self.changed_at else False,
            "next_change": fields.Datetime.to_string(state.next_change) if state.next_change else False,
            "told": False,
        }

    def _explain_scope(self):
        self.ensure_one()
        channel = self.channel_id
        nodes = self.node_id or channel.source_ids.sorted(lambda source: (source.sequence, source.id)).node_id
        view_locations = nodes.warehouse_id.view_location_id
        return Scope(
            level=self, product=self.product_id, channel=channel, nodes=nodes, view_location_ids=view_locations.ids
        )

    @staticmethod
    def _explain_ref(record):
        return {"id": record.id, "name": record.display_name, "res_model": record._name}

    def _explain_name(self, model, record_id):
        """Display name of a record named by a step, also of one deleted or hidden since (then its number)."""
        if not record_id:
            return False
        # Only the name is shown, as it stood in a level that the reader is allowed to see.
        record = self.env[model].sudo().browse(record_id).exists()
        return record.display_name if record else self.env._("no. %(id)s, removed since", id=record_id)

    # --- words --------------------------------------------------------------------------------------------------

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
            "incoming": _("Receipts that this channel is allowed to sell ahead."),
            "node_floor": _("One node cannot ship what another one lacks."),
            "share": _("This channel shows %(share)s %% of the pool.", share=plain(channel.share_percent)),
            "unit": _("One sold unit is %(unit)s %(uom)s.", unit=plain(listing.unit), uom=scope.product.uom_id.name),
            "override": _("The listing shows this quantity whatever the stock says."),
            "blocked": _("The listing is blocked: 0 goes out."),
        }
        return sentences.get(code, "")

    # --- links --------------------------------------------------------------------------------------------------

    def _explain_link(self, code, scope, rule_id, component_id):
        """The records behind a step as ``{name, res_model, domain, list_view}``; False if there are none to open."""
        found = None
        if code in RULE_CODES and rule_id:
            found = ("ats.rule", [("id", "=", rule_id)])
        elif code in LISTING_CODES:
            found = ("ats.listing", [("id", "=", self.listing_id.id)])
        elif code == "share":
            found = ("ats.channel", [("id", "=", scope.channel.id)])
        elif code == "kit_components" and component_id:
            found = ("product.product", [("id", "=", component_id)])
        elif scope.view_location_ids:
            found = self._explain_stock_link(code, scope)
        if not found:
            return False
        model, domain = found
        if model not in self.env or not self.env[model].has_access("read"):
            return False
        name = self.env._("%(step)s: %(product)s", step=self._explain_label(code), product=scope.product.display_name)
        own_list = self.env.ref("ats_inventory.stock_quant_view_list_explain", raise_if_not_found=False)
        list_view = own_list.id if own_list and model == "stock.quant" else False
        return {"name": name, "res_model": model, "domain": domain, "list_view": list_view}

    def _explain_stock_link(self, code, scope):
        """Quants and moves of the level's product in the locations of its nodes, as ``(model, domain)`` or None."""
        if code == "reserved":
            # Detailed operations and not moves: every internal user may read them, and they name the lot.
            states = [("state", "in", OPEN_MOVE_STATES), ("quantity", ">", 0)]
            return "stock.move.line", scope.inside + states
        if code in ("demand", "incoming"):
            here, there = ("location_id", "location_dest_id") if code == "demand" else ("location_dest_id", "location_id")
            return "stock.move", [
                ("product_id", "=", scope.product.id),
                ("state", "in", OPEN_MOVE_STATES),
                (here, "child_of", scope.view_location_ids),
                "!",
                (there, "child_of", scope.view_location_ids),
            ]
        extra = self._explain_quant_terms(code, scope)
        return ("stock.quant", scope.inside + extra) if extra is not None else None

    def _explain_quant_terms(self, code, scope):
        """What narrows the quants of the level's nodes to those of step `code`; None if it is no step of quants."""
        if code in ("on_hand", "node_floor"):
            return []
        if code == "withheld_location":
            return [("location_id.ats_sellable", "=", False)]
        if code == "withheld_blocked":
            return [("lot_id.ats_blocked", "=", True)]
        if code == "withheld_owner":
            return [("owner_id", "!=", False), ("owner_id", "not in", scope.channel.owner_ids.ids)]
        return None
