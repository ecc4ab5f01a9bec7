# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Marks become work, work is claimed, done, released or parked. SQL only; each function is told its cursor.

Every function needs a READ COMMITTED cursor and leaves the commit to its caller. Rows are always locked in the
order of company and product, so that two runs never wait for each other in a circle.
"""
import uuid
from dataclasses import dataclass

from .clock import NOW_SQL
from .const import (
    ABSORB_MARKS_MAX,
    ATTEMPTS_BATCH_MAX,
    ATTEMPTS_MAX,
    BATCH_PRODUCTS_MAX,
    BATCH_SCOPE_PRODUCTS_MAX,
    DUE_PRODUCTS_MAX,
    ERROR_MESSAGE_CHARS_MAX,
    LANE_DUE,
    LANE_SCOPE,
    LEASE_S,
    RETRY_DELAY_S,
)
from .fact_sources import STOCK_ONLY

#: Makes work of rows (company, product, lane) named `source`; a product that has work already gets dirtier.
ADD_WORK_SQL = f"""
    INSERT INTO ats_work (company_id, product_id, lane, dirty, attempts, due_at, state)
    SELECT company_id, product_id, min(lane), 1, 0, {NOW_SQL}, 'due' FROM source
     GROUP BY company_id, product_id ORDER BY company_id, product_id
    ON CONFLICT (company_id, product_id) DO UPDATE SET
        dirty = ats_work.dirty + 1,
        lane = LEAST(ats_work.lane, EXCLUDED.lane),
        attempts = CASE WHEN ats_work.state = 'parked' THEN 0 ELSE ats_work.attempts END,
        due_at = CASE WHEN ats_work.state = 'parked' THEN EXCLUDED.due_at ELSE ats_work.due_at END,
        state = 'due', error_code = NULL, error_message = NULL"""


@dataclass(frozen=True)
class Claim:
    """Work of one company that is ours for LEASE_S seconds: `dirty` maps each product to its counter at the claim."""

    token: str
    company_id: int
    dirty: dict
    #: Whether there may be more work of the kind.
    full: bool = False

    @property
    def product_ids(self):
        """Ids of the claimed products, sorted."""
        return sorted(self.dirty)


def _reached_sql(sources):
    """Expressions that follow `marked` (company_id, product_id, lane) to `reached`: all products whose levels may change.

    That is the kits that contain a marked product, through other kits; and for a kit with promises of its own, or marked
    itself (a promise may just have ended), everything in it and the kits around that: a promise on a kit is one on its
    components, at the nodes where all of them allow the kit (M5).
    """
    if not sources.kit_users:
        return "reached AS (SELECT company_id, product_id, lane FROM marked)"
    kits = f"CROSS JOIN LATERAL (SELECT k.kit_id FROM ({sources.kit_users}) k WHERE k.component_id = f.product_id) k"
    parts = f"CROSS JOIN LATERAL (SELECT k.component_id FROM ({sources.kit_users}) k WHERE k.kit_id = f.product_id) k"
    return f"""
        upward AS (
            SELECT company_id, product_id, lane FROM marked
             UNION
            SELECT f.company_id, k.kit_id, f.lane FROM upward f {kits}
        ), downward AS (
            SELECT u.company_id, u.product_id, u.lane FROM upward u
             WHERE EXISTS (SELECT 1 FROM marked m
                            WHERE m.product_id = u.product_id AND m.company_id = u.company_id)
                OR EXISTS (SELECT 1 FROM ats_hold h
                            WHERE h.product_id = u.product_id AND h.company_id = u.company_id AND h.released_at IS NULL)
                OR EXISTS (SELECT 1 FROM ats_rule r
                            WHERE r.product_id = u.product_id AND r.company_id = u.company_id AND r.kind = 'quota')
             UNION
            SELECT f.company_id, k.component_id, f.lane FROM downward f {parts}
        ), again AS (
            SELECT company_id, product_id, lane FROM downward
             UNION
            SELECT f.company_id, k.kit_id, f.lane FROM again f {kits}
        ), reached AS (
            SELECT company_id, product_id, min(lane) AS lane
              FROM (SELECT * FROM upward UNION ALL SELECT * FROM again) f GROUP BY company_id, product_id
        )"""


def absorb_marks(cr, sources=STOCK_ONLY):
    """Turn up to ABSORB_MARKS_MAX marks into work and return how many there were; those of wide changes last.

    Products without listing and without level need no work: their events count as refreshed at once.

    :param FactSources sources: knows which products are kits
    """
    cr.execute(f"""
        WITH RECURSIVE picked AS MATERIALIZED (
            SELECT id FROM (
                SELECT id FROM ats_mark WHERE lane < {LANE_SCOPE} ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED) fast
            UNION ALL
            SELECT id FROM (
                SELECT id FROM ats_mark WHERE lane >= {LANE_SCOPE} ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED) wide
            LIMIT %(most)s
        ), taken AS (
            DELETE FROM ats_mark WHERE id IN (SELECT id FROM picked)
            RETURNING company_id, product_id, lane
        ), marked AS (
            SELECT company_id, product_id, min(lane) AS lane, count(*) AS marks FROM taken GROUP BY 1, 2
        ), {_reached_sql(sources)}, source AS (
            SELECT company_id, product_id, lane FROM reached m
             WHERE EXISTS (SELECT 1 FROM ats_listing l WHERE l.product_id = m.product_id AND l.company_id = m.company_id)
                OR EXISTS (SELECT 1 FROM ats_level v WHERE v.product_id = m.product_id AND v.company_id = m.company_id)
        ), added AS ({ADD_WORK_SQL}
        ), unlisted AS (
            UPDATE ats_event SET refreshed_at = {NOW_SQL} WHERE id IN (
                SELECT e.id FROM ats_event e JOIN marked m ON e.product_id = m.product_id AND e.company_id = m.company_id
                 WHERE e.refreshed_at IS NULL AND NOT EXISTS (
                       SELECT 1 FROM source s WHERE s.product_id = m.product_id AND s.company_id = m.company_id)
                 ORDER BY e.id FOR NO KEY UPDATE OF e SKIP LOCKED)
        )
        SELECT COALESCE(sum(marks), 0) FROM marked""", {'most': ABSORB_MARKS_MAX})
    return int(cr.fetchone()[0])


def add_due_products(cr):
    """Turn products whose next change has come into work and return how many."""
    cr.execute(f"""
        WITH source AS (
            UPDATE ats_product SET next_change = NULL WHERE id IN (
                SELECT id FROM ats_product WHERE next_change <= {NOW_SQL}
                 ORDER BY company_id, product_id LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING company_id, product_id, {LANE_DUE} AS lane
        ) {ADD_WORK_SQL}""", [DUE_PRODUCTS_MAX])
    return cr.rowcount


def under_way(cr, company_id, product_ids, sources, now):
    """Those of these products that the refresh is about to compute, or has set aside, as a set of ids.

    :param cr: cursor on the snapshot of their facts
    :param int now: the moment of their facts in unix seconds: what is due then is computed anew, what is due later not yet
    """
    cr.execute(f"""
        WITH RECURSIVE marked AS (
            SELECT DISTINCT company_id, product_id, 0 AS lane FROM ats_mark WHERE company_id = %(company)s
        ), {_reached_sql(sources)}
        SELECT p.id FROM unnest(%(products)s::int[]) AS p(id)
         WHERE EXISTS (SELECT 1 FROM ats_scope_mark)
            OR EXISTS (SELECT 1 FROM reached r WHERE r.product_id = p.id)
            OR EXISTS (SELECT 1 FROM ats_work w WHERE w.product_id = p.id AND w.company_id = %(company)s)
            OR EXISTS (SELECT 1 FROM ats_product d WHERE d.product_id = p.id AND d.company_id = %(company)s
                          AND d.next_change <= to_timestamp(%(now)s) AT TIME ZONE 'UTC')""", {
                              'company': company_id, 'products': product_ids, 'now': now})
    return {product for product, in cr.fetchall()}


def claim(cr, alone=False):
    """Claim due work: a batch of one company, or with `alone` one product that nobody came back from often enough.

    :return: a Claim, or None if there is nothing to do. The attempt is counted; commit before computing,
        so that one that ends in a crash is counted too.
    """
    cr.execute(f"""
        WITH free AS (
            SELECT id, company_id, lane, due_at FROM ats_work
             WHERE state = 'due' AND due_at <= {NOW_SQL} AND (lease_until IS NULL OR lease_until < {NOW_SQL})
               AND {'attempts >= %(batch)s AND attempts < %(most)s' if alone else 'attempts < %(batch)s'}
             ORDER BY lane, due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ), first AS (SELECT company_id FROM free ORDER BY lane, due_at, id LIMIT 1
        ), batch AS (
            SELECT id FROM (SELECT f.id, f.lane, row_number() OVER (ORDER BY f.lane, f.due_at, f.id) AS place
                              FROM free f JOIN first USING (company_id)) ranked
             WHERE lane < {LANE_SCOPE} OR place <= %(scope)s)
        UPDATE ats_work w
           SET attempts = attempts + 1, lease_token = %(token)s,
               lease_until = {NOW_SQL} + make_interval(secs => %(lease)s)
          FROM batch WHERE w.id = batch.id
        RETURNING w.company_id, w.product_id, w.dirty, w.lane
    """, {'batch': ATTEMPTS_BATCH_MAX, 'most': ATTEMPTS_MAX, 'limit': 1 if alone else BATCH_PRODUCTS_MAX,
          'scope': BATCH_SCOPE_PRODUCTS_MAX,
          'token': (token := str(uuid.uuid4())), 'lease': LEASE_S})
    rows = cr.fetchall()
    if not rows:
        return None
    most = BATCH_SCOPE_PRODUCTS_MAX if any(row[3] == LANE_SCOPE for row in rows) else BATCH_PRODUCTS_MAX
    return Claim(token, rows[0][0], {product: dirty for _company, product, dirty, _lane in rows}, full=len(rows) >= most)


def finish(cr, claimed, product_ids):
    """Delete the work of these products, if it is still ours and no newer mark came; else leave it due.

    A compare-and-set: a run whose lease ended and was claimed by another deletes nothing.
    """
    if not product_ids:
        return
    parameters = {
        'token': claimed.token, 'company': claimed.company_id, 'products': product_ids,
        'dirty': [claimed.dirty[product] for product in product_ids],
    }
    cr.execute("""
        SELECT 1 FROM ats_work WHERE company_id = %(company)s AND product_id = ANY(%(products)s)
         ORDER BY company_id, product_id FOR UPDATE""", parameters)
    cr.execute("""
        DELETE FROM ats_work w USING unnest(%(products)s, %(dirty)s) AS c(product_id, dirty)
         WHERE w.company_id = %(company)s AND w.product_id = c.product_id AND w.dirty = c.dirty
           AND w.lease_token = %(token)s""", parameters)
    cr.execute("""
        UPDATE ats_work SET lease_token = NULL, lease_until = NULL, attempts = 0
         WHERE company_id = %(company)s AND product_id = ANY(%(products)s) AND lease_token = %(token)s""", parameters)


def release(cr, claimed, product_ids, passing, delay_s=RETRY_DELAY_S):
    """Give work back; it is due again after `delay_s` seconds. A `passing` fault (a lock) does not count as an attempt."""
    cr.execute(f"""
        UPDATE ats_work SET lease_token = NULL, lease_until = NULL, attempts = GREATEST(attempts - {int(passing)}, 0),
               due_at = {NOW_SQL} + make_interval(secs => %s)
         WHERE id IN (SELECT id FROM ats_work WHERE company_id = %s AND product_id = ANY(%s) AND lease_token = %s
                       ORDER BY company_id, product_id FOR UPDATE)
    """, [delay_s, claimed.company_id, product_ids, claimed.token])


def park(cr, claimed, product_id, code, message):
    """Set a product aside that cannot be computed, with the reason; its levels stay as they are.

    The next mark of the product, or an operator, makes it due again.
    """
    message = message[:ERROR_MESSAGE_CHARS_MAX]
    cr.execute("""
        UPDATE ats_work SET state = CASE WHEN dirty = %s THEN 'parked' ELSE 'due' END,
               lease_token = NULL, lease_until = NULL, error_code = %s, error_message = %s
         WHERE company_id = %s AND product_id = %s AND lease_token = %s
    """, [claimed.dirty[product_id], code, message, claimed.company_id, product_id, claimed.token])
    _tell_product(cr, claimed.company_id, product_id, code, message)


def park_crashed(cr):
    """Park products whose every attempt ended without an answer, the last one alone; return how many."""
    message = f"Computing this product ended without an answer {ATTEMPTS_MAX} times, the last time alone."
    cr.execute(f"""
        UPDATE ats_work SET state = 'parked', lease_token = NULL, lease_until = NULL,
               error_code = 'crashed', error_message = %s
         WHERE id IN (SELECT id FROM ats_work
                       WHERE state = 'due' AND attempts >= %s AND (lease_until IS NULL OR lease_until < {NOW_SQL})
                       ORDER BY company_id, product_id FOR UPDATE SKIP LOCKED)
        RETURNING company_id, product_id""", [message, ATTEMPTS_MAX])
    rows = cr.fetchall()
    for company_id, product_id in rows:
        _tell_product(cr, company_id, product_id, 'crashed', message)
    return len(rows)


def _tell_product(cr, company_id, product_id, code, message):
    cr.execute("""
        INSERT INTO ats_product (company_id, product_id, error_code, error_message) VALUES (%s, %s, %s, %s)
        ON CONFLICT (company_id, product_id) DO UPDATE SET
            error_code = EXCLUDED.error_code, error_message = EXCLUDED.error_message""",
               [company_id, product_id, code, message])


#: Whether there are marks, scope marks or due work that nobody has claimed.
WORK_LEFT_SQL = f"""
    SELECT EXISTS (SELECT 1 FROM ats_mark) OR EXISTS (SELECT 1 FROM ats_scope_mark)
        OR EXISTS (SELECT 1 FROM ats_work WHERE state = 'due' AND due_at <= {NOW_SQL}
                      AND (lease_until IS NULL OR lease_until < {NOW_SQL}))"""


def work_left(cr):
    """Whether something could be done right now."""
    cr.execute(WORK_LEFT_SQL)
    return cr.fetchone()[0]
