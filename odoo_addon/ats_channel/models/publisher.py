# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Claim – send – finish: three steps, a short transaction before the call and one after it, none during it."""

import hashlib
import logging
import time
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models

from .. import const, http
from ..cursor import read_committed
from ..errors import ChannelError, ChannelRetry

_logger = logging.getLogger(__name__)

# A channel that may be called now and has something to say. Its health row is locked for the claim only;
# afterwards the lease keeps other publishers off the channel.
CLAIM_CHANNEL_SQL = """
    SELECT health.channel_id
      FROM ats_channel_health AS health
      JOIN ats_channel AS channel ON channel.id = health.channel_id
     WHERE channel.active AND channel.state IN ('test', 'live') AND channel.code <> 'none'
       AND health.pause_code IS NULL
       AND (health.not_before IS NULL OR health.not_before <= (clock_timestamp() AT TIME ZONE 'UTC'))
       AND (health.lease_until IS NULL OR health.lease_until <= (clock_timestamp() AT TIME ZONE 'UTC'))
       AND (%(only)s::int[] IS NULL OR channel.id = ANY(%(only)s))
       AND (EXISTS (SELECT 1 FROM ats_send AS send
                     WHERE send.channel_id = channel.id AND send.state IN ('prepared', 'unknown')
                       AND (send.not_before IS NULL OR send.not_before <= (clock_timestamp() AT TIME ZONE 'UTC')))
         OR EXISTS (SELECT 1 FROM ats_publication AS p
                     WHERE p.channel_id = channel.id AND p.state = 'due'
                       AND (p.not_before IS NULL OR p.not_before <= (clock_timestamp() AT TIME ZONE 'UTC'))))
     ORDER BY health.last_call_at NULLS FIRST, health.channel_id
     LIMIT 1
       FOR NO KEY UPDATE OF health SKIP LOCKED
"""

NEXT_ATTEMPT_SQL = """
    SELECT extract(epoch FROM min(health.not_before) - (clock_timestamp() AT TIME ZONE 'UTC'))
      FROM ats_channel_health AS health
      JOIN ats_channel AS channel ON channel.id = health.channel_id
     WHERE channel.active AND channel.state IN ('test', 'live') AND channel.code <> 'none'
       AND health.pause_code IS NULL AND health.lease_token IS NULL
       AND health.not_before > (clock_timestamp() AT TIME ZONE 'UTC')
       AND (EXISTS (SELECT 1 FROM ats_send AS send
                     WHERE send.channel_id = channel.id AND send.state IN ('prepared', 'unknown'))
         OR EXISTS (SELECT 1 FROM ats_publication AS p
                     WHERE p.channel_id = channel.id AND p.state = 'due'
                       AND (p.not_before IS NULL OR p.not_before <= (clock_timestamp() AT TIME ZONE 'UTC'))))
"""

# The first due row decides how many go together: rows of a refused batch travel only with their like.
FIRST_ROW_SQL = """
    SELECT batch_limit FROM ats_publication
     WHERE channel_id = %(channel)s AND state = 'due'
       AND (not_before IS NULL OR not_before <= (clock_timestamp() AT TIME ZONE 'UTC'))
     ORDER BY lane, id LIMIT 1
"""

# Chosen before anything is joined, so that the index gives the first rows however many are due.
CLAIM_ROWS_SQL = """
    WITH chosen AS MATERIALIZED (
        SELECT id, lane, listing_id, node_id, desired_generation, desired_quantity
          FROM ats_publication
         WHERE channel_id = %(channel)s AND state = 'due' AND COALESCE(batch_limit, 0) = %(like)s
           AND (not_before IS NULL OR not_before <= (clock_timestamp() AT TIME ZONE 'UTC'))
         ORDER BY lane, id
         LIMIT %(limit)s
           FOR NO KEY UPDATE SKIP LOCKED)
    SELECT chosen.id, chosen.desired_generation, chosen.desired_quantity, listing.external_id, chosen.node_id
      FROM chosen JOIN ats_listing AS listing ON listing.id = chosen.listing_id
     ORDER BY chosen.lane, chosen.id
"""

# The rows of a send, locked in the one order in which everybody locks publications.
LOCK_ROWS_SQL = """
    SELECT id FROM ats_publication
     WHERE send_id = %s
     ORDER BY listing_id, COALESCE(node_id, 0)
       FOR NO KEY UPDATE
"""


@dataclass(frozen=True)
class Claim:
    """What a publisher holds between its two transactions."""

    send_id: int
    channel_id: int
    token: str
    attempts: int
    request: http.Request = field(repr=False)


class AtsPublisher(models.AbstractModel):
    _name = "ats.publisher"
    _description = "Publisher"

    @api.model
    def _run(self, number=1, budget_s=const.PUBLISH_BUDGET_S):
        """Entry of the scheduled actions *publish 1..3*: go round the channels, one batch each, until the budget ends.

        Never raises: a scheduled action that does loses its triggers and its rank. Publisher `number` stands by
        when fewer publishers than that may be in channel I/O.
        """
        if number > self.env["ats.wake"]._publishers_in_use():
            return
        # Ends the transaction the scheduled action's cursor may have begun: no snapshot is held over a call.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        deadline = time.monotonic() + budget_s
        try:
            while time.monotonic() < deadline:
                if self._publish_one():
                    continue
                pause = self._next_attempt_s()
                if pause is None or pause > self._patience_s(deadline):
                    return  # the interval of the scheduled action brings the next run
                # A short back-off is waited for here: the scheduler would come back only within a minute.
                time.sleep(min(pause, const.CLAIM_POLL_S))
            self.env["ats.wake"]._trigger_now(
                self.env.registry, [f"ats_channel.ir_cron_ats_publish_{number}"]
            )
        except Exception:  # noqa: BLE001 - see the docstring
            _logger.exception("publisher %s stopped; what it held is tried again when its lease ends", number)

    @api.model
    def _patience_s(self, deadline):
        """The longest back-off worth waiting for: over several runs if another cron worker is there meanwhile."""
        rest = deadline - time.monotonic()
        return max(rest, const.BACKOFF_WAIT_S) if self.env["ats.wake"]._may_linger() else rest

    @api.model
    def _next_attempt_s(self):
        """Seconds until a channel that has something to say may be called again; None if there is none."""
        with read_committed(self.env.registry) as env:
            env.cr.execute(NEXT_ATTEMPT_SQL)
            seconds = env.cr.fetchone()[0]
        return None if seconds is None else max(float(seconds), const.CLAIM_PAUSE_S)

    @api.model
    def _publish_one(self, only=None):
        """Claim, send and finish one batch of one channel (of the ids `only`); False if there is none to claim."""
        claim = self._claim(only)
        if claim is None:
            return False
        if claim.request is None:
            # Nothing could be claimed though something is due: its rows are locked for a moment by a refresh.
            time.sleep(const.CLAIM_PAUSE_S)
            return True
        self._finish(claim, self._call(claim))
        return True

    # --- claim ------------------------------------------------------------------------------------------------

    @api.model
    def _claim(self, only=None):
        """First transaction: choose a channel, write the send and its rows down, take the lease. None: no work."""
        channel_id = None
        try:
            with read_committed(self.env.registry) as env:
                env.cr.execute(CLAIM_CHANNEL_SQL, {"only": only})
                found = env.cr.fetchone()
                if not found:
                    return None
                channel_id = found[0]
                return env["ats.publisher"]._claim_in_channel(env["ats.channel"].browse(channel_id))
        except ChannelError as error:
            self._claim_failed(channel_id, error)
        except Exception as error:  # noqa: BLE001 - one channel's broken adapter must not stop the others
            if channel_id is None:
                raise
            _logger.exception("channel %s: no send could be prepared", channel_id)
            self._claim_failed(channel_id, ChannelError("adapter_error", type(error).__name__))
        return Claim(0, channel_id, "", 0, None)

    @api.model
    def _claim_in_channel(self, channel):
        """Within the claim's transaction: an open send goes first, its bytes unchanged; else a new one is made."""
        channel = channel.with_company(channel.company_id)
        self._close_foreign_sends(channel)
        send = self._open_send(channel) or self._new_send(channel)
        if not send:
            # Its rows are held by a refresh right now: others first.
            self.env.cr.execute(
                """
                UPDATE ats_channel_health SET last_call_at = (clock_timestamp() AT TIME ZONE 'UTC')
                 WHERE channel_id = %s
                """,
                [channel.id],
            )
            return Claim(0, channel.id, "", 0, None)
        token = str(uuid.uuid4())
        self.env.cr.execute(
            """
            UPDATE ats_send
               SET attempts = attempts + 1, lease_token = %(token)s, sent_at = (clock_timestamp() AT TIME ZONE 'UTC'),
                   lease_until = (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %(lease)s)
             WHERE id = %(send)s RETURNING attempts
            """,
            {"token": token, "lease": const.LEASE_S, "send": send.id},
        )
        attempts = self.env.cr.fetchone()[0]
        self.env.cr.execute(
            """
            UPDATE ats_channel_health
               SET lease_token = %(token)s, last_call_at = (clock_timestamp() AT TIME ZONE 'UTC'),
                   lease_until = (clock_timestamp() AT TIME ZONE 'UTC') + make_interval(secs => %(lease)s)
             WHERE channel_id = %(channel)s
            """,
            {"token": token, "lease": const.LEASE_S, "channel": channel.id},
        )
        request = channel._push_request(send.uuid, send.body)
        return Claim(send.id, channel.id, token, attempts, request)

    @api.model
    def _close_foreign_sends(self, channel):
        """Sends made for another state of the channel are history: its rows belong to the present one."""
        self.env.cr.execute(
            """
            UPDATE ats_send
               SET state = 'failed', error_code = 'state_changed', lease_token = NULL, lease_until = NULL,
                   answered_at = (clock_timestamp() AT TIME ZONE 'UTC')
             WHERE channel_id = %s AND state IN ('prepared', 'unknown') AND environment <> %s
            RETURNING id
            """,
            [channel.id, channel.state],
        )
        closed = [row[0] for row in self.env.cr.fetchall()]
        for send_id in closed:
            self.env.cr.execute(LOCK_ROWS_SQL, [send_id])
            self.env.cr.execute(
                "UPDATE ats_publication SET send_id = NULL, state = 'due' WHERE send_id = %s", [send_id]
            )

    @api.model
    def _open_send(self, channel):
        """The oldest send whose outcome is unknown: unanswered, or its publisher died before the answer."""
        self.env.cr.execute(
            """
            SELECT id FROM ats_send
             WHERE channel_id = %s AND state IN ('prepared', 'unknown')
               AND (not_before IS NULL OR not_before <= (clock_timestamp() AT TIME ZONE 'UTC'))
               AND (lease_until IS NULL OR lease_until <= (clock_timestamp() AT TIME ZONE 'UTC'))
             ORDER BY id LIMIT 1 FOR NO KEY UPDATE
            """,
            [channel.id],
        )
        return self.env["ats.send"].browse([row[0] for row in self.env.cr.fetchall()])

    @api.model
    def _new_send(self, channel):
        limit = max(1, min(channel._push_limit(), const.BATCH_ROWS_MAX))
        self.env.cr.execute(FIRST_ROW_SQL, {"channel": channel.id})
        first = self.env.cr.fetchone()
        if not first:
            return self.env["ats.send"]
        like = first[0] or 0
        self.env.cr.execute(
            CLAIM_ROWS_SQL, {"channel": channel.id, "limit": min(limit, like or limit), "like": like}
        )
        found = self.env.cr.fetchall()
        if not found:
            return self.env["ats.send"]
        rows = [[row[0], row[1], plain(row[2])] for row in found]
        body = channel._push_body(self._described(channel, found))
        if len(body.encode()) > const.BODY_BYTES_MAX and len(rows) > 1:
            return self._split_long(found)
        send = self.env["ats.send"].create(
            {
                "uuid": f"msg_{uuid.uuid4().hex}",
                "company_id": channel.company_id.id,
                "channel_id": channel.id,
                "environment": channel.state,
                "digest": hashlib.sha256(body.encode()).hexdigest(),
                "body": body,
                "rows": rows,
                "row_count": len(rows),
                "state": "prepared",
                "attempts": 0,
                "created_at": self._now(),
            }
        )
        send.flush_recordset()
        self.env.cr.execute(
            """
            UPDATE ats_publication SET state = 'sending', send_id = %s, attempts = attempts + 1, not_before = NULL
             WHERE id = ANY(%s)
            """,
            [send.id, [row[0] for row in rows]],
        )
        return send

    @api.model
    def _split_long(self, found):
        """A body over the limit of bytes is not sent; its rows go in halves at the next claim."""
        ids = [row[0] for row in found]
        self.env.cr.execute(
            "UPDATE ats_publication SET batch_limit = %s WHERE id = ANY(%s)", [max(1, len(ids) // 2), ids]
        )
        return self.env["ats.send"]

    @api.model
    def _described(self, channel, found):
        """Rows as `_push_body` takes them, from `(publication, generation, quantity, sku, node)`."""
        nodes = self.env["ats.node"].browse({row[4] for row in found if row[4]})
        codes = {node.id: channel._node_code(node) for node in nodes}
        return [
            {
                "publication_id": publication_id,
                "sku": sku,
                "node": codes.get(node_id),
                "quantity": Decimal(plain(quantity)),
                "generation": generation,
            }
            for publication_id, generation, quantity, sku, node_id in found
        ]

    @api.model
    def _claim_failed(self, channel_id, error):
        """The claim was rolled back: count it against the channel, so that it is not tried in a tight loop."""
        with read_committed(self.env.registry) as env:
            env["ats.publisher"]._settle_channel(env["ats.channel"].browse(channel_id), error)

    # --- send -------------------------------------------------------------------------------------------------

    @api.model
    def _call(self, claim):
        """The call, outside any transaction: an `http.Response`, or the ChannelError that took its place."""
        try:
            return http.call(claim.request)
        except ChannelError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the send leased and unexplained
            _logger.exception("send %s: the call failed", claim.send_id)
            return ChannelRetry("call_failed", type(error).__name__)

    @api.model
    def _now(self):
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return self.env.cr.fetchone()[0].replace(microsecond=0)


def plain(quantity):
    """A stored quantity as a decimal string without exponent or trailing zeros (the column keeps six decimals)."""
    text = f"{Decimal(str(quantity)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text
