# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Compares levels with the stored ones and writes what differs.

Every function is told its cursor. Those that write want a READ COMMITTED one and run under the locks of lock_products.
"""
import ats_engine

from .clock import NOW_SQL
from .computation import as_id, plain
from .const import MILLION
from .facts import stored


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


def diff(cr, answer):
    """Compare computed levels with the stored ones of the same products, with no Python object for a level.

    :param cr: cursor on the snapshot of the facts
    :param Answer answer: of the computation
    :return: (ats_engine.Changes: positions of the levels to write and ids of the stored rows that are gone; the columns
        of the stored levels)
    """
    known = answer.facts
    rows = stored.levels(cr, known.company_id, known.computed)
    return ats_engine.changes(answer.levels, rows), rows


def differences(answer, changes, rows):
    """What changes say, in words of people: list of {'listing_id', 'node_id', 'stored', 'computed'} (see Verified).

    :param rows: columns of the stored levels
    """
    before = {
        (listing, node): quantity
        for listing, node, quantity in zip(rows['listing'], rows['node'], rows['quantity'], strict=True)
    }
    gone = set(changes.gone)
    found = [{'listing_id': listing, 'node_id': as_id(node), 'stored': plain(quantity), 'computed': None}
             for level, listing, node, quantity in zip(
                 rows['id'], rows['listing'], rows['node'], rows['quantity'], strict=True) if level in gone]
    for row in changes.written:
        key = answer.levels.listing[row], answer.levels.node[row]
        found.append({
            'listing_id': key[0], 'node_id': as_id(key[1]), 'stored': plain(before[key]) if key in before else None,
            'computed': plain(answer.levels.quantity[row])})
    return found


def products_of(cr, answer, changes):
    """Ids of the products whose levels differ."""
    cr.execute("SELECT DISTINCT product_id FROM ats_level WHERE id = ANY(%s)", [changes.gone.tolist()])
    products = {product for product, in cr.fetchall()}
    if len(changes.written):
        listed = answer.facts.listed()
        products.update(listed[answer.levels.listing[row]][1] for row in changes.written)
    return products


def slice_after(cr, after, limit):
    """The next products to verify: (company id, sorted product ids), empty at the end.

    :param after: (company id, product id) after which to go on
    """
    cr.execute("""
        WITH known AS (
            SELECT company_id, product_id FROM ats_product
             UNION
            SELECT company_id, product_id FROM ats_listing WHERE active
        ), ahead AS (
            SELECT company_id, product_id FROM known WHERE (company_id, product_id) > (%s, %s)
        )
        SELECT company_id, product_id FROM ahead WHERE company_id = (SELECT min(company_id) FROM ahead)
         ORDER BY product_id LIMIT %s""", [*after, limit])
    rows = cr.fetchall()
    return (rows[0][0] if rows else None), [product for _company, product in rows]


def moved(cr, company_id, product_ids):
    """Listings among these products' whose levels still name another product or channel, as {listing id}."""
    cr.execute("""
        SELECT l.id FROM ats_listing l JOIN ats_level v ON v.listing_id = l.id
         WHERE l.company_id = %s AND l.product_id = ANY(%s)
           AND (v.product_id <> l.product_id OR v.channel_id <> l.channel_id)""", [company_id, product_ids])
    return {listing for listing, in cr.fetchall()}


def lock_gone(cr, level_ids, product_ids):
    """Lock those of these levels that still are of these products, and return their ids.

    A level of a listing that was given another product meanwhile belongs to that product's refresh.
    """
    cr.execute("""
        SELECT id FROM ats_level WHERE id = ANY(%s) AND product_id = ANY(%s) ORDER BY id FOR UPDATE""",
               [level_ids, product_ids])
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
                                    digest, generation, computed_at, changed_at)
        SELECT l.company_id, l.id, l.channel_id, l.product_id, f.node_id, round(f.quantity / {MILLION}, 6),
               f.reasons::jsonb, f.digest, nextval('ats_generation_seq'), %(moment)s, %(moment)s
          FROM unnest(%(listings)s::int[], %(nodes)s::int[], %(quantities)s::numeric[], %(reasons)s::text[],
                      %(digests)s::bigint[]) AS f(listing_id, node_id, quantity, reasons, digest)
          JOIN ats_listing l ON l.id = f.listing_id
         ORDER BY f.listing_id, f.node_id FOR KEY SHARE OF l
        ON CONFLICT (listing_id, COALESCE(node_id, 0)) DO UPDATE SET
            channel_id = EXCLUDED.channel_id, product_id = EXCLUDED.product_id, company_id = EXCLUDED.company_id,
            quantity = EXCLUDED.quantity, reasons = EXCLUDED.reasons, digest = EXCLUDED.digest, computed_at = EXCLUDED.computed_at,
            generation = CASE WHEN v.quantity = EXCLUDED.quantity THEN v.generation ELSE EXCLUDED.generation END,
            changed_at = CASE WHEN v.quantity = EXCLUDED.quantity THEN v.changed_at ELSE EXCLUDED.changed_at END
          WHERE v.quantity <> EXCLUDED.quantity OR v.digest IS DISTINCT FROM EXCLUDED.digest
             OR v.product_id <> EXCLUDED.product_id OR v.channel_id <> EXCLUDED.channel_id
        RETURNING id, changed_at = %(moment)s
    """, {
        'moment': moment,
        'listings': [level.listing_id for level in levels], 'nodes': [level.node_id for level in levels],
        'quantities': [level.quantity for level in levels], 'reasons': [level.reasons_json() for level in levels],
        'digests': [level.digest for level in levels],
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
        cr.execute(f"""
            UPDATE ats_event SET refreshed_at = {NOW_SQL} WHERE id = ANY(%s) AND refreshed_at IS NULL""", [list(event_ids)])
