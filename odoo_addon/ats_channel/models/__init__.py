# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from . import (
    channel,
    channel_hooks,
    channel_health,
    listing,
    publication,
    refresh,
    send,
    publisher,
    publisher_finish,
    inbox,
    importer,
    wake,
    explain,
    listing_levels,
    listing_job,
    listing_job_run,
)
