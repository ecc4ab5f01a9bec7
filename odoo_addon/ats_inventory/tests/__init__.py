# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import test_explain
from . import test_access
from . import test_facts
from . import test_rules
from . import test_holds
from . import test_nodes
from . import test_rule_rank
from . import test_explain_details
from . import test_compare
from . import test_moves
from . import test_queue
