# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Open stock moves as demand and as incoming. Which ones count, and why, is told in odoo_addon/README.md."""
from ..const import INCOMING_KINDS
from .copying import copy_table

#: States of a stock move that is confirmed and neither done nor cancelled.
OPEN_STATES = ('waiting', 'confirmed', 'partially_available', 'assigned')


def _reserved(move):
    """What a move has reserved, in the product's unit. Its own sum is in the move's unit: used where both are the same."""
    return f"""
        CASE WHEN {move}.product_uom_qty = {move}.product_qty AND {move}.product_qty <> 0 THEN COALESCE({move}.quantity, 0)
             ELSE COALESCE((SELECT sum(line.quantity_product_uom) FROM stock_move_line line
                             WHERE line.move_id = {move}.id AND line.state IS DISTINCT FROM 'done'), 0) END"""


#: `place`: the locations inside nodes; `open` are those whose goods are for sale, and views, whose goods lie below them.
#: `leaving`: moves that take goods for sale away from their node, with what they have not reserved. A move stays inside
#: only if both its next and its final place are for sale in the same node: what is picked into a sellable output on
#: its way to a customer leaves, what is put away does not.
_LEAVING_SQL = f"""
    place AS (
        SELECT * FROM unnest(%(ids)s::int[], %(nodes)s::int[], %(open)s::boolean[]) AS p(id, node, open)
    ), leaving AS MATERIALIZED (
        SELECT m.id, m.product_id, source.node, m.date, greatest(m.product_qty - ({_reserved('m')}), 0) AS quantity
          FROM stock_move m
          JOIN place source ON source.id = m.location_id AND source.open
          LEFT JOIN place next ON next.id = m.location_dest_id AND next.node = source.node AND next.open
          LEFT JOIN place final ON final.id = COALESCE(m.location_final_id, m.location_dest_id)
                               AND final.node = source.node AND final.open
         WHERE m.product_id = ANY(%(products)s) AND m.state = ANY(%(states)s) AND m.company_id = %(company)s
           AND (next.id IS NULL OR final.id IS NULL) {{chained}}
    )"""

#: `upstream`: for each move that leaves, the open moves that are to bring its goods, up to where they enter its node.
#: `given`: what each of these adds to what its follower may take. From outside the node: all of it (make to order, a
#: chained transfer). Inside, from a place that is not for sale: what no open move before it adds already. Inside and for
#: sale: what it has reserved, which is subtracted as a reservation; or all of it, if it counts as leaving itself.
#: `share`: what is given, dealt out to the moves that wait for it, the older first; never more than there is.
_CHAIN_SQL = f"""
    upstream AS (
        SELECT l.id AS need, l.product_id, l.node, r.move_orig_id AS move
          FROM leaving l JOIN stock_move_move_rel r ON r.move_dest_id = l.id
         WHERE l.quantity > 0
         UNION
        SELECT u.need, u.product_id, u.node, r.move_orig_id
          FROM upstream u
          JOIN stock_move m ON m.id = u.move AND m.state = ANY(%(states)s)
          JOIN place source ON source.id = m.location_id AND source.node = u.node
          JOIN stock_move_move_rel r ON r.move_dest_id = m.id
    ), given AS (
        SELECT u.need, u.move,
               CASE WHEN source.node IS DISTINCT FROM u.node THEN m.product_qty
                    WHEN NOT source.open THEN greatest(m.product_qty - COALESCE((
                        SELECT sum(before.product_qty)
                          FROM stock_move_move_rel r JOIN stock_move before ON before.id = r.move_orig_id
                         WHERE r.move_dest_id = m.id AND before.state = ANY(%(states)s)), 0), 0)
                    WHEN itself.id IS NOT NULL THEN m.product_qty
                    ELSE {_reserved('m')} END AS quantity
          FROM upstream u
          JOIN stock_move m ON m.id = u.move AND m.state = ANY(%(states)s) AND m.product_id = u.product_id
          LEFT JOIN place source ON source.id = m.location_id
          LEFT JOIN leaving itself ON itself.id = m.id
    ), share AS (
        SELECT g.need, g.move,
               least(l.quantity, greatest(g.quantity - (
                   sum(l.quantity) OVER (PARTITION BY g.move ORDER BY g.need) - l.quantity), 0)) AS quantity
          FROM given g JOIN leaving l ON l.id = g.need
    )"""


def demand(cr, scope, places, horizon_days):
    """Confirmed moves out of sellable stock, as far as nothing is reserved for them and nothing of their own is coming.

    `due` is the scheduled date. It is left out where it decides nothing: without a horizon, for what is due within it
    already, and for moves of a channel's order, which a horizon must not turn into stock again.

    :param Scope scope: whose facts
    :param dict places: columns of reading.places
    :param horizon_days: days, or None for no horizon
    :return: columns of the engine's table `demand`
    """
    due, joins = "NULL::timestamp", ""
    if horizon_days is not None:
        joins = f"LEFT JOIN ({scope.sources.move_channel}) sold ON sold.move_id = l.id"
        due = """CASE WHEN sold.channel_id IS NULL AND l.date > to_timestamp(%(now)s) AT TIME ZONE 'UTC'
                           + make_interval(days => %(horizon)s) THEN l.date END"""
    return copy_table(cr, [('product', 'int'), ('node', 'int'), ('quantity', 'ceil'), ('due', 'time')], f"""
        WITH RECURSIVE {_LEAVING_SQL.format(chained='')}, {_CHAIN_SQL},
        covered AS (SELECT need, sum(quantity) AS quantity FROM share GROUP BY need)
        SELECT d.product_id AS product, d.node, sum(d.quantity) AS quantity, d.due
          FROM (SELECT l.product_id, l.node, l.quantity - least(COALESCE(c.quantity, 0), l.quantity) AS quantity,
                       {due} AS due
                  FROM leaving l LEFT JOIN covered c ON c.need = l.id {joins}) d
         WHERE d.quantity > 0
         GROUP BY d.product_id, d.node, d.due""", _parameters(scope, places, horizon=horizon_days))


def incoming(cr, scope, places, kinds):
    """Confirmed moves into a node whose final place is for sale, less what is to go on to a move that waits for it.

    :param Scope scope: whose facts
    :param dict places: columns of reading.places
    :param kinds: names of INCOMING_KINDS that some channel counts; no others are read
    :return: columns of the engine's table `incoming`
    """
    if not kinds:
        return {}
    return copy_table(cr, [
        ('product', 'int'), ('node', 'int'), ('quantity', 'floor'), ('expected', 'time'), ('kind', 'int')], f"""
        WITH RECURSIVE {_LEAVING_SQL.format(chained=_WAITS)}, {_CHAIN_SQL},
        promised AS (SELECT move, sum(quantity) AS quantity FROM share GROUP BY move),
        arriving AS (
            SELECT m.id, m.product_id, final.node, m.product_qty AS quantity, m.date AS expected,
                   CASE origin.usage WHEN 'supplier' THEN {INCOMING_KINDS['purchase']}
                                     WHEN 'production' THEN {INCOMING_KINDS['production']}
                                     WHEN 'customer' THEN {INCOMING_KINDS['return']}
                                     ELSE {INCOMING_KINDS['transfer']} END AS kind
              FROM stock_move m
              JOIN stock_location origin ON origin.id = m.location_id
              JOIN place final ON final.id = COALESCE(m.location_final_id, m.location_dest_id) AND final.open
              LEFT JOIN place source ON source.id = m.location_id
             WHERE m.product_id = ANY(%(products)s) AND m.state = ANY(%(states)s) AND m.company_id = %(company)s
               AND source.node IS DISTINCT FROM final.node
               AND m.date > to_timestamp(%(now)s) AT TIME ZONE 'UTC'
        )
        SELECT a.product_id AS product, a.node, sum(a.quantity - COALESCE(p.quantity, 0)) AS quantity, a.expected, a.kind
          FROM arriving a LEFT JOIN promised p ON p.move = a.id
         WHERE a.kind = ANY(%(kinds)s) AND a.quantity > COALESCE(p.quantity, 0)
         GROUP BY a.product_id, a.node, a.expected, a.kind""", _parameters(
             scope, places, kinds=[INCOMING_KINDS[kind] for kind in kinds]))


#: Only moves that wait for another: all that matters to what is coming.
_WAITS = "AND EXISTS (SELECT 1 FROM stock_move_move_rel r WHERE r.move_dest_id = m.id)"


def _parameters(scope, places, **more):
    return {'products': scope.family, 'company': scope.company_id, 'now': scope.now, 'states': list(OPEN_STATES),
            'ids': places['ids'], 'nodes': places['nodes'], 'open': places['open'], **more}
