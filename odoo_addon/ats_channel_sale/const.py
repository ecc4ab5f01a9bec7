# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Limits of the order import: name, value, unit. Above a limit an order is refused with a code, never cut."""

LINES_MAX = 500  # lines of one order
EXTERNAL_ID_LENGTH_MAX = 256  # characters of a channel's order id
MESSAGE_LENGTH_MAX = 500  # characters of Odoo's own refusal kept on the inbox row
