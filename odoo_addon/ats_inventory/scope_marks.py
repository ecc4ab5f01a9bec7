# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Expands changes that reach many products, slice by slice, so that whoever made the change does not wait for it.

Like work_queue: SQL only, a READ COMMITTED cursor, the commit is the caller's.
"""
from .clock import NOW_SQL
from .const import LANE_SCOPE, SCOPE_SLICE_PRODUCTS_MAX
from .work_queue import ADD_WORK_SQL

_OPEN = "m.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')"

#: Products whose stock or whose open moves touch a location or one below it.
_AT_LOCATION_SQL = f"""
    WITH place AS MATERIALIZED (
        SELECT l.id FROM stock_location l JOIN stock_location top ON top.id = %(location_id)s
         WHERE starts_with(l.parent_path, top.parent_path))
    SELECT q.product_id FROM stock_quant q WHERE q.location_id IN (SELECT id FROM place) AND q.product_id > %(cursor)s
     UNION
    SELECT m.product_id FROM stock_move m
     WHERE {_OPEN} AND m.product_id > %(cursor)s
       AND (m.location_id IN (SELECT id FROM place) OR m.location_dest_id IN (SELECT id FROM place)
            OR m.location_final_id IN (SELECT id FROM place))"""

_OPEN_MOVES_SQL = f"""
    SELECT DISTINCT m.product_id FROM stock_move m
     WHERE {_OPEN} AND m.product_id > %(cursor)s
       AND (%(company_id)s::int IS NULL OR m.company_id = %(company_id)s)
       AND (%(picking_type_id)s::int IS NULL OR m.picking_type_id = %(picking_type_id)s)"""

_IN_CATEGORY = """EXISTS (
    SELECT 1 FROM product_category c JOIN product_category top ON top.id = %(category_id)s
     WHERE c.id = t.categ_id AND starts_with(c.parent_path, top.parent_path))"""

_PRODUCTS_SQL = f"""
    SELECT p.id AS product_id FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
     WHERE p.id > %(cursor)s AND (%(product_id)s::int IS NULL OR p.id = %(product_id)s)
       AND (%(uom_id)s::int IS NULL OR t.uom_id = %(uom_id)s)
       AND (%(category_id)s::int IS NULL OR {_IN_CATEGORY})"""

#: Listed products, of the company and on the channel, or on channels that sell from the node.
_LISTED_SQL = """
    SELECT DISTINCT l.product_id FROM ats_listing l
     WHERE l.product_id > %(cursor)s AND (%(company_id)s::int IS NULL OR l.company_id = %(company_id)s)
       AND (%(channel_id)s::int IS NULL OR l.channel_id = %(channel_id)s)
       AND (%(node_id)s::int IS NULL OR EXISTS (
               SELECT 1 FROM ats_channel_source s WHERE s.channel_id = l.channel_id AND s.node_id = %(node_id)s))"""

def expand(cr, kits_sql=""):
    """Turn one slice of the oldest free scope mark into work of the slow lane, or into marks that become such work.

    Marks where the change may reach kits through what they are made of: taking them up finds the kits.

    :param str kits_sql: see fact_sources; '' without kits
    :return: number of products, or None if there was no scope mark to expand
    """
    cr.execute("SELECT * FROM ats_scope_mark ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
    rows = cr.dictfetchall()
    if not rows:
        return None
    mark = rows[0]
    mark.update(limit=SCOPE_SLICE_PRODUCTS_MAX, lane=LANE_SCOPE, company=mark['company_id'])
    products, through_marks = _products_of(mark, kits_sql)
    slice_sql = f"slice AS MATERIALIZED (SELECT product_id FROM ({products}) f ORDER BY product_id LIMIT %(limit)s)"
    if through_marks:
        cr.execute(f"""
            WITH {slice_sql}, added AS (
                INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
                SELECT c.company_id, slice.product_id, %(lane)s, txid_current(), {NOW_SQL}
                  FROM slice CROSS JOIN (SELECT DISTINCT company_id FROM ats_channel) c
                 WHERE %(company_id)s::int IS NULL OR c.company_id = %(company_id)s)
            SELECT count(*), max(product_id) FROM slice""", mark)
    else:
        cr.execute(f"""
            WITH {slice_sql}, source AS (
                SELECT l.company_id, l.product_id, %(lane)s::int AS lane FROM slice JOIN ats_listing l USING (product_id)
                 WHERE %(company_id)s::int IS NULL OR l.company_id = %(company_id)s
            ), added AS ({ADD_WORK_SQL})
            SELECT count(*), max(product_id) FROM slice""", mark)
    count, last = cr.fetchone()
    if count < SCOPE_SLICE_PRODUCTS_MAX:
        cr.execute("DELETE FROM ats_scope_mark WHERE id = %(id)s", mark)
    else:
        cr.execute("UPDATE ats_scope_mark SET cursor = %s WHERE id = %s", [last, mark['id']])
    return count


def _products_of(mark, kits_sql):
    """The query of a mark's products beyond its cursor, and whether they have to become marks first."""
    if mark['location_id']:
        return _AT_LOCATION_SQL, True
    if mark['open_moves']:
        return _OPEN_MOVES_SQL, True
    if not (mark['product_id'] or mark['category_id'] or mark['uom_id']):
        # A kit that is listed is among the listed products itself.
        return _LISTED_SQL, False
    if mark['components'] is False:
        return f"{_PRODUCTS_SQL} AND p.id IN ({_LISTED_SQL})", False
    if not (mark['node_id'] or mark['channel_id']):
        return _PRODUCTS_SQL, True
    parts = f"OR p.id IN (SELECT k.component_id FROM ({kits_sql}) k)" if kits_sql else ""
    return f"{_PRODUCTS_SQL} AND (p.id IN ({_LISTED_SQL}) {parts})", True
