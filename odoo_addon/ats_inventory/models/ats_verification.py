# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Full verification: everything is computed anew beside the stored levels; what differs is repaired and reported."""
import logging
import time
from datetime import timedelta

import psycopg2
import psycopg2.errors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ..clock import NOW_SQL, read_committed
from ..columns import PlainMany2one
from ..const import CLEANUP_ROWS_MAX, VERIFICATION_BUDGET_S, VERIFICATION_DAYS_KEPT, VERIFICATION_LINES_MAX, VERIFICATION_RETRY_S
from .ats_refresh import PASSING_FAULTS

_logger = logging.getLogger(__name__)

MANAGER = 'ats_inventory.group_ats_manager'


class AtsVerification(models.Model):
    """One run over all listed products of all companies, in slices that any worker may take up.

    The comparison itself is ats.refresh._verify's. Invariants: at most one run is open; what a worker found and the place
    it came to are one transaction under the lock of the run's row, so that a killed worker loses that part only and no two
    work at the same run.
    """

    _name = 'ats.verification'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Verification of Levels"
    _order = 'id desc'
    _rec_name = 'started_at'

    started_at = fields.Datetime("Started", readonly=True)
    finished_at = fields.Datetime("Finished", readonly=True)
    user_id = fields.Many2one('res.users', "Asked For By", readonly=True, help="Empty: by the schedule.")
    state = fields.Selection([('open', "Running"), ('done', "Finished")], required=True, readonly=True, default='open')
    product_total = fields.Integer("Products to Verify", readonly=True, aggregator=None)
    product_count = fields.Integer("Products Verified", readonly=True)
    level_count = fields.Integer("Levels Verified", readonly=True)
    waiting_count = fields.Integer(
        "Left to the Refresh", readonly=True, help="Products that differ because a change is waiting to be computed, or that are parked.")
    repaired_count = fields.Integer("Levels Repaired", readonly=True, help="Stored levels that said something else. Nothing is the normal.")
    cursor_company = fields.Integer(readonly=True)
    cursor_product = fields.Integer(readonly=True)
    progress = fields.Float("Progress", compute='_compute_progress')
    verdict = fields.Char("Result", compute='_compute_verdict')
    line_ids = fields.One2many('ats.verification.line', 'verification_id', "Repaired Levels", readonly=True)

    _one_open = models.UniqueIndex("(state) WHERE state = 'open'", "A verification is running already.")

    @api.depends('product_total', 'product_count', 'state')
    def _compute_progress(self):
        for run in self:
            run.progress = 100.0 if run.state == 'done' else min(100.0 * run.product_count / (run.product_total or 1), 100.0)

    @api.depends('state', 'repaired_count')
    def _compute_verdict(self):
        for run in self:
            if run.repaired_count:
                run.verdict = self.env._("%(count)s levels repaired", count=run.repaired_count)
            else:
                run.verdict = self.env._("Every level is right") if run.state == 'done' else self.env._("Nothing found so far")

    # --- starting ------------------------------------------------------------------------------------------------

    @api.model
    def action_verify_now(self):
        """Start a run, or join the one that is open, and show it. For managers."""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Available to Sell start a verification."))
        with read_committed(self.env.registry) as cr:
            run_id = self._open(cr, self.env.uid)
        self.env.ref('ats_inventory.ir_cron_ats_verification').sudo()._trigger()
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': run_id, 'views': [(False, 'form')],
            'name': self.env._("Verification"),
        }

    @api.model
    def _open(self, cr, user_id=None):
        """Id of the open run, made if there is none."""
        cr.execute(f"""
            INSERT INTO ats_verification (started_at, user_id, state, product_total, product_count, level_count, waiting_count,
                                          repaired_count, cursor_company, cursor_product, create_uid, create_date)
            SELECT {NOW_SQL}, %(user)s, 'open', (SELECT count(*) FROM ({_PRODUCTS_SQL}) p), 0, 0, 0, 0, 0, 0, %(creator)s, {NOW_SQL}
            ON CONFLICT (state) WHERE state = 'open' DO NOTHING""", {'user': user_id, 'creator': user_id or SUPERUSER_ID})
        cr.execute("SELECT id FROM ats_verification WHERE state = 'open'")
        return cr.fetchone()[0]

    # --- the scheduled action --------------------------------------------------------------------------------------

    @api.model
    def _run_scheduled(self, budget_s=VERIFICATION_BUDGET_S):
        """Work at the open run for `budget_s` seconds and ask to go on if it is not finished. Opens one if the last is over. Never raises."""
        deadline = time.monotonic() + budget_s
        run_id = None
        try:
            with read_committed(self.env.registry) as cr:
                run_id = self._open(cr)
            while self._part(run_id, max(deadline - time.monotonic(), 0)):
                if 'ir_cron_progress_id' in self.env.context:
                    self.env['ir.cron']._commit_progress(1)
                if time.monotonic() >= deadline:
                    with self.env.registry.cursor() as cr:
                        self.env(cr=cr).ref('ats_inventory.ir_cron_ats_verification')._trigger()
                    return
        except psycopg2.errors.UndefinedTable:
            _logger.info("The tables of the verification are gone")
        except PASSING_FAULTS as error:
            # A lock or a lost connection: what is done is stored, and the next wake goes on behind it.
            _logger.info("The verification stopped and goes on in %s seconds: %s", VERIFICATION_RETRY_S, error)
            self._wake_later(run_id)
        except Exception:  # noqa: BLE001 - an exception would only postpone the action by a day
            _logger.exception("The verification stopped; it goes on with its next run")

    def _wake_later(self, run_id):
        """Have a run gone on with after a pause, if it is not over. None: one that could not be opened.

        Never raises: what stopped the run may stop this too; then it waits for the schedule.
        """
        try:
            with self.env.registry.cursor() as cr:
                env = self.env(cr=cr)
                if not run_id or env[self._name].browse(run_id).state == 'open':
                    env.ref('ats_inventory.ir_cron_ats_verification')._trigger(
                        at=fields.Datetime.now() + timedelta(seconds=VERIFICATION_RETRY_S))
        except Exception:  # noqa: BLE001 - see above
            _logger.warning("The verification could not be woken; it goes on with its next run", exc_info=True)

    def _part(self, run_id, budget_s):
        """Go on with a run for some seconds; false if it is at its end, or another worker is at it."""
        with read_committed(self.env.registry) as cr:
            cr.execute("""
                SELECT cursor_company, cursor_product FROM ats_verification
                 WHERE id = %s AND state = 'open' FOR UPDATE SKIP LOCKED""", [run_id])
            place = cr.fetchone()
            if not place:
                return False
            found = self.env['ats.refresh']._verify(budget_s, list(place))
            self._account(cr, run_id, found)
            if found['cursor']:
                return True
            cr.execute(f"UPDATE ats_verification SET state = 'done', finished_at = {NOW_SQL} WHERE id = %s", [run_id])
        self._tell(run_id)
        return False

    def _account(self, cr, run_id, found):
        """Add what ats.refresh._verify found to the run."""
        cr.execute("""
            UPDATE ats_verification
               SET product_count = product_count + %s, level_count = level_count + %s, waiting_count = waiting_count + %s,
                   repaired_count = repaired_count + %s, cursor_company = COALESCE(%s, cursor_company),
                   cursor_product = COALESCE(%s, cursor_product)
             WHERE id = %s""", [
                found['products'], found['levels'], found['busy'] + found['refused'], found['repaired'],
                *(found['cursor'] or (None, None)), run_id])
        cr.execute("SELECT count(*) FROM ats_verification_line WHERE verification_id = %s", [run_id])
        room = max(VERIFICATION_LINES_MAX - cr.fetchone()[0], 0)
        for one in found['differences'][:room]:
            kind = ('missing' if one['stored'] is None else 'surplus' if one['computed'] is None
                    else 'quantity' if one['stored'] != one['computed'] else 'waterfall')
            cr.execute("""
                INSERT INTO ats_verification_line (verification_id, company_id, listing_id, product_id, node_id, stored, computed, kind)
                SELECT %s, l.company_id, l.id, l.product_id, %s, %s, %s, %s FROM ats_listing l WHERE l.id = %s""", [
                    run_id, one['node_id'], one['stored'], one['computed'], kind, one['listing_id']])

    def _tell(self, run_id):
        """Give managers something to do if a run had to repair: levels are not meant to be wrong."""
        with self.env.registry.cursor() as cr:
            env = self.env(cr=cr, user=SUPERUSER_ID)
            run = env[self._name].browse(run_id)
            if not run.repaired_count:
                return
            _logger.warning("Verification %s repaired %s levels", run.id, run.repaired_count)
            for manager in env.ref(MANAGER).all_user_ids.filtered(lambda user: user.active and not user.share and user.id != SUPERUSER_ID):
                run.with_context(mail_activity_quick_update=True).activity_schedule(
                    'mail.mail_activity_data_warning', user_id=manager.id,
                    summary=self.env._("%(count)s levels were wrong and have been repaired", count=run.repaired_count),
                    note=self.env._("A stored level said something else than the stock. Somebody may have changed it by hand."))

    @api.autovacuum
    def _gc_verifications(self):
        """Delete old runs with their lines."""
        old = self.search([('finished_at', '<', fields.Datetime.now() - timedelta(days=VERIFICATION_DAYS_KEPT))], limit=CLEANUP_ROWS_MAX)
        old.unlink()
        return len(old), len(old) == CLEANUP_ROWS_MAX


#: Products with a level, or that ought to have one: (company_id, product_id).
_PRODUCTS_SQL = """
    SELECT l.company_id, l.product_id FROM ats_listing l WHERE l.active
    UNION SELECT v.company_id, v.product_id FROM ats_level v"""


class AtsVerificationLine(models.Model):
    """A level that said something else than the facts, and what it says now."""

    _name = 'ats.verification.line'
    _inherit = 'ats.loose'
    _description = "Repaired Level"
    _log_access = False
    _rec_name = 'listing_id'

    verification_id = fields.Many2one('ats.verification', "Verification", required=True, readonly=True, ondelete='cascade', index=True)
    company_id = PlainMany2one('res.company', "Company", required=True, readonly=True)
    listing_id = PlainMany2one('ats.listing', "Listing", readonly=True)
    product_id = PlainMany2one('product.product', "Product", readonly=True)
    node_id = PlainMany2one('ats.node', "Node", readonly=True)
    stored = fields.Char("Stored", readonly=True, help="Empty: there was no such level.")
    computed = fields.Char("Computed", readonly=True, help="Empty: there is no such level.")
    kind = fields.Selection([
        ('quantity', "Another quantity"),
        ('waterfall', "Another explanation"),
        ('missing', "Was missing"),
        ('surplus', "Should not be there"),
    ], "What Was Wrong", required=True, readonly=True)
