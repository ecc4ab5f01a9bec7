# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The last of the three steps: what an answer does to the send, its rows and the channel."""

import logging

from odoo import api, models

from .. import const, http
from ..backoff import pause_s
from ..cursor import read_committed
from ..errors import ChannelError, ChannelMisconfigured, ChannelRefused, ChannelRetry
from .publisher import LOCK_ROWS_SQL

_logger = logging.getLogger(__name__)

ACK_SQL = """
    UPDATE ats_publication AS p
       SET acked_generation = sent.generation, acked_quantity = sent.quantity,
           acked_at = (clock_timestamp() AT TIME ZONE 'UTC'),
           send_id = NULL, attempts = 0, not_before = NULL, batch_limit = NULL,
           error_code = NULL, error_message = NULL,
           state = CASE WHEN p.desired_generation = sent.generation THEN 'done' ELSE 'due' END,
           lane = CASE WHEN p.desired_quantity <= 0 THEN 0
                       WHEN p.desired_quantity < sent.quantity THEN 1 ELSE 2 END
      FROM (SELECT (item->>0)::int AS id, (item->>1)::bigint AS generation, (item->>2)::numeric AS quantity
              FROM ats_send, jsonb_array_elements(ats_send.rows::jsonb) AS item WHERE ats_send.id = %(send)s) AS sent
     WHERE p.id = sent.id AND p.send_id = %(send)s AND NOT (p.id = ANY(%(refused)s))
       AND COALESCE(p.acked_generation, -1) < sent.generation
"""

PARK_SQL = """
    UPDATE ats_publication AS p
       SET send_id = NULL, error_code = %(code)s, error_message = %(message)s, batch_limit = 1,
           state = CASE WHEN p.desired_generation = sent.generation THEN 'parked' ELSE 'due' END,
           not_before = CASE WHEN p.desired_generation = sent.generation THEN NULL
                             ELSE (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %(later)s) END
      FROM (SELECT (item->>0)::int AS id, (item->>1)::bigint AS generation
              FROM ats_send, jsonb_array_elements(ats_send.rows::jsonb) AS item WHERE ats_send.id = %(send)s) AS sent
     WHERE p.id = sent.id AND p.send_id = %(send)s AND p.id = ANY(%(ids)s)
"""


class AtsPublisher(models.AbstractModel):
    _inherit = "ats.publisher"

    @api.model
    def _finish(self, claim, outcome):
        """Second transaction: write down what came of the call. Does nothing if the lease was lost meanwhile.

        `outcome`: an `http.Response` or a ChannelError. Returns False when another publisher has the send.
        """
        with read_committed(self.env.registry) as env:
            # Locks are always taken in the order health, send, rows.
            env.cr.execute(
                "SELECT 1 FROM ats_channel_health WHERE channel_id = %s FOR NO KEY UPDATE", [claim.channel_id]
            )
            env.cr.execute(
                """
                UPDATE ats_send
                   SET lease_token = NULL, lease_until = NULL, answered_at = (clock_timestamp() AT TIME ZONE 'UTC')
                 WHERE id = %s AND lease_token = %s
                """,
                [claim.send_id, claim.token],
            )
            if not env.cr.rowcount:
                _logger.info("send %s: its lease ended before its answer; the answer is ignored", claim.send_id)
                return False
            env.cr.execute(LOCK_ROWS_SQL, [claim.send_id])
            send = env["ats.send"].browse(claim.send_id)
            env["ats.publisher"]._settle(send, claim, outcome)
        return True

    @api.model
    def _settle(self, send, claim, outcome):
        channel = send.channel_id.with_company(send.company_id)
        refused = {}
        error = outcome if isinstance(outcome, ChannelError) else None
        if error is None:
            self._note_answer(send, channel, outcome)
            try:
                refused = self._read_answer(channel, send, outcome)
            except ChannelError as raised:
                error = raised
        if error is None:
            self._settle_rows(send, refused)
            self._mark_send(send, "refused" if len(refused) == send.row_count else "acknowledged")
            self.env["ats.channel.health"]._succeed(self.env.cr, channel.id)
            return
        self._settle_failed_send(send, channel, claim, error)

    @api.model
    def _read_answer(self, channel, send, response):
        """The rows refused; an adapter that stumbles over an answer makes it an unknown outcome, not a crash."""
        http.raise_for_status(response)
        ids = [row[0] for row in send.rows]
        publications = self.env["ats.publication"].browse(ids).exists()
        by_id = {publication.id: publication for publication in publications}
        found = [
            (row[0], row[1], row[2], by_id[row[0]].listing_id.external_id, by_id[row[0]].node_id.id)
            for row in send.rows
            if row[0] in by_id
        ]
        try:
            refused = channel._push_answer(response, self._described(channel, found))
        except ChannelError:
            raise
        except Exception as error:  # noqa: BLE001 - answers come from outside
            _logger.exception("send %s: the answer could not be read", send.uuid)
            raise ChannelRetry(
                "answer_unreadable", f"The channel's answer cannot be read ({type(error).__name__}).", answered=True
            ) from error
        return {publication_id: why for publication_id, why in refused.items() if publication_id in ids}

    # --- outcomes ---------------------------------------------------------------------------------------------

    @api.model
    def _settle_rows(self, send, refused):
        """Acknowledge all rows of `send` but those `refused`, which are parked with the channel's words."""
        cr = self.env.cr
        cr.execute(ACK_SQL, {"send": send.id, "refused": list(refused)})
        for (code, message), ids in self._by_reason(refused).items():
            cr.execute(
                PARK_SQL,
                {
                    "send": send.id,
                    "ids": ids,
                    "code": code[: const.INBOX_HEADER_CHARS_MAX],
                    "message": send.channel_id._masked(message)[: const.MESSAGE_CHARS_MAX],
                    "later": const.PARKED_RETRY_S,
                },
            )
        # An acknowledged generation that is not newer than the known one changes nothing but is answered too.
        cr.execute(
            """
            UPDATE ats_publication
               SET send_id = NULL, state = CASE WHEN desired_generation = acked_generation THEN 'done'
                                                WHEN desired_generation < acked_generation THEN 'parked' ELSE 'due' END,
                   error_code = CASE WHEN desired_generation < acked_generation THEN 'generation_fell' END,
                   error_message = CASE WHEN desired_generation < acked_generation THEN %s END
             WHERE send_id = %s
            """,
            [self.env._("The channel has acknowledged a generation that is newer than the level's."), send.id],
        )
        ids = [row[0] for row in send.rows]
        cr.execute("DELETE FROM ats_publication WHERE id = ANY(%s) AND withdrawn AND state = 'done'", [ids])

    @api.model
    def _by_reason(self, refused):
        reasons = {}
        for publication_id, reason in refused.items():
            reasons.setdefault(tuple(reason), []).append(publication_id)
        return reasons

    @api.model
    def _settle_failed_send(self, send, channel, claim, error):
        if isinstance(error, ChannelRefused):
            self._settle_refused_batch(send, error)
            self.env["ats.channel.health"]._succeed(self.env.cr, channel.id)
            return
        if isinstance(error, ChannelMisconfigured) or getattr(error, "delivered", None) is False:
            # Nothing was taken: the rows travel with their newest value next time, under a new id.
            self._mark_send(send, "failed", error)
            self._release_rows(send)
            self._settle_channel(channel, error)
            return
        errors = send.server_errors + (1 if getattr(error, "answered", False) else 0)
        if errors >= const.SERVER_ERRORS_BEFORE_SPLIT:
            # The same bytes broke the channel again and again: find the row that does it.
            self._settle_refused_batch(send, error)
            self._settle_channel(channel, error)
            return
        wait = self._settle_channel(channel, error)
        self.env.cr.execute(
            """
            UPDATE ats_send
               SET state = 'unknown', server_errors = %s, error_code = %s, error_message = %s,
                   not_before = (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %s)
             WHERE id = %s
            """,
            [errors, error.code, channel._masked(error.message)[: const.MESSAGE_CHARS_MAX], wait, send.id],
        )

    @api.model
    def _settle_refused_batch(self, send, error):
        """Halve a batch that was refused as a whole, until the row that is to blame is alone and parked."""
        self._mark_send(send, "refused", error)
        if send.row_count == 1:
            refused = {row[0]: (error.code, error.message) for row in send.rows}
            self._settle_rows(send, refused)
            return
        self._release_rows(send, batch_limit=max(1, send.row_count // 2))

    @api.model
    def _release_rows(self, send, batch_limit=None):
        self.env.cr.execute(
            """
            UPDATE ats_publication SET send_id = NULL, state = 'due', batch_limit = COALESCE(%s, batch_limit)
             WHERE send_id = %s
            """,
            [batch_limit, send.id],
        )

    @api.model
    def _mark_send(self, send, state, error=None):
        message = send.channel_id._masked(error.message)[: const.MESSAGE_CHARS_MAX] if error else None
        self.env.cr.execute(
            "UPDATE ats_send SET state = %s, error_code = %s, error_message = %s, not_before = NULL WHERE id = %s",
            [state, error.code if error else None, message, send.id],
        )

    @api.model
    def _note_answer(self, send, channel, response):
        """Keep status and beginning of an answer, for people; secrets in it are masked."""
        text = response.body[: const.ANSWER_EXCERPT_CHARS * 4].decode("utf-8", "replace").replace("\x00", "")
        self.env.cr.execute(
            "UPDATE ats_send SET status = %s, answer = %s WHERE id = %s",
            [response.status, channel._masked(text)[: const.ANSWER_EXCERPT_CHARS], send.id],
        )
        send.invalidate_recordset()

    @api.model
    def _settle_channel(self, channel, error):
        """Back off from a channel that failed, or pause it if only a person can help. Returns seconds of pause."""
        health = self.env["ats.channel.health"].search([("channel_id", "=", channel.id)])
        message = channel._masked(error.message)[: const.MESSAGE_CHARS_MAX]
        wait = pause_s(health.failures + 1, getattr(error, "after", None))
        self.env["ats.channel.health"]._fail(self.env.cr, channel.id, error.code, message, wait)
        hopeless = isinstance(error, ChannelMisconfigured) and health.failures + 1 >= error.patience
        if hopeless and not health.pause_code:
            self.env.cr.execute(
                """
                UPDATE ats_channel_health
                   SET pause_code = %s, pause_message = %s, paused_at = (clock_timestamp() AT TIME ZONE 'UTC')
                 WHERE channel_id = %s
                """,
                [error.code, message, channel.id],
            )
            self._tell_managers(channel, message)
        _logger.info("channel %s: %s, next attempt in %.0f s", channel.id, error.code, wait)
        return wait

    @api.model
    def _tell_managers(self, channel, message):
        """Leave a to-do for each manager of the company; the form shows the pause as well."""
        group = self.env.ref("ats_inventory.group_ats_manager")
        users = group.all_user_ids.filtered(
            lambda user: user.active and user.share is False and channel.company_id in user.company_ids
        )
        try:
            with self.env.cr.savepoint():
                for user in users - self.env.ref("base.user_root"):
                    channel.with_context(mail_activity_quick_update=True).activity_schedule(
                        "mail.mail_activity_data_warning",
                        summary=self.env._("%(channel)s is paused", channel=channel.name),
                        note=message,
                        user_id=user.id,
                    )
        except Exception:  # noqa: BLE001 - a to-do that cannot be made must not undo the pause
            _logger.warning("no to-do could be made for the paused channel %s", channel.id, exc_info=True)
