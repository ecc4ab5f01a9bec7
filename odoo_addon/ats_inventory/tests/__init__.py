# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import test_explain
from . import test_access
from . import test_facts
from . import test_rules
