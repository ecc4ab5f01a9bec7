# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import (
    test_access,
    test_adapter_contract,
    test_backoff,
    test_channel,
    test_http,
    test_publication,
)
