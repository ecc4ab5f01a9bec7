# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import test_order_import
from . import test_order_access
from . import test_move_channel
