# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Locations inside nodes, and the quants that lie there."""
from ..places import places_sql
from .copying import copy_table
from .moves import OPEN_STATES

#: Locations where some products lie, or from and to which they are to move.
_USED_SQL = """
    SELECT location_id FROM stock_quant WHERE product_id = ANY(%(products)s)
     UNION
    SELECT place.id FROM stock_move m
     CROSS JOIN LATERAL (VALUES (m.location_id), (m.location_dest_id), (m.location_final_id)) AS place(id)
     WHERE m.product_id = ANY(%(products)s) AND m.state = ANY(%(states)s)"""


def places(cr, scope):
    """The locations inside the company's nodes: all, or those where these products lie or from and to which they move.

    :return: {'table': columns of the engine's table `locations`, 'ids', 'nodes', 'open': lists for the statements of
        moves; `open` is true for what is for sale and for views}
    """
    cr.execute("SELECT count(*) FROM stock_location")
    # To look for the locations in use is dearer than to know a few too many.
    used = f"AND l.id IN ({_USED_SQL})" if cr.fetchone()[0] > len(scope.family) else ""
    columns = copy_table(cr, [('id', 'int'), ('node', 'int'), ('sellable', 'bool'), ('open', 'bool')], f"""
        SELECT p.location_id AS id, p.node_id AS node, p.sellable, p.sellable OR p.reason = 'view' AS open
          FROM ({places_sql(scope.sources.special_locations)} {used}) p
         WHERE p.company_id = %(company)s""", {
             'products': scope.family, 'states': list(OPEN_STATES), 'company': scope.company_id}, by='id')
    opened = columns.pop('open')
    return {'table': columns, 'ids': columns['id'].tolist(), 'nodes': columns['node'].tolist(),
            'open': [bool(flag) for flag in opened]}


#: `staying`: what moves hold of a blocked or expired lot that need no good stock in its place, because they bring the lot to
#: another place of its node, back to its supplier or out of the books.
_STAYING_SQL = """
    place AS (
        SELECT * FROM unnest(%(places)s::int[], %(nodes)s::int[]) AS p(id, node)
    ), unfit AS MATERIALIZED (
        SELECT DISTINCT q.product_id, q.location_id, q.lot_id, q.owner_id, {expires} AS expires, {blocked} AS blocked
          FROM stock_quant q {joins}
         WHERE q.product_id = ANY(%(products)s) AND q.location_id = ANY(%(places)s) AND q.lot_id IS NOT NULL
           AND q.reserved_quantity <> 0 AND ({blocked} OR {expires} <= to_timestamp(%(now)s) AT TIME ZONE 'UTC')
    ), staying AS (
        SELECT u.product_id, u.location_id, u.owner_id, u.expires, u.blocked, sum(line.quantity_product_uom) AS quantity
          FROM unfit u
          JOIN stock_move_line line ON line.product_id = u.product_id AND line.location_id = u.location_id
                                   AND line.lot_id = u.lot_id AND line.owner_id IS NOT DISTINCT FROM u.owner_id
                                   AND line.state IS DISTINCT FROM 'done'
          JOIN stock_move m ON m.id = line.move_id AND m.state = ANY(%(states)s)
          JOIN stock_location target ON target.id = COALESCE(m.location_final_id, m.location_dest_id)
          JOIN place source ON source.id = u.location_id
          LEFT JOIN place final ON final.id = target.id AND final.node = source.node
         WHERE final.id IS NOT NULL OR target.usage IN ('supplier', 'inventory')
         GROUP BY 1, 2, 3, 4, 5
    )"""


def supply(cr, scope, places):
    """Quants, added up by what the engine tells apart, whatever their lots and packages.

    They are added up before they are rounded: Odoo may keep the negative half of a correction in a second row. What
    is reserved is never below zero: reservations that were written off leave such rows behind. Of a blocked or expired
    lot only what goes out to somebody counts as reserved, because only that has to come from good stock instead.

    :param dict places: as from places()
    :return: columns of the engine's table `supply`
    """
    sources = scope.sources
    blocked = f"(q.lot_id IS NOT NULL AND {sources.lot_blocked})"
    staying = _STAYING_SQL.format(expires=sources.expires, blocked=blocked, joins=sources.expires_joins)
    return copy_table(cr, [
        ('product', 'int'), ('location', 'int'), ('quantity', 'floor'), ('reserved', 'ceil'), ('expires', 'time'),
        ('owner', 'int'), ('blocked', 'bool')], f"""
        WITH {staying}
        SELECT f.product_id AS product, f.location_id AS location, f.quantity,
               greatest(f.reserved - COALESCE(s.quantity, 0), 0) AS reserved, f.expires, f.owner_id AS owner, f.blocked
          FROM (SELECT q.product_id, q.location_id, q.owner_id, {sources.expires} AS expires, {blocked} AS blocked,
                       sum(q.quantity) AS quantity, sum(q.reserved_quantity) AS reserved
                  FROM stock_quant q {sources.expires_joins}
                 WHERE q.product_id = ANY(%(products)s) AND q.location_id = ANY(%(places)s)
                 GROUP BY 1, 2, 3, 4, 5
                HAVING sum(q.quantity) <> 0 OR sum(q.reserved_quantity) <> 0) f
          LEFT JOIN staying s ON s.product_id = f.product_id AND s.location_id = f.location_id AND s.blocked = f.blocked
                             AND s.owner_id IS NOT DISTINCT FROM f.owner_id
                             AND s.expires IS NOT DISTINCT FROM f.expires""", {
                                 'products': scope.family, 'places': places['ids'], 'nodes': places['nodes'],
                                 'states': list(OPEN_STATES), 'now': scope.now})
