# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What can go wrong with a channel, as types that say what to do next. Messages never hold secrets or buyers' data."""


class ChannelError(Exception):
    """Base: `code` is for machines and filters, `message` for people."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ChannelRetry(ChannelError):
    """Not now. `delivered` is False when the channel surely has taken nothing, None when nobody can know.

    Known-not-delivered rows are released and travel with their newest value in a new send; after an unknown
    outcome the same bytes are sent again under the same id. `after`: seconds asked for by the channel or None.
    `answered`: the channel itself answered (5xx), so that a batch that always breaks it can be split.
    """

    def __init__(self, code, message, *, after=None, delivered=None, answered=False):
        super().__init__(code, message)
        self.after = after
        self.delivered = delivered
        self.answered = answered


class ChannelRefused(ChannelError):
    """The channel looked at the batch as a whole and does not want it; nothing of it was applied."""


class ChannelMisconfigured(ChannelError):
    """No call can work until a person changes something (address, secret, right): the channel is paused.

    `patience`: failures in a row after which it is; more than 1 where a passing fault looks the same.
    """

    def __init__(self, code, message, *, patience=1):
        super().__init__(code, message)
        self.patience = patience


class InboxError(ChannelError):
    """Base of what stops an inbound document."""


class InboxParked(InboxError):
    """Cannot be imported yet; can be replayed after something was put right here."""


class InboxRejected(InboxError):
    """Can never be imported as it is; the sender must send another document."""
