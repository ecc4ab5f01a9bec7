# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import allowed_hosts, channel_secret, listing_wizard
