# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""From a stored document to a record of Odoo: claim, import one by one, each in a transaction of its own."""

import logging
import random
import time
import uuid

import psycopg2
from psycopg2 import errors as pg_errors

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError

from .. import const
from ..backoff import pause_s
from ..cursor import read_committed
from ..errors import InboxError, InboxParked, InboxRejected

_logger = logging.getLogger(__name__)

# Another transaction was faster: the same work in a new transaction usually passes. A unique violation is one of
# them, since the other one may have just made the same order: the next try finds it.
PASSING_ERRORS = (
    pg_errors.SerializationFailure,
    pg_errors.DeadlockDetected,
    pg_errors.LockNotAvailable,
    pg_errors.UniqueViolation,
)

OTHER_IMPORTERS = [f"ats_channel.ir_cron_ats_import_{number}" for number in range(2, const.IMPORTERS + 1)]

CLAIM_SQL = """
    WITH claimed AS (
        SELECT inbox.id
          FROM ats_inbox AS inbox
          JOIN ats_channel AS channel ON channel.id = inbox.channel_id
         WHERE inbox.state = 'received' AND channel.active AND channel.state IN ('test', 'live')
           AND (inbox.not_before IS NULL OR inbox.not_before <= (clock_timestamp() AT TIME ZONE 'UTC'))
           AND (inbox.lease_until IS NULL OR inbox.lease_until <= (clock_timestamp() AT TIME ZONE 'UTC'))
           AND (%(only)s::int[] IS NULL OR inbox.id = ANY(%(only)s))
         ORDER BY inbox.id
         LIMIT %(limit)s
           FOR NO KEY UPDATE OF inbox SKIP LOCKED)
    UPDATE ats_inbox AS inbox
       SET lease_token = %(token)s, attempts = inbox.attempts + 1,
           lease_until = (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %(lease)s)
      FROM claimed
     WHERE inbox.id = claimed.id
    RETURNING inbox.id, inbox.attempts
"""


class AtsInbox(models.Model):
    _inherit = "ats.inbox"

    @api.model
    def _run_import(self, budget_s=const.IMPORT_BUDGET_S, only=None):
        """Entry of the scheduled actions *import 1..2*: import what was received until the budget ends. Never raises.

        Returns the number of rows settled.
        """
        # Ends the transaction the scheduled action's cursor may have begun; ours are apart from it.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        deadline = time.monotonic() + budget_s
        settled = 0
        try:
            while time.monotonic() < deadline:
                token, rows = self._claim_rows(only)
                if not rows:
                    return settled
                if len(rows) == const.INBOX_CLAIM_ROWS and not settled:
                    self.env["ats.wake"]._trigger_now(self.env.registry, OTHER_IMPORTERS)
                for position, (inbox_id, attempts) in enumerate(rows):
                    if time.monotonic() >= deadline:
                        self._give_back(token, [row[0] for row in rows[position:]])
                        break
                    self._import_claimed(inbox_id, token, attempts)
                    settled += 1
            self.env["ats.wake"]._trigger_now(self.env.registry, ["ats_channel.ir_cron_ats_import_1"])
        except Exception as error:  # noqa: BLE001 - a scheduled action that raises loses its triggers
            _logger.error("importer stopped: %s; what it held is imported when its lease ends", type(error).__name__)
        return settled

    @api.model
    def _claim_rows(self, only=None):
        """Lease the oldest received rows; an attempt counts here, so that a row that kills its worker is counted."""
        token = str(uuid.uuid4())
        with read_committed(self.env.registry) as env:
            env.cr.execute(
                CLAIM_SQL,
                {"only": only, "limit": const.INBOX_CLAIM_ROWS, "token": token, "lease": const.LEASE_S},
            )
            return token, sorted(env.cr.fetchall())

    @api.model
    def _give_back(self, token, ids):
        with read_committed(self.env.registry) as env:
            env.cr.execute(
                """
                UPDATE ats_inbox SET lease_token = NULL, lease_until = NULL, attempts = attempts - 1
                 WHERE id = ANY(%s) AND lease_token = %s
                """,
                [ids, token],
            )

    @api.model
    def _import_claimed(self, inbox_id, token, attempts):
        """Import one leased row and settle its state; every failure becomes a state with a coded reason."""
        if attempts > const.IMPORT_ATTEMPTS_MAX:
            self._settle_row(
                inbox_id, token, "parked", "too_many_attempts", "The import did not come back from several attempts."
            )
            return
        for attempt in range(1, const.IMPORT_RETRIES_MAX + 1):
            try:
                self._import_in_transaction(inbox_id, token)
                return
            except InboxError as error:
                state = "rejected" if isinstance(error, InboxRejected) else "parked"
                self._settle_row(inbox_id, token, state, error.code, error.message)
                return
            except (UserError, AccessError) as error:  # ValidationError is a UserError
                self._settle_row(inbox_id, token, "parked", "odoo_refused", str(error))
                return
            except PASSING_ERRORS:
                if attempt < const.IMPORT_RETRIES_MAX:
                    time.sleep(random.uniform(0, 0.05 * 2**attempt))
            except psycopg2.OperationalError:
                raise  # the database is gone: nothing can be settled
            except Exception as error:  # noqa: BLE001 - one bad order never stops the next
                # The text of an unknown error may hold a buyer's data: only its type is kept and logged.
                _logger.error("inbox row %s: the import failed with %s", inbox_id, type(error).__name__)
                self._import_later(inbox_id, token, attempts, type(error).__name__)
                return
        self._import_later(inbox_id, token, attempts, "SerializationFailure")

    @api.model
    def _import_in_transaction(self, inbox_id, token):
        """The order and the row's new state commit together, and only if the lease is still ours."""
        # Business records are written as Odoo writes them: REPEATABLE READ, retried by the caller.
        with self.env.registry.cursor() as cr:
            row = api.Environment(cr, SUPERUSER_ID, {})["ats.inbox"].browse(inbox_id)
            company = row.company_id
            row = row.with_company(company).with_context(allowed_company_ids=company.ids)
            result = row._import_one()
            row.env.flush_all()
            cr.execute(
                """
                UPDATE ats_inbox
                   SET state = 'imported', imported_at = (clock_timestamp() AT TIME ZONE 'UTC'),
                       reason_code = NULL, reason_message = NULL, lease_token = NULL, lease_until = NULL,
                       result_model = %s, result_id = %s
                 WHERE id = %s AND lease_token = %s
                """,
                [result._name, result.id, inbox_id, token],
            )
            if not cr.rowcount:
                _logger.info("inbox row %s: its lease ended before its import; undone", inbox_id)
                cr.rollback()

    def _import_one(self):
        """Translate this row and hand it to the importer of orders; returns the record made.

        :raises InboxParked: e.g. `no_importer`, `order_changed`
        :raises InboxRejected: the document can never be imported
        """
        self.ensure_one()
        self._check_not_changed()
        document = self.channel_id._inbound_translate((self.body or "").encode())
        if "ats.order" not in self.env:
            raise InboxParked("no_importer", "Install the module that imports orders into Sales, then replay.")
        return self.env["ats.order"]._import(self, document)

    def _check_not_changed(self):
        """The same number with another content is a decision for a person.

        An operator's replay decides for this row, unless another one has been imported already.
        """
        domain = [
            ("channel_id", "=", self.channel_id.id),
            ("external_id", "=", self.external_id),
            ("digest", "!=", self.digest),
        ]
        if self.replays:
            domain.append(("state", "=", "imported"))
        else:
            domain += ["|", ("state", "=", "imported"), "&", ("state", "!=", "rejected"), ("id", "<", self.id)]
        if self.search_count(domain, limit=1):
            raise InboxParked(
                "order_changed", "The channel sent this order before with another content; nothing was changed."
            )

    # --- settling ---------------------------------------------------------------------------------------------

    @api.model
    def _settle_row(self, inbox_id, token, state, code, message):
        with read_committed(self.env.registry) as env:
            env.cr.execute(
                """
                UPDATE ats_inbox
                   SET state = %s, reason_code = %s, reason_message = %s, lease_token = NULL, lease_until = NULL
                 WHERE id = %s AND lease_token = %s
                """,
                [state, code, message[: const.MESSAGE_CHARS_MAX], inbox_id, token],
                log_exceptions=False,
            )

    @api.model
    def _import_later(self, inbox_id, token, attempts, name):
        """A fault that may pass: again after a pause, parked after the last attempt."""
        if attempts >= const.IMPORT_ATTEMPTS_MAX:
            self._settle_row(inbox_id, token, "parked", "import_error", f"The import failed with {name}.")
            return
        with read_committed(self.env.registry) as env:
            env.cr.execute(
                """
                UPDATE ats_inbox
                   SET reason_code = 'import_error', reason_message = %s, lease_token = NULL, lease_until = NULL,
                       not_before = (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %s)
                 WHERE id = %s AND lease_token = %s
                """,
                [f"The import failed with {name}.", pause_s(attempts), inbox_id, token],
            )
