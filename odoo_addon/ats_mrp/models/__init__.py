# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import (
    ats_level,
    ats_refresh,
    mrp_bom,
    stock_location,
)
