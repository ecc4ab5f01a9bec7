# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Locations inside nodes, and the quants that lie there."""
from ..places import PLACES_SQL
from .copying import copy_table
from .moves import OPEN_STATES


def places(cr, scope):
    """The locations inside the company's nodes where these products lie, or from and to which they are to move.

    :return: {'table': columns of the engine's table `locations`, 'ids', 'nodes', 'open': lists for the statements of
        moves; `open` is true for what is for sale and for views}
    """
    columns = copy_table(cr, [('id', 'int'), ('node', 'int'), ('sellable', 'bool'), ('open', 'bool')], f"""
        WITH used AS (
            SELECT location_id AS id FROM stock_quant WHERE product_id = ANY(%(products)s)
            UNION
            SELECT place.id FROM stock_move m
             CROSS JOIN LATERAL (VALUES (m.location_id), (m.location_dest_id), (m.location_final_id)) AS place(id)
             WHERE m.product_id = ANY(%(products)s) AND m.state = ANY(%(states)s)
        )
        SELECT p.location_id AS id, p.node_id AS node, p.sellable, p.sellable OR p.reason = 'view' AS open
          FROM ({PLACES_SQL} AND l.id IN (SELECT id FROM used)) p
         WHERE p.company_id = %(company)s""", {
             'products': scope.family, 'states': list(OPEN_STATES), 'company': scope.company_id}, by='id')
    opened = columns.pop('open')
    return {'table': columns, 'ids': columns['id'].tolist(), 'nodes': columns['node'].tolist(),
            'open': [bool(flag) for flag in opened]}


def supply(cr, scope, place_ids):
    """Quants, added up by what the engine tells apart, whatever their lots and packages.

    They are added up before they are rounded: Odoo may keep the negative half of a correction in a second row. What
    is reserved is never below zero: reservations that were written off leave such rows behind.

    :return: columns of the engine's table `supply`
    """
    sources = scope.sources
    return copy_table(cr, [
        ('product', 'int'), ('location', 'int'), ('quantity', 'floor'), ('reserved', 'ceil'), ('expires', 'time'),
        ('owner', 'int'), ('blocked', 'bool')], f"""
        SELECT f.product_id AS product, f.location_id AS location, sum(f.quantity) AS quantity,
               greatest(sum(f.reserved_quantity), 0) AS reserved, f.expires, f.owner_id AS owner, f.blocked
          FROM (SELECT q.product_id, q.location_id, q.quantity, q.reserved_quantity, q.owner_id,
                       {sources.expires} AS expires, q.lot_id IS NOT NULL AND {sources.lot_blocked} AS blocked
                  FROM stock_quant q {sources.expires_joins}
                 WHERE q.product_id = ANY(%(products)s) AND q.location_id = ANY(%(places)s)) f
         GROUP BY f.product_id, f.location_id, f.expires, f.owner_id, f.blocked
        HAVING sum(f.quantity) <> 0 OR sum(f.reserved_quantity) <> 0""",
                      {'products': scope.family, 'places': place_ids})
