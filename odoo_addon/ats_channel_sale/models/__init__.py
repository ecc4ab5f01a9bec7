# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import (
    ats_order,
    ats_order_lines,
    ats_order_partner,
    ats_refresh,
    ats_inbox,
    sale_order,
)
