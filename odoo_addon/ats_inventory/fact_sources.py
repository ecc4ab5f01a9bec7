# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the facts take from modules that this one does not depend on, as fragments of SQL.

A module that knows more overrides `ats.refresh._fact_sources()` and returns
`dataclasses.replace(super()._fact_sources(), expires=...)`. Fragments are constants of code, never built from data; a
percent sign in them is doubled.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class FactSources:
    """Fragments of the statements that read facts. The defaults know `stock` alone."""

    #: Expression of type timestamp (UTC): when the quant `q` (stock_quant) expires, NULL for never.
    expires: str = "NULL::timestamp"

    #: Joins that `expires` or `lot_blocked` need, after `FROM stock_quant q`. They neither add nor take rows of q.
    expires_joins: str = ""

    #: Expression of type boolean: whether the lot of the quant `q` is blocked. Never NULL.
    lot_blocked: str = "EXISTS (SELECT 1 FROM ats_lot b WHERE b.lot_id = q.lot_id AND b.blocked)"

    #: Query of (move_id, channel_id, ordered_at): stock moves that came from an order of a channel, and when Odoo had the
    #: order (timestamp, UTC). Each move once.
    move_channel: str = "SELECT NULL::int AS move_id, NULL::int AS channel_id, NULL::timestamp AS ordered_at WHERE FALSE"

    #: Columns of stock_warehouse that name locations where nothing is for sale unless somebody chooses so, each with the
    #: reason that is shown: (column, reason). Reasons are added to `ats_sellable_reason` of stock.location.
    special_locations: tuple = ()

    #: Query of (product_id, yields, component_id, quantity): one row for each line of each kit of the company
    #: %(company)s. `quantity` (numeric, in the component's own unit) of the component makes `yields` (numeric) kits;
    #: yields are the same on every line of a kit. A kit without lines has one row with no component, a quantity that
    #: cannot be converted is NULL: such kits are parked by name. Filters on product_id have to be quick. '' without kits.
    kits: str = ""

    #: Query of (component_id, kit_id): products that may be kits and what they contain directly, in any company; one row
    #: with no component for a kit without lines. It may name too many, never too few. Filters on either column have to
    #: be quick. '' without kits.
    kit_users: str = ""


#: What is read without any other module.
STOCK_ONLY = FactSources()
