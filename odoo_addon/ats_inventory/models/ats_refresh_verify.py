# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import time
from dataclasses import asdict, dataclass, field

import ats_engine

from odoo import api, models

from .. import computation, facts, level_store, work_queue
from ..clock import read_committed, snapshot
from ..const import BATCH_PRODUCTS_MAX, DIFFERENCES_KEPT_MAX, VERIFY_BUDGET_S, VERIFY_PRODUCTS_MAX, VERIFY_THREADS
from .ats_refresh import PRODUCT_FAULTS


@dataclass
class Verified:
    """What a verification has seen so far."""

    #: [company id, last product id] from which the next slice goes on; None when everything was verified.
    cursor: list | None = None
    products: int = 0
    levels: int = 0
    #: Products that cannot be computed: parked, with the reason shown there.
    refused: int = 0
    #: Products with work of their own under way: the refresh takes care of them.
    busy: int = 0
    #: Levels that were not what the facts say, and have been repaired.
    repaired: int = 0
    #: The first of them: {'listing_id', 'node_id', 'stored', 'computed'}; quantities as text, None where there was or is
    #: no level; equal where only the waterfall was wrong.
    differences: list = field(default_factory=list)


class AtsRefresh(models.AbstractModel):
    _inherit = 'ats.refresh'

    @api.model
    def _verify(self, budget_s=VERIFY_BUDGET_S, cursor=None):
        """Compute everything again in slices, compare with the stored levels, and repair and report what differs.

        There should be nothing: a difference means that a change left no mark. Slices are read without any lock. What
        differs is computed again under the locks of its products, and counts only if no work for it is under way. Before
        each slice the refresh's own work is done, so a level that is to become zero waits for one slice at most.

        :param budget_s: seconds after which no new slice is begun
        :param cursor: `cursor` of the call before, or None to begin
        :return: dict of the fields of Verified, of this call alone; to be called again until its cursor is None
        """
        deadline = time.monotonic() + budget_s
        found = Verified()
        after = tuple(cursor or (0, 0))
        while True:
            found.cursor = list(after)
            if not self._work_done(deadline):
                break
            with snapshot(self.env.registry) as cr:
                company_id, product_ids = level_store.slice_after(cr, after, VERIFY_PRODUCTS_MAX)
            if not product_ids:
                found.cursor = None
                break
            self._verify_slice(company_id, product_ids, found)
            after = (company_id, product_ids[-1])
        return asdict(found)

    def _work_done(self, deadline):
        """Do the work of the refresh; false if the deadline comes first."""
        while time.monotonic() < deadline:
            progress, _computed = self._step()
            if not progress:
                return True
        return False

    def _verify_slice(self, company_id, product_ids, found):
        """Compare a slice without locks and look closer at what differs."""
        try:
            with snapshot(self.env.registry) as cr:
                known = facts.read(cr, company_id, product_ids, self._fact_sources())
                answer = computation.compute(known, threads=VERIFY_THREADS)
                changes, _stored = level_store.diff(cr, answer)
                suspects = sorted(level_store.products_of(cr, answer, changes))
        except (*PRODUCT_FAULTS, ats_engine.DeadlineExceeded, MemoryError):
            # One product that cannot be computed, or more of them than can be at once.
            if len(product_ids) == 1:
                found.products += 1
                found.refused += 1
                return
            middle = len(product_ids) // 2
            self._verify_slice(company_id, product_ids[:middle], found)
            self._verify_slice(company_id, product_ids[middle:], found)
            return
        found.products += len(product_ids)
        found.refused += len(known.refused)
        found.levels += len(answer.levels)
        for start in range(0, len(suspects), BATCH_PRODUCTS_MAX):
            self._verify_again(company_id, suspects[start:start + BATCH_PRODUCTS_MAX], found)

    def _verify_again(self, company_id, product_ids, found):
        """Compute products under their locks, and repair those that no work of the refresh is about to repair."""
        registry, sources = self.env.registry, self._fact_sources()
        with read_committed(registry) as cr:
            self._lock_products(cr, company_id, product_ids)
            with snapshot(registry) as facts_cr:
                # One moment for both, or a change that comes due between them would look like a repair.
                now = facts.moment(facts_cr)
                busy = work_queue.under_way(facts_cr, company_id, product_ids, sources, now)
                quiet = [product for product in product_ids if product not in busy]
                answer = computation.compute(facts.read(facts_cr, company_id, quiet, sources, now=now))
                changes, stored = level_store.diff(facts_cr, answer)
            found.busy += len(busy)
            differences = level_store.differences(answer, changes, stored)
            if differences:
                self._write_changes(cr, answer, changes)
        found.repaired += len(differences)
        found.differences += differences[:DIFFERENCES_KEPT_MAX - len(found.differences)]
