# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Limits and names of the webhook contract; the schemas beside this file say the same to the other side."""

QUANTITIES_TYPE = "quantities.set"
ORDER_TYPE = "order.created"
PING_TYPE = "ping"

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32  # of a generated secret
SECRET_BYTES_MIN = 24  # Standard Webhooks 1.0.0
SECRET_BYTES_MAX = 64

QUANTITY_ROWS_MAX = 100  # items in one message
SKU_CHARS_MAX = 128
ERROR_CODE_CHARS_MAX = 64
