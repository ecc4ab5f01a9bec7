# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""All faults of the engine."""

from mutate import channel_faults, copy_faults, pool_faults, stage_faults

FAULTS = [*stage_faults.FAULTS, *channel_faults.FAULTS, *pool_faults.FAULTS, *copy_faults.FAULTS]
