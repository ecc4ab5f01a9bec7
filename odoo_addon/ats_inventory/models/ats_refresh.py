# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import logging
import time
from contextlib import contextmanager
from decimal import Decimal
from functools import partial

import ats_engine
import psycopg2
import psycopg2.errors

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import alarm, computation, facts, level_store, scope_marks, triggers, work_queue
from ..clock import NOW_SQL, read_committed, snapshot
from ..const import (
    ALARM_AHEAD_S,
    BATCH_PRODUCTS_MAX,
    LANE_MARK,
    LANE_SCOPE,
    LISTINGS_FAST_MAX,
    MILLION,
    PRODUCT_LOCK_TIMEOUT_MS,
    RUN_BUDGET_S,
)
from ..fact_sources import STOCK_ONLY

_logger = logging.getLogger(__name__)

#: Faults that pass by themselves: the work is claimed again a little later.
PASSING_FAULTS = (
    psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected, psycopg2.errors.LockNotAvailable,
)
#: Faults of the facts of some product: the batch is split until that product is alone.
PRODUCT_FAULTS = (ats_engine.WorldError, ats_engine.CopyError, psycopg2.DataError)


class AtsRefresh(models.AbstractModel):
    """Turns marks into levels. No table of its own; see work_queue, facts, computation and level_store.

    Any number of runs may work at the same time, in any process. What each relies on: work is claimed by lease;
    the levels of a product are written only under the lock of its row in ats_product; and the facts are read
    through a second cursor opened after that lock was got, so they are newer than those of any earlier writer.
    """

    _name = 'ats.refresh'
    _description = "Refresh of Levels"

    def _register_hook(self):
        """Make the triggers once the loading of the registry is committed, with no lock of ours in the way."""
        super()._register_hook()
        self.env.cr.postcommit.add(partial(_ensure_triggers, self.env.cr.dbname))

    # --- marking: called inside the transactions that change something ------------------------------------------

    @api.model
    def _mark_products(self, company, product_ids, lane=LANE_MARK):
        """Mark products of a company (record or id) in the current transaction, and wake the refresh."""
        if product_ids:
            self.env.cr.execute(f"""
                INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
                SELECT %s, unnest(%s), %s, txid_current(), {NOW_SQL}""", [int(company), list(product_ids), lane])
            self._wake()

    @api.model
    def _mark_everywhere(self, product_ids, lane=None):
        """Mark products in every company with channels; many at once go through the slow lane unless `lane` says otherwise."""
        if product_ids:
            lane = lane if lane is not None else LANE_MARK if len(product_ids) <= LISTINGS_FAST_MAX else LANE_SCOPE
            self.env.cr.execute(f"""
                INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
                SELECT c.company_id, p.id, %s, txid_current(), {NOW_SQL}
                  FROM unnest(%s) AS p(id) CROSS JOIN (SELECT DISTINCT company_id FROM ats_channel) c
            """, [lane, list(product_ids)])
            self._wake()

    @api.model
    def _mark_promised(self, channels, category_id=None):
        """Mark what these channels have promised or set aside, on whatever channel it is listed; with a kit what is in it.

        For changes of what a channel can be served with: its promises then weigh differently on every other channel (model M5).

        :param category_id: only promises of products in this category or below it
        """
        self.env['ats.hold'].flush_model()
        self.env['ats.rule'].flush_model()
        for company, own in channels.grouped('company_id').items():
            self.env.cr.execute("""
                SELECT f.product_id
                  FROM (SELECT product_id FROM ats_hold
                         WHERE channel_id = ANY(%(channels)s) AND released_at IS NULL AND node_id IS NULL
                        UNION SELECT product_id FROM ats_rule
                         WHERE channel_id = ANY(%(channels)s) AND kind = 'quota' AND active) f
                 WHERE %(category)s::int IS NULL OR EXISTS (
                       SELECT 1 FROM product_product p
                         JOIN product_template t ON t.id = p.product_tmpl_id
                         JOIN product_category c ON c.id = t.categ_id
                         JOIN product_category top ON top.id = %(category)s
                        WHERE p.id = f.product_id AND starts_with(c.parent_path, top.parent_path))
            """, {'channels': own.ids, 'category': category_id or None})
            products = [product for product, in self.env.cr.fetchall()]
            self._mark_products(company, self._with_components(company, products), lane=LANE_SCOPE)

    @api.model
    def _with_components(self, company, product_ids):
        """These products and, for kits, all they are made of: a promise of a kit is one of its components."""
        found, kits = set(product_ids), self._fact_sources().kits
        level = list(found)
        while kits and level:
            self.env.cr.execute(
                f"SELECT DISTINCT k.component_id FROM ({kits}) k WHERE k.product_id = ANY(%(products)s)",
                {'company': int(company), 'products': level})
            level = [product for product, in self.env.cr.fetchall() if product not in found]
            found.update(level)
        return sorted(found)

    @api.model
    def _mark_scope(self, kind, record):
        """Write one scope mark in the current transaction, and wake the refresh. A lot or listing marks its product at once.

        :param str kind: global (record is a company), product, category, node, channel, location, uom, picking_type, lot, listing
        :param record: one record of that kind
        """
        company = record.company_id.id if 'company_id' in record._fields else None
        if kind == 'global':
            self._insert_scope_mark(record.id)
        elif kind == 'lot':
            self._mark_everywhere(record.product_id.ids)
        elif kind == 'listing':
            self._mark_products(company, record.product_id.ids)
        elif kind in ('node', 'channel'):
            self._insert_scope_mark(company, **{f'{kind}_id': record.id})
        elif kind == 'picking_type':
            self._insert_scope_mark(company, picking_type_id=record.id, open_moves=True)
        elif kind in ('product', 'category', 'location', 'uom'):
            # These are shared by companies, or may be seen from several.
            self._insert_scope_mark(None, **{f'{kind}_id': record.id})
        else:
            raise ValueError(f"unknown kind of scope: {kind}")

    @api.model
    def _insert_scope_mark(self, company_id, components=True, **narrowing):
        """Write one scope mark.

        :param company_id: id, or None for all companies
        :param components: False if kits that are made of the products are not affected
        :param narrowing: columns of ats.scope.mark
        """
        names = ['company_id', 'components', 'cursor', *narrowing]
        values = [company_id, components, 0, *(value or None for value in narrowing.values())]
        self.env.cr.execute(SQL(
            "INSERT INTO ats_scope_mark (%s, created) VALUES (%s, clock_timestamp() AT TIME ZONE 'UTC')",
            SQL(", ").join(map(SQL.identifier, names)), SQL(", ").join(SQL("%s", value) for value in values)))
        self._wake()

    @api.model
    def _wake(self):
        """Ask for a refresh once the current transaction is committed. Cheap; asks once for each transaction."""
        postcommit = self.env.cr.postcommit
        if 'ats_inventory.wake' not in postcommit.data:
            postcommit.data['ats_inventory.wake'] = True
            postcommit.add(partial(_wake_now, self.env.registry))

    # --- the scheduled action ----------------------------------------------------------------------------------

    @api.model
    def _run(self, budget_s=RUN_BUDGET_S):
        """Refresh until nothing is left or the budget (seconds) is spent; then ask for another run. Never raises."""
        deadline = time.monotonic() + budget_s
        done = 0
        try:
            _ensure_triggers(self.env.cr.dbname)
            while time.monotonic() < deadline:
                progress, computed = self._step()
                if computed and not done and 'ir_cron_progress_id' in self.env.context:
                    # Tells the scheduler early that this run does something, lest a later kill counts as idle.
                    self.env['ir.cron']._commit_progress(computed)
                done += computed
                if not progress:
                    break
            with read_committed(self.env.registry) as cr:
                left = work_queue.work_left(cr)
            if left:
                _wake_now(self.env.registry)
            if 'ir_cron_progress_id' in self.env.context:
                self._set_alarm()
        except psycopg2.errors.UndefinedTable:
            # Another process has uninstalled the module and this one has not heard of it yet.
            _logger.info("The tables of the refresh are gone")
        except PASSING_FAULTS as error:
            # Two runs got into each other's way while taking up marks: nothing is lost, and nobody waits for the next minute.
            _logger.info("The refresh of levels goes on in another run: %s", error)
            _wake_now(self.env.registry)
        except Exception:  # noqa: BLE001 - an exception would postpone the next run; the work itself is safe
            _logger.exception("The refresh of levels stopped; its work stays due")
        return done

    def _set_alarm(self):
        """Have the refresh woken when the next product changes by time alone, if that is soon."""
        with read_committed(self.env.registry) as cr:
            cr.execute(f"""
                SELECT extract(epoch FROM min(next_change) - {NOW_SQL})::float FROM ats_product
                 WHERE next_change <= {NOW_SQL} + make_interval(secs => %s)""", [ALARM_AHEAD_S])
            seconds, = cr.fetchone()
        if seconds is not None:
            alarm.set_alarm(self.env.cr.dbname, seconds, partial(_wake_now, self.env.registry))

    def _step(self):
        """One round: absorb, claim, compute; wide changes get their turn when the fast lanes leave room.

        :return: (whether anything was done, number of products computed)
        """
        registry, sources = self.env.registry, self._fact_sources()
        with read_committed(registry) as cr:
            progress = work_queue.absorb_marks(cr, sources) + work_queue.add_due_products(cr)
        with read_committed(registry) as cr:
            claimed = work_queue.claim(cr)
        computed = self._work_off(claimed) if claimed else 0
        if claimed and claimed.full:
            return True, computed
        with read_committed(registry) as cr:
            slice_size = scope_marks.expand(cr, sources.kits)
        with read_committed(registry) as cr:
            suspect = work_queue.claim(cr, alone=True)
        if suspect:
            computed += self._work_off(suspect)
        with read_committed(registry) as cr:
            progress += work_queue.park_crashed(cr)
        return bool(progress or claimed or suspect or slice_size is not None), computed

    def _work_off(self, claimed):
        """Compute claimed products and account for them, whatever happens; return how many were computed."""
        return self._work_off_part(claimed, claimed.product_ids)

    def _work_off_part(self, claimed, product_ids):
        try:
            self._refresh_products(claimed, product_ids)
            return len(product_ids)
        except PRODUCT_FAULTS as error:
            if len(product_ids) > 1:
                middle = len(product_ids) // 2
                return (self._work_off_part(claimed, product_ids[:middle])
                        + self._work_off_part(claimed, product_ids[middle:]))
            code = getattr(error, 'code', None) or 'overflow'
            _logger.warning("Product %s of company %s is parked: %s %s", product_ids[0], claimed.company_id, code, error)
            with read_committed(self.env.registry) as cr:
                work_queue.park(cr, claimed, product_ids[0], code, str(error))
            return 1
        except PASSING_FAULTS as error:
            _logger.info("Refreshing %s products is tried again: %s", len(product_ids), error)
            self._give_back(claimed, product_ids, passing=True)
        except Exception:  # noqa: BLE001 - counted as an attempt; after a few the product is alone, then parked
            _logger.exception("Refreshing %s products failed", len(product_ids))
            self._give_back(claimed, product_ids, passing=False)
        return 0

    def _give_back(self, claimed, product_ids, passing):
        try:
            with read_committed(self.env.registry) as cr:
                work_queue.release(cr, claimed, product_ids, passing=passing)
        except psycopg2.Error:
            _logger.info("Could not give work back; its lease will end", exc_info=True)

    def _refresh_products(self, claimed, product_ids):
        """Lock, read, compute, write and finish products in one transaction."""
        company_id, registry = claimed.company_id, self.env.registry
        with read_committed(registry) as cr:
            self._lock_products(cr, company_id, product_ids)
            with snapshot(registry) as facts_cr:
                answer = computation.compute(facts.read(facts_cr, company_id, product_ids, self._fact_sources()))
                event_ids = level_store.open_events(facts_cr, company_id, product_ids)
                changes, _rows = level_store.diff(facts_cr, answer)
                moved = level_store.moved(facts_cr, company_id, product_ids)
            self._write_changes(cr, answer, changes, moved, event_ids)
            work_queue.finish(cr, claimed, answer.facts.computed)
            for product, (code, message) in answer.facts.refused.items():
                work_queue.park(cr, claimed, product, code, message)

    def _lock_products(self, cr, company_id, product_ids):
        cr.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PRODUCT_LOCK_TIMEOUT_MS}ms"])
        level_store.lock_products(cr, company_id, product_ids)

    def _write_changes(self, cr, answer, changes, moved=(), event_ids=()):
        """Write what a computation changed, under the locks of its products, and tell the modules that follow levels."""
        known = answer.facts
        gone = level_store.lock_gone(cr, changes.gone.tolist(), known.wanted)
        if gone:
            self._levels_removed(cr, gone)
            level_store.delete_levels(cr, gone)
        positions = set(changes.written)
        if moved:
            positions.update(row for row, listing in enumerate(answer.levels.listing) if listing in moved)
        changed = level_store.write_levels(cr, answer.rows(sorted(positions)))
        if changed:
            self._levels_written(cr, changed)
        level_store.write_products(cr, known.company_id, known.computed, answer.next_changes(), event_ids)

    # --- for other modules ---------------------------------------------------------------------------------------

    @api.model
    def _fact_sources(self):
        """What facts are read with. Overridden by modules that know expiry dates, kits or channels' orders.

        :return: FactSources, the same for every company; an override returns dataclasses.replace(super()…)
        """
        return STOCK_ONLY

    @api.model
    def _levels_written(self, cr, level_ids):
        """Called in the transaction of the refresh for levels that are new or whose quantity changed.

        `cr` is that transaction (READ COMMITTED), not self.env.cr. Work by SQL; what raises is tried again.
        """

    @api.model
    def _levels_removed(self, cr, level_ids):
        """Called in the transaction of the refresh for levels that are about to be deleted (see _levels_written)."""

    @api.model
    def _fresh(self, company, listing_ids=None):
        """Compute levels from the facts as the current transaction sees them, without writing anything.

        :param company: record or id
        :param listing_ids: ids of listings, or None for all of the company
        :return: list of {'listing_id', 'channel_id', 'product_id', 'node_id', 'quantity' (Decimal), 'reasons'};
            reasons as in ats.level
        :raise UserError: the facts of a product cannot be computed
        """
        self.env.flush_all()
        company_id = int(company)
        self.env.cr.execute("""
            SELECT DISTINCT product_id FROM ats_listing
             WHERE company_id = %s AND active AND (%s::int[] IS NULL OR id = ANY(%s::int[])) ORDER BY 1
        """, [company_id, listing_ids, listing_ids])
        product_ids = [product for product, in self.env.cr.fetchall()]
        rows = []
        for start in range(0, len(product_ids), BATCH_PRODUCTS_MAX):
            batch = product_ids[start:start + BATCH_PRODUCTS_MAX]
            with self._told_to_the_user():
                known = facts.read(self.env.cr, company_id, batch, self._fact_sources(), listing_ids)
                levels = computation.compute(known).rows()
            listed = known.listed()
            for level in levels:
                channel_id, product_id = listed[level.listing_id]
                rows.append({
                    'listing_id': level.listing_id, 'channel_id': channel_id, 'product_id': product_id,
                    'node_id': level.node_id, 'quantity': Decimal(level.quantity) / MILLION,
                    'reasons': level.reasons,
                })
        return sorted(rows, key=lambda row: row['listing_id'])

    @api.model
    def _free_by_node(self, channel, products):
        """What each node of a channel could ship of some products now, beside everybody's promises; rules left out.

        For choosing the node of an order. Reads what the current transaction sees.

        :return: {product id: {node id: Decimal}}; products that are not tracked in stock are missing
        :raise UserError: the facts of a product cannot be computed
        """
        self.env.flush_all()
        with self._told_to_the_user():
            known = facts.read(self.env.cr, channel.company_id.id, products.ids, self._fact_sources(),
                               listing_ids=[], with_rules=False)
            facts.offer_everything(known, channel.id)
            levels = computation.compute(known).rows()
        free = {product: {} for product in known.offered}
        for level in levels:
            # A listing made for asking has the product's id.
            free[level.listing_id][level.node_id] = Decimal(level.quantity) / MILLION
        return free

    @contextmanager
    def _told_to_the_user(self):
        """Tell whoever asked what the engine refuses."""
        try:
            yield
        except (ats_engine.WorldError, ats_engine.CopyError) as error:
            raise UserError(self.env._(
                "Availability cannot be computed: %(code)s, %(message)s", code=error.code, message=error)) from error


def _wake_now(registry):
    """Trigger the scheduled action in a transaction of its own. Never raises: the caller's data is committed already,
    and the action may be gone because the module is being uninstalled by another process."""
    try:
        with read_committed(registry) as cr:
            # The database's clock: with the application's, a host ahead of it would be woken for nothing.
            cr.execute(f"""
                INSERT INTO ir_cron_trigger (cron_id, call_at, create_date, write_date, create_uid, write_uid)
                SELECT c.id, {NOW_SQL}, {NOW_SQL}, {NOW_SQL}, %(user)s, %(user)s
                  FROM ir_model_data d JOIN ir_cron c ON c.id = d.res_id AND c.active
                 WHERE d.module = 'ats_inventory' AND d.name = 'ir_cron_ats_refresh' AND d.model = 'ir.cron'
            """, {'user': SUPERUSER_ID})
            if cr.rowcount:
                cr.postcommit.add(api.Environment(cr, SUPERUSER_ID, {})['ir.cron']._notifydb)
    except Exception:  # noqa: BLE001 - see above
        _logger.warning("Could not wake the refresh; it runs within a minute", exc_info=True)


def _ensure_triggers(dbname):
    """Make missing triggers. A failure is logged only: every run of the refresh tries again."""
    try:
        triggers.ensure(dbname)
    except psycopg2.errors.LockNotAvailable:
        _logger.info("A table is too busy to get its triggers now; the next refresh tries again")
    except Exception:  # noqa: BLE001 - loading a registry must not fail because the warehouse is busy
        _logger.exception("The triggers that mark stock changes could not be made yet")
