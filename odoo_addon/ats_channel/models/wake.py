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
                    if cron:
                        cron._trigger()
        except Exception:  # noqa: BLE001 - see the docstring of _after_commit
            _logger.warning("Scheduled actions %s could not be woken; they run within a minute", xmlids, exc_info=True)
