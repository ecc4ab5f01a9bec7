# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import test_kits
from . import test_places
