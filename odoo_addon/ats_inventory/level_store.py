# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Writes levels. Every function is told its cursor (READ COMMITTED) and runs under the locks of lock_products."""
from .clock import NOW_SQL
from .const import MILLION


def lock_products(cr, company_id, product_ids):
    """Lock the rows of these products until the end of the transaction; makes those that are missing."""
    products = sorted(product_ids)
    cr.execute("""
        INSERT INTO ats_product (company_id, product_id) SELECT %s, unnest(%s::int[])
        ON CONFLICT (company_id, product_id) DO NOTHING""", [company_id, products])
    cr.execute("""
        SELECT 1 FROM ats_product WHERE company_id = %s AND product_id = ANY(%s)
         ORDER BY company_id, product_id FOR NO KEY UPDATE""", [company_id, products])


def open_events(cr, company_id, product_ids):
    """Ids of the events that the snapshot of the facts contains and no refresh has taken into account yet."""
    cr.execute("""
        SELECT id FROM ats_event
         WHERE company_id = %s AND product_id = ANY(%s) AND refreshed_at IS NULL""", [company_id, product_ids])
    return [event for event, in cr.fetchall()]


def obsolete_level_ids(cr, company_id, product_ids, levels):
    """Ids of the stored levels of these products that the computation did not give any more."""
    cr.execute("""
        SELECT v.id FROM ats_level v
         WHERE v.company_id = %s AND v.product_id = ANY(%s::int[]) AND NOT EXISTS (
               SELECT 1 FROM unnest(%s::int[], %s::int[]) AS f(listing_id, node_id)
                WHERE f.listing_id = v.listing_id AND f.node_id IS NOT DISTINCT FROM v.node_id)
         ORDER BY v.id FOR UPDATE""", [
             company_id, product_ids, [level.listing_id for level in levels], [level.node_id for level in levels]])
    return [level for level, in cr.fetchall()]


def delete_levels(cr, level_ids):
    """Delete levels."""
    cr.execute("DELETE FROM ats_level WHERE id = ANY(%s)", [level_ids])


def write_levels(cr, levels):
    """Store levels; a row is touched only if its quantity or its waterfall differs.

    A listing deleted since the facts were read is skipped (its row is locked against that while we write).
    :return: ids of the levels that are new or whose quantity changed
    """
    if not levels:
        return []
    cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    moment = cr.fetchone()[0]
    cr.execute(f"""
        INSERT INTO ats_level AS v (company_id, listing_id, channel_id, product_id, node_id, quantity, reasons,
                                    generation, computed_at, changed_at)
        SELECT l.company_id, l.id, l.channel_id, l.product_id, f.node_id, round(f.quantity / {MILLION}, 6),
               f.reasons::jsonb, nextval('ats_generation_seq'), %(moment)s, %(moment)s
          FROM unnest(%(listings)s::int[], %(nodes)s::int[], %(quantities)s::numeric[], %(reasons)s::text[])
               AS f(listing_id, node_id, quantity, reasons)
          JOIN ats_listing l ON l.id = f.listing_id
         ORDER BY f.listing_id, f.node_id FOR KEY SHARE OF l
        ON CONFLICT (listing_id, COALESCE(node_id, 0)) DO UPDATE SET
            channel_id = EXCLUDED.channel_id, product_id = EXCLUDED.product_id, company_id = EXCLUDED.company_id,
            quantity = EXCLUDED.quantity, reasons = EXCLUDED.reasons, computed_at = EXCLUDED.computed_at,
            generation = CASE WHEN v.quantity = EXCLUDED.quantity THEN v.generation ELSE EXCLUDED.generation END,
            changed_at = CASE WHEN v.quantity = EXCLUDED.quantity THEN v.changed_at ELSE EXCLUDED.changed_at END
          WHERE v.quantity <> EXCLUDED.quantity OR v.reasons IS DISTINCT FROM EXCLUDED.reasons
             OR v.product_id <> EXCLUDED.product_id OR v.channel_id <> EXCLUDED.channel_id
        RETURNING id, changed_at = %(moment)s
    """, {
        'moment': moment,
        'listings': [level.listing_id for level in levels], 'nodes': [level.node_id for level in levels],
        'quantities': [level.quantity for level in levels], 'reasons': [level.reasons_json() for level in levels],
    })
    return [level for level, changed in cr.fetchall() if changed]


def write_products(cr, company_id, product_ids, next_changes, event_ids):
    """Remember when the products were refreshed and when time alone will change them; close their events."""
    cr.execute(f"""
        UPDATE ats_product p
           SET refreshed_at = {NOW_SQL}, next_change = to_timestamp(f.next_change) AT TIME ZONE 'UTC',
               error_code = NULL, error_message = NULL
          FROM unnest(%s::int[], %s::bigint[]) AS f(product_id, next_change)
         WHERE p.company_id = %s AND p.product_id = f.product_id
    """, [product_ids, [next_changes.get(product) for product in product_ids], company_id])
    if event_ids:
        cr.execute(f"UPDATE ats_event SET refreshed_at = {NOW_SQL} WHERE id = ANY(%s) AND refreshed_at IS NULL", [event_ids])
