# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Asking for a run of our scheduled actions, apart from the transaction that made the work."""

import logging

from odoo import api, models
from odoo.tools import config

from .. import const
from ..cursor import read_committed

_logger = logging.getLogger(__name__)


class AtsWake(models.AbstractModel):
    _name = "ats.wake"
    _description = "Wake of scheduled actions"

    @api.model
    def _publishers_in_use(self):
        """How many publishers may be in channel I/O at once, so that one cron worker is always free to refresh."""
        return max(1, min(const.PUBLISHERS, (config["max_cron_threads"] or 0) - 1))

    @api.model
    def _may_linger(self):
        """Whether a publisher may wait for a channel: only beside a cron worker that is never in channel I/O."""
        return self._publishers_in_use() < (config["max_cron_threads"] or 0)

    @api.model
    def _publishers(self):
        """Wake every publisher in use once the current transaction is committed."""
        numbers = range(1, self._publishers_in_use() + 1)
        self._after_commit([f"ats_channel.ir_cron_ats_publish_{number}" for number in numbers])

    @api.model
    def _importers(self):
        """Wake the importers once the current transaction is committed."""
        numbers = range(1, const.IMPORTERS + 1)
        self._after_commit([f"ats_channel.ir_cron_ats_import_{number}" for number in numbers])

    @api.model
    def _after_commit(self, xmlids):
        """Trigger these scheduled actions after the commit, at most once per transaction.

        Waking is a convenience: what is not woken runs within a minute. So it happens in a transaction of its
        own after the commit, and whatever goes wrong there is logged and never reaches the caller, whose data is
        already committed.
        """
        wanted = self.env.cr.postcommit.data.setdefault("ats_channel.wake", set())
        if not wanted:
            registry = self.env.registry
            self.env.cr.postcommit.add(lambda: self._trigger_now(registry, sorted(wanted)))
        wanted.update(xmlids)

    @api.model
    def _trigger_now(self, registry, xmlids):
        try:
            with read_committed(registry) as env:
                for xmlid in xmlids:
                    cron = env.ref(xmlid, raise_if_not_found=False)
                    if cron and not env["ats.wake"]._is_pending(cron):
                        cron._trigger()
        except Exception:  # noqa: BLE001 - see the docstring of _after_commit
            _logger.warning("Scheduled actions %s could not be woken; they run within a minute", xmlids, exc_info=True)

    @api.model
    def _is_pending(self, cron):
        """Whether a run of `cron` is asked for and has not begun: it will see what this transaction commits.

        A run begins by deleting its triggers, in a transaction that lasts as long as the run: what is locked belongs
        to a run under way, which may be past our work. What is not locked we hold until our commit, so that the
        run cannot begin before it. READ COMMITTED only. Saves a row and a NOTIFY for each delivery of a burst.
        """
        self.env.cr.execute(
            """
            SELECT 1 FROM ir_cron_trigger
             WHERE cron_id = %s AND call_at <= (clock_timestamp() AT TIME ZONE 'UTC')
             LIMIT 1 FOR KEY SHARE SKIP LOCKED
            """,
            [cron.id],
        )
        return self.env.cr.fetchone() is not None
