# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Wakes the refresh at the moment when time alone changes a level: a rule starts, a hold ends, a lot expires.

Odoo's workers look for triggers of the future once a minute only, so a row in `ir_cron_trigger` would come up to a minute
late. Each process that refreshes keeps one timer for each database instead, for the next such moment. A timer that is lost
with its process costs punctuality alone: the scheduled action looks for what is due every minute.
"""
import os
import threading
import time

#: {database: (process id, moment on the monotonic clock, timer)}. Threads do not survive a fork, so neither do entries.
_alarms = {}
_lock = threading.Lock()


def set_alarm(dbname, seconds, ring):
    """Have `ring()` called in `seconds`, in a thread of its own, unless this process will do so earlier anyway.

    :param str dbname: name of the database; it has one alarm at a time in a process
    :param float seconds: from now; not below 0
    :param ring: function without arguments; it must not raise
    """
    moment = time.monotonic() + max(seconds, 0)
    with _lock:
        pid, earlier, timer = _alarms.get(dbname, (None, None, None))
        if pid == os.getpid() and timer.is_alive():
            if earlier <= moment:
                return
            timer.cancel()
        timer = threading.Timer(max(seconds, 0), ring)
        # Must not keep a worker from ending.
        timer.daemon = True
        timer.name = f"ats alarm {dbname}"
        _alarms[dbname] = (os.getpid(), moment, timer)
        timer.start()
