# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The contract between this module and its adapters (`ats_channel_<code>`).

This module owns *when* something is said to a channel, an adapter owns *what it is called there*. An adapter
extends `ats.channel`, adds its code to the selection and overrides each hook below with the guard
`if self.code != "<code>": return super()._hook(...)`. Hooks never commit, never call the network themselves
(they build an `http.Request`; the publisher makes the call outside any transaction) and raise the types of
`errors.py`. A hook that an adapter leaves out fails by name; none is silently skipped.
"""

from odoo import models

from .. import const


class AtsChannel(models.Model):
    _inherit = "ats.channel"

    def _hook_missing(self, hook):
        return NotImplementedError(f"channel code {self.code!r} does not implement {hook}")

    # --- publishing -------------------------------------------------------------------------------------------

    def _push_limit(self):
        """Rows that fit into one send (1 … const.BATCH_ROWS_MAX)."""
        self.ensure_one()
        return const.BATCH_ROWS_MAX

    def _push_body(self, rows):
        """Return the text of one send; it is frozen and repeated byte for byte until its outcome is known.

        `rows`: dicts with `publication_id`, `sku`, `node` (code or None), `quantity` (Decimal, units of the
        listing), `generation` (int, grows with every change of the row's quantity).
        """
        raise self._hook_missing("_push_body")

    def _push_request(self, send_uuid, body):
        """Return the `http.Request` that carries `body` (str) under the id `send_uuid`; called for each attempt."""
        raise self._hook_missing("_push_request")

    def _push_answer(self, response, rows):
        """Read the `http.Response` to a send: `{publication_id: (code, message)}` of the rows refused, or {}.

        `rows` as for `_push_body`. Answers that concern the whole batch raise (`http.raise_for_status` knows
        the usual ones).
        """
        raise self._hook_missing("_push_answer")

    def _test_request(self):
        """Return an `http.Request` that proves address and secret without changing anything in the shop."""
        raise self._hook_missing("_test_request")

    # --- inbox ------------------------------------------------------------------------------------------------

    def _inbound_verify(self, headers, raw):
        """Whether `raw` (bytes) was signed by this channel and just now; False whenever no secret is set.

        `headers`: mapping with lower-case names.
        """
        raise self._hook_missing("_inbound_verify")

    def _inbound_identify(self, raw):
        """Return `(kind, external_id)` of a verified body; kind "ping" is answered and not stored.

        :raises InboxRejected: it cannot be told apart from others (no id, no JSON)
        """
        raise self._hook_missing("_inbound_identify")

    def _inbound_translate(self, raw):
        """Return the canonical order of a verified body (README, *Canonical order*).

        :raises InboxRejected: the document can never be imported
        :raises InboxParked: it can be once something is put right here
        """
        raise self._hook_missing("_inbound_translate")

    # --- secrets and form -------------------------------------------------------------------------------------

    def _secret_purposes(self):
        """`{purpose: label}` of the secrets that the secret wizard can set for this channel."""
        self.ensure_one()
        return {}

    def _secret_generate(self, purpose):
        """Return a new random secret for `purpose`."""
        raise self._hook_missing("_secret_generate")

    def _secret_set(self, purpose, value):
        """Store the secret `value`; raises UserError if it cannot be one. Called as superuser by the wizard."""
        raise self._hook_missing("_secret_set")

    def _secret_values(self):
        """All secrets of this channel, to be masked in whatever is kept of answers."""
        return []

    def _missing_configuration(self):
        """List of labels of what has to be filled in before the channel can be sent to."""
        return [] if self.code != "none" else [self.env._("Kind of channel")]
