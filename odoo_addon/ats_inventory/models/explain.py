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

from ..places import NODE_ROOTS_SQL

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


def plain(quantity):
    """A quantity (Decimal, float of Odoo or text) as people write it: at most 6 decimals, no exponent, no ``-0``."""
    # str() of a float is the shortest text that means it; six decimals are all our quantities have (M2).
    text = format(Decimal(str(quantity)).quantize(Decimal("0.000001")), "f").rstrip("0").rstrip(".")
    return "0" if text in ("", "-0", "-") else text


@dataclass(frozen=True)
class Scope:
    """What the links and details of one level's steps are narrowed to."""

    level: models.BaseModel
    product: models.BaseModel
    channel: models.BaseModel
    nodes: models.BaseModel
    #: Ids of the locations at the top of the nodes' trees, and of those that belong to another node inside of these.
    root_ids: list
    carved_ids: list

    def within(self, field):
        """Domain: the location `field` of a record lies in one of the level's nodes."""
        domain = [(field, "child_of", self.root_ids)]
        return ["&", *domain, "!", (field, "child_of", self.carved_ids)] if self.carved_ids else domain

    @property
    def inside(self):
        """Domain of the product's rows in the level's nodes, for models with ``location_id``."""
        return [("product_id", "=", self.product.id), *self.within("location_id")]


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
        Its ``detail`` is a small table (see explain_details.py) or False, read as things are now: the steps are those of
        the computation.

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
            code, quantity, rule_id, node_id, component_id, extra = (list(row) + [None] * 6)[:6]
            extra = extra or {}
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
                    "shortage": plain(extra["shortage"]) if extra.get("shortage") else False,
                    "link": level._explain_link(code, scope, rule_id, component_id),
                    "detail": level._explain_detail(code, scope, extra),
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
            "parked": self._explain_parked(state),
        }

    def _explain_scope(self):
        self.ensure_one()
        channel = self.channel_id
        nodes = self.node_id or channel.source_ids.sorted(lambda source: (source.sequence, source.id)).node_id
        nodes = nodes.filtered("active")
        self.env.cr.execute(
            f"""
            SELECT r.node_id = ANY(%s), array_agg(r.root_id ORDER BY r.root_id)
              FROM ({NODE_ROOTS_SQL}) r WHERE r.company_id = %s GROUP BY 1
            """,
            [nodes.ids, self.company_id.id],
        )
        roots = dict(self.env.cr.fetchall())
        return Scope(
            level=self,
            product=self.product_id,
            channel=channel,
            nodes=nodes,
            root_ids=roots.get(True, []),
            carved_ids=self._explain_carved(roots.get(True, []), roots.get(False, [])),
        )

    def _explain_carved(self, own_ids, other_ids):
        """Ids of the other nodes' roots that lie below one of the level's own."""
        if not own_ids or not other_ids:
            return []
        return self.env["stock.location"].sudo().with_context(active_test=False).search(
            [("id", "in", other_ids), ("id", "child_of", own_ids)]).ids

    def _explain_parked(self, state):
        """Why the level is not computed any more and what to do: ``{code, message, todo}``; False if it is."""
        return {"code": state.error_code, "message": state.error_message or "",
                "todo": state._parked_todo()} if state.error_code else False

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
