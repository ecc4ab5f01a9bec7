# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""How listing jobs run: slices of set-based SQL, each claimed with a lease and finished in one transaction.

Claim (committed, counts the attempt) → slice: the job's row is locked by its token, listings, marks and the new
position are written together. So two actions can never do the same slice, and a killed one loses nothing.
"""

import logging
import time
import uuid

import psycopg2.errors

from odoo import api, models

from ..cursor import read_committed
from .listing_job import FAILURES_KEPT_MAX, ID_SQL

_logger = logging.getLogger(__name__)

SLICE_PRODUCTS = 5000  # products looked at in one slice
UNDO_SLICE_LISTINGS = 2000  # listings taken back in one slice
RUN_BUDGET_S = 8.0  # one run of the scheduled action starts no slice later than this
LEASE_S = 45  # a slice not finished in this time may be claimed again
ATTEMPTS_MAX = 3  # claims of one slice, after which the job is failed with its message
LANE_SLOW = 2  # lane of wide changes: a listing job must not delay what is sold just now

PASSING_ERRORS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class AtsListingJob(models.Model):
    _inherit = "ats.listing.job"

    @api.model
    def _run_slices(self):
        """Entry of the scheduled action: run slices until the budget is used up; never raises."""
        deadline = time.monotonic() + RUN_BUDGET_S
        while time.monotonic() < deadline:
            claim = self._claim_slice()
            if not claim:
                return
            if not self._try_slice(*claim):
                break
        # Work is left: ask for another run, behind the other ready actions.
        self._wake_cron()

    def _claim_slice(self):
        """Lease the job that waited longest: ``(id, token)``, or None if no job has work."""
        token = uuid.uuid4().hex
        with read_committed(self.env.registry) as env:
            env.cr.execute(
                """
                UPDATE ats_listing_job
                   SET state = 'failed', finished_at = now() at time zone 'UTC', lease_token = NULL, lease_until = NULL
                 WHERE state IN ('running', 'undoing') AND attempts >= %s
                   AND (lease_until IS NULL OR lease_until < now() at time zone 'UTC')
                """,
                [ATTEMPTS_MAX],
            )
            env.cr.execute(
                """
                UPDATE ats_listing_job
                   SET lease_token = %s, attempts = attempts + 1,
                       lease_until = (now() at time zone 'UTC') + %s * interval '1 second'
                 WHERE id = (SELECT id FROM ats_listing_job
                              WHERE state IN ('running', 'undoing')
                                AND (lease_until IS NULL OR lease_until < now() at time zone 'UTC')
                              ORDER BY slice_at NULLS FIRST, id
                                FOR NO KEY UPDATE SKIP LOCKED
                              LIMIT 1)
             RETURNING id
                """,
                [token, LEASE_S],
            )
            row = env.cr.fetchone()
        return (row[0], token) if row else None

    def _try_slice(self, job_id, token):
        """Run one slice; True unless it met an error, which is kept on the job."""
        try:
            with read_committed(self.env.registry) as env:
                env.cr.execute(
                    """
                    SELECT state FROM ats_listing_job
                     WHERE id = %s AND lease_token = %s AND state IN ('running', 'undoing')
                       FOR NO KEY UPDATE
                    """,
                    [job_id, token],
                )
                row = env.cr.fetchone()
                job = env["ats.listing.job"].browse(job_id)
                if row:
                    job._list_slice() if row[0] == "running" else job._undo_slice()
                job._release(token)
            return True
        except PASSING_ERRORS as error:
            _logger.info("listing job %s: slice to be repeated, %s", job_id, error.pgcode)
            self._give_back(job_id, token, None, attempted=False)
        except Exception as error:  # noqa: BLE001  the action must never raise: it would be put off by its interval
            _logger.exception("listing job %s: slice failed", job_id)
            self._give_back(job_id, token, f"{type(error).__name__}: {error}"[:500], attempted=True)
        return False

    def _release(self, token):
        self.env.cr.execute(
            """
            UPDATE ats_listing_job
               SET lease_token = NULL, lease_until = NULL, attempts = 0, slice_at = now() at time zone 'UTC'
             WHERE id = %s AND lease_token = %s
            """,
            [self.id, token],
        )

    def _give_back(self, job_id, token, message, *, attempted):
        with read_committed(self.env.registry) as env:
            env.cr.execute(
                """
                UPDATE ats_listing_job
                   SET lease_token = NULL, lease_until = NULL, message = COALESCE(%s, message),
                       attempts = attempts - %s
                 WHERE id = %s AND lease_token = %s
                """,
                [message, 0 if attempted else 1, job_id, token],
            )

    # --- listing ------------------------------------------------------------------------------------------------

    def _list_slice(self):
        """List the next products; the job's row is locked by the caller."""
        self.ensure_one()
        rows = self._insert_listings()
        made = [product for product, _external, _existed, listing in rows if listing]
        failed = [(product, external) for product, external, existed, listing in rows if not existed and not listing]
        if made:
            refresh = self.env["ats.refresh"]
            refresh._mark_products(self.channel_id.company_id, made, lane=LANE_SLOW)
            refresh._wake()
        self._keep_failures(failed)
        ended = len(rows) < SLICE_PRODUCTS
        self.env.cr.execute(
            """
            UPDATE ats_listing_job
               SET done_count = done_count + %(made)s, failed_count = failed_count + %(failed)s,
                   skipped_count = skipped_count + %(skipped)s, cursor = %(cursor)s,
                   state = CASE WHEN %(ended)s THEN 'done' ELSE state END,
                   finished_at = CASE WHEN %(ended)s THEN now() at time zone 'UTC' END
             WHERE id = %(id)s
            """,
            {
                "id": self.id,
                "made": len(made),
                "failed": len(failed),
                "skipped": len(rows) - len(made) - len(failed),
                "cursor": rows[-1][0] if rows else self.cursor,
                "ended": ended,
            },
        )
        self.invalidate_recordset()

    def _insert_listings(self):
        """Insert the listings of one slice: rows ``(product, external id, was listed before, made now)`` by product."""
        where, params = self._products_sql()
        self.env.cr.execute(
            f"""
            WITH wanted AS MATERIALIZED (
                SELECT p.id, {ID_SQL[self.id_source]} AS external_id,
                       EXISTS (SELECT 1 FROM ats_listing l
                                WHERE l.channel_id = %(channel)s AND l.product_id = p.id) AS existed
                {where} AND p.id > %(cursor)s
                 ORDER BY p.id LIMIT %(slice)s
            ), made AS (
                INSERT INTO ats_listing (channel_id, company_id, product_id, unit, external_id, job_id, active,
                                         blocked, has_override, create_uid, create_date, write_uid, write_date)
                     SELECT %(channel)s, %(company)s, id, %(unit)s, external_id, %(job)s, true,
                            false, false, %(uid)s, now() at time zone 'UTC', %(uid)s, now() at time zone 'UTC'
                       FROM wanted WHERE NOT existed
                ON CONFLICT DO NOTHING
                  RETURNING id, product_id
            )
            SELECT wanted.id, wanted.external_id, wanted.existed, made.id
              FROM wanted LEFT JOIN made ON made.product_id = wanted.id
             ORDER BY wanted.id
            """,  # pylint: disable=sql-injection  # constant text, values are parameters
            {
                **params,
                "cursor": self.cursor,
                "slice": SLICE_PRODUCTS,
                "unit": self.unit,
                "job": self.id,
                "uid": self.create_uid.id or self.env.uid,
            },
        )
        return self.env.cr.fetchall()

    def _keep_failures(self, failed):
        """Say which product has the id already; the first FAILURES_KEPT_MAX of a job are kept for reading."""
        room = max(0, FAILURES_KEPT_MAX - self.failed_count)
        kept = failed[:room]
        if not kept:
            return
        listings = self.env["ats.listing"].with_context(active_test=False).search(
            [("channel_id", "=", self.channel_id.id), ("external_id", "in", [external for _product, external in kept])]
        )
        owners = {listing.external_id: listing.product_id for listing in listings}
        self.env["ats.listing.job.failure"].create(
            [
                {
                    "job_id": self.id,
                    "product_id": product,
                    "external_id": external,
                    "message": self.env._(
                        "The SKU “%(id)s” is already used on this channel by %(other)s.",
                        id=external,
                        other=owners[external].display_name if external in owners else self.env._("another product"),
                    ),
                }
                for product, external in kept
            ]
        )
        self.env.flush_all()

    # --- undo ---------------------------------------------------------------------------------------------------

    def _undo_slice(self):
        """Take back the next listings; the job's row is locked by the caller.

        A listing whose quantity the shop shows, or is being told just now, cannot vanish: the shop would go on
        selling the last value. It is blocked, 0 goes out, and undoing again removes it once the shop confirmed.
        """
        self.ensure_one()
        cr = self.env.cr
        cr.execute(
            "SELECT id FROM ats_listing WHERE job_id = %s AND id > %s ORDER BY id LIMIT %s FOR UPDATE",
            [self.id, self.undo_cursor, UNDO_SLICE_LISTINGS],
        )
        ids = [row[0] for row in cr.fetchall()]
        # Publishers claim a publication by writing it: locked, none of these can be sent behind our back.
        cr.execute(
            "SELECT listing_id, send_id, acked_quantity FROM ats_publication WHERE listing_id = ANY(%s) FOR UPDATE", [ids]
        )
        shown = {listing for listing, send, acked in cr.fetchall() if send or acked}
        removed = [listing for listing in ids if listing not in shown]
        self._remove_listings(removed)
        self._block_listings(list(shown))
        ended = len(ids) < UNDO_SLICE_LISTINGS
        cr.execute(
            """
            UPDATE ats_listing_job
               SET removed_count = removed_count + %(removed)s, blocked_count = blocked_count + %(blocked)s,
                   undo_cursor = %(cursor)s, state = CASE WHEN %(ended)s THEN 'undone' ELSE state END,
                   finished_at = CASE WHEN %(ended)s THEN now() at time zone 'UTC' END
             WHERE id = %(id)s
            """,
            {
                "id": self.id,
                "removed": len(removed),
                "blocked": len(shown),
                "cursor": ids[-1] if ids else self.undo_cursor,
                "ended": ended,
            },
        )
        self.invalidate_recordset()

    def _remove_listings(self, listing_ids):
        if not listing_ids:
            return
        cr = self.env.cr
        cr.execute("SELECT id FROM ats_level WHERE listing_id = ANY(%s)", [listing_ids])
        self.env["ats.refresh"]._levels_removed(cr, [row[0] for row in cr.fetchall()])
        cr.execute("DELETE FROM ats_listing WHERE id = ANY(%s)", [listing_ids])
        self.env.invalidate_all(flush=False)

    def _block_listings(self, listing_ids):
        if not listing_ids:
            return
        cr = self.env.cr
        cr.execute("UPDATE ats_listing SET blocked = true WHERE id = ANY(%s) RETURNING product_id", [listing_ids])
        products = [row[0] for row in cr.fetchall()]
        # To zero goes first: not through the slow lane.
        self.env["ats.refresh"]._mark_products(self.channel_id.company_id, products)
        self.env["ats.refresh"]._wake()
